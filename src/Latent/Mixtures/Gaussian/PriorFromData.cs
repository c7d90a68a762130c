using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>A <see cref="CovariancePrior"/> in the numbers of a data set.</summary>
internal static class PriorFromData
{
    // Covariances with a smaller eigenvalue, in units of the columns' variances, count as singular.
    private const double Singular = 1e-8;

    public static GaussianPrior? Of(IRowSource rows, ColumnSummary summary, int components, GaussianMixtureOptions options, CancellationToken cancellation)
    {
        int d = summary.Columns;
        double n = summary.Weight;
        bool correlated = options.Covariance is CovarianceStructure.Full or CovarianceStructure.Tied;
        if (options.Prior is CovariancePrior.PenalisedPrior penalty)
        {
            double strength = penalty.Strength ?? 1 / Math.Sqrt(n);
            Covariance whole = correlated ? Pooled(rows, summary, options, cancellation) : Diagonal(summary, options.Covariance);
            return new GaussianPrior([.. summary.Means], 0, Times(whole, 2 * strength), 2 * strength);
        }
        if (options.Prior is not CovariancePrior.MapPrior map)
        {
            return null;
        }
        // mclust divides by n − 1; K^(−2/d) is the square of the side of one of K equal parts of the data's volume.
        double share = (n > 1 ? n / (n - 1) : 1) * Elementary.Exp(-2.0 / d * Elementary.Log(components));
        double freedom = d + 2;
        return options.Covariance switch
        {
            CovarianceStructure.Spherical => new GaussianPrior(
                [.. summary.Means], map.Shrinkage, Times(Round(summary), share / d), (freedom + 2) / d),
            CovarianceStructure.Diagonal => new GaussianPrior(
                [.. summary.Means], map.Shrinkage, Times(Round(summary), share), freedom + 2),
            _ => new GaussianPrior(
                [.. summary.Means], map.Shrinkage, Times(Pooled(rows, summary, options, cancellation), share), freedom + d + 1),
        };
    }

    private static Covariance Diagonal(ColumnSummary summary, CovarianceStructure structure) =>
        structure == CovarianceStructure.Spherical ? Round(summary) : Covariance.FromVariances(Variances(summary));

    /// <summary>tr(S)/d times the unit matrix.</summary>
    private static Covariance Round(ColumnSummary summary)
    {
        double mean = summary.MeanVariance > 0 ? summary.MeanVariance : Variances(summary).Average();
        return Covariance.FromVariances([.. Enumerable.Repeat(mean, summary.Columns)]);
    }

    /// <summary>The columns' variances; any scale for a column that does not vary.</summary>
    private static double[] Variances(ColumnSummary summary) => CovarianceFloor.RelativeTo(summary).Variances.ToArray();

    /// <summary>The covariance of all rows, or its diagonal where that is singular.</summary>
    private static Covariance Pooled(IRowSource rows, ColumnSummary summary, GaussianMixtureOptions options, CancellationToken cancellation)
    {
        FullGaussianFamily family = new(summary.Columns, CovarianceFloor.RelativeTo(summary, Singular));
        MixtureModel<Gaussian> single = new(family, 1, summary.Columns);
        Covariance pooled = Sweep.Step(single, rows, new Mixture<Gaussian>([1.0], [family.Reference(summary)]), options, cancellation).Components[0].Covariance;
        return pooled.FloorActive ? Covariance.FromVariances(Variances(summary)) : pooled;
    }

    private static Covariance Times(Covariance covariance, double factor) =>
        Covariance.FromMatrix([.. covariance.Matrix.ToArray().Select(value => factor * value)], covariance.Dimension);
}
