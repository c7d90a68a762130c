using Latent.Data;
using Latent.Incomplete;

namespace Latent.Snippets;

/// <summary>The examples of the pages on missing values.</summary>
public static class MissingValues
{
    /// <summary>A fit to rows with missing cells, and what it says of them.</summary>
    public static (MultivariateNormalFit Fit, ParameterEstimates Errors, double[] Completed) Fit(RowSource rows)
    {
        #region fit
        MultivariateNormalFit fit = MultivariateNormal.Fit(rows);
        ParameterEstimates errors = fit.StandardErrors(rows);
        double[] completed = fit.Complete(rows);
        #endregion
        return (fit, errors, completed);
    }

    /// <summary>The mean of the first column, pooled over twenty imputations.</summary>
    public static PooledEstimate Impute(RowSource rows, MultivariateNormalFit fit)
    {
        #region impute
        Imputer imputer = new(fit, rows, new ImputationOptions { Imputations = 20 });
        List<double> means = [];
        List<double> variances = [];
        for (int m = 0; m < imputer.Count; m++)
        {
            RowSource completed = imputer.CompleteRows(m);
            (double mean, double variance) = MeanOfFirstColumn(completed);
            means.Add(mean);
            variances.Add(variance / completed.Rows);
        }
        PooledEstimate pooled = RubinRules.Pool(means, variances, completeDegreesOfFreedom: rows.Rows - 1);
        #endregion
        return pooled;
    }

    /// <summary>What to look at before the answers.</summary>
    public static (IReadOnlyList<ImputedColumn> Columns, IReadOnlyList<Overimputation> Again) Check(RowSource rows, MultivariateNormalFit fit, Imputer imputer)
    {
        #region check
        IReadOnlyList<ImputedColumn> columns = imputer.Compare(imputer.Complete(0), imputer.Complete(1));
        IReadOnlyList<Overimputation> again = Overimputation.Of(fit, rows);
        #endregion
        return (columns, again);
    }

    private static (double Mean, double Variance) MeanOfFirstColumn(RowSource rows)
    {
        double[] row = new double[rows.Columns];
        List<double> values = [];
        for (long index = 0; index < rows.Rows; index++)
        {
            rows.CopyRow(index, row);
            values.Add(row[0]);
        }
        double mean = values.Average();
        return (mean, values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
