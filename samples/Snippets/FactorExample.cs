using Latent.Data;
using Latent.Factors;

namespace Latent.Snippets;

/// <summary>The example of the page on factors.</summary>
public static class FactorExample
{
    /// <summary>One factor behind the columns, and its score in every row.</summary>
    public static (FactorAnalysisFit Fit, double[] Scores) Run(RowSource rows)
    {
        #region fit
        FactorAnalysisFit fit = FactorAnalysis.Fit(rows, factors: 1);
        ReadOnlySpan<double> loadings = fit.Parameters.Loadings;
        double[] scores = fit.Scores(rows);
        #endregion
        return loadings.IsEmpty ? throw new InvalidOperationException("Expected loadings, found none.") : (fit, scores);
    }
}
