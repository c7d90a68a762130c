using Latent.Data;
using Latent.Engine;

namespace Latent.Mixtures;

public partial class GaussianMixture
{
    /// <summary>The E-step on part of the rows, under this mixture.</summary>
    /// <param name="rows">All of the data: which rows belong to a part depends on the whole.</param>
    /// <param name="part">The part, from 1.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="ArgumentException">No rows, other columns, or missing or infinite cells.</exception>
    /// <exception cref="NumericalException">The rows have density zero under the mixture.</exception>
    public GaussianMixtureStatistic Accumulate(IRowSource rows, int part = 1, int parts = 1, int threads = 0, CancellationToken cancellation = default)
    {
        RowChecks.RequireComplete(rows, "a Gaussian mixture");
        if (rows.Columns != ColumnNames.Length)
        {
            throw new ArgumentException($"Expected rows of {ColumnNames.Length} columns, found {rows.Columns}.", nameof(rows));
        }
        return new GaussianMixtureStatistic(
            GaussianStructure.Of(Structure, incomplete: false).Accumulate(this, rows, part, parts, threads, cancellation),
            PartialStatistic.Collect(new ColumnMoments(rows.Columns), rows, Centre(), part, parts, threads, cancellation));
    }

    /// <summary>The M-step of a statistic that was accumulated under this mixture: one iteration of EM, with the same bits as that of a fit.</summary>
    /// <param name="statistic">The statistic of all the data.</param>
    /// <param name="covarianceFloor">The least eigenvalue of a covariance in units of the columns' variances; 0 for none.</param>
    /// <returns>The next mixture, its components in the same order.</returns>
    /// <exception cref="InvalidOperationException">Parts of the data are missing.</exception>
    /// <exception cref="ArgumentException">It is the statistic of another mixture.</exception>
    /// <exception cref="NumericalException">A component has collapsed, and there is no floor.</exception>
    public GaussianMixture Maximize(GaussianMixtureStatistic statistic, double covarianceFloor = Families.CovarianceFloor.DefaultRelative)
    {
        ArgumentNullException.ThrowIfNull(statistic);
        ArgumentOutOfRangeException.ThrowIfNegative(covarianceFloor);
        double[] columns = statistic.Columns.Total().Statistic;
        if (columns.Length != new ColumnMoments(ColumnNames.Length).StatisticLength)
        {
            throw new ArgumentException($"Expected the moments of {ColumnNames.Length} columns, found {columns.Length} numbers. Maximise a statistic under the mixture it was accumulated under.", nameof(statistic));
        }
        return GaussianStructure.Of(Structure, incomplete: false).Maximize(this, statistic.Expected.Total().Statistic, ColumnMoments.SummaryOf(columns, Centre(), ColumnNames), covarianceFloor);
    }

    /// <summary>The mean of the mixture.</summary>
    private double[] Centre()
    {
        double[] centre = new double[ColumnNames.Length];
        for (int k = 0; k < Components.Length; k++)
        {
            for (int j = 0; j < centre.Length; j++)
            {
                centre[j] += Weights[k] * Components[k].Mean[j];
            }
        }
        return centre;
    }
}
