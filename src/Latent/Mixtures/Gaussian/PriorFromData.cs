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
        CovarianceDecomposition structure = options.Covariance.Decomposition();
        if (options.Prior is CovariancePrior.PenalisedPrior penalty)
        {
            double strength = penalty.Strength ?? 1 / Math.Sqrt(n);
            Covariance whole = !structure.IsDiagonal ? Pooled(rows, summary, options, cancellation) : Diagonal(summary, structure);
            return new GaussianPrior([.. summary.Means], 0, Times(whole, 2 * strength), 2 * strength);
        }
        if (options.Prior is not CovariancePrior.MapPrior map)
        {
            return null;
        }
        // mclust divides by n − 1; K^(−2/d) is the square of the side of one of K equal parts of the data's volume.
        double share = (n > 1 ? n / (n - 1) : 1) * Elementary.Exp(-2.0 / d * Elementary.Log(components));
        Covariance scale = structure.Shape == CovarianceSharing.Identity ? Times(Round(summary), share / d)
            : Times(structure.IsDiagonal ? Round(summary) : Pooled(rows, summary, options, cancellation), share);
        return new GaussianPrior([.. summary.Means], map.Shrinkage, scale, Power(structure.Name, d, components));
    }

    /// <summary>
    /// The power of |Σ| for ν = d + 2, from Table 2 of [FraleyRaftery2007] and, where that leaves it open, from what mclust 6.0.0 divides by. Structures for
    /// which mclust has no prior are given that of free covariances.
    /// </summary>
    private static double Power(string structure, double d, int components)
    {
        double freedom = d + 2;
        return structure switch
        {
            "EII" or "VII" => (freedom + 2) / d,
            "EEI" => freedom + 2 - components,
            "VEI" => (freedom + 3) / d - 1,
            "EVI" => (freedom + 2) / components - 1,
            "VVI" => freedom + 2,
            "EEV" => (freedom + d + 2) / components - 1,
            "VEV" => -1,
            _ => freedom + d + 1,
        };
    }

    private static Covariance Diagonal(ColumnSummary summary, CovarianceDecomposition structure) =>
        structure.Shape == CovarianceSharing.Identity ? Round(summary) : Covariance.FromVariances(Variances(summary));

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
        CovarianceFloor floor = CovarianceFloor.RelativeTo(summary, Singular);
        StructuredGaussianFamily family = rows.MissingCells > 0
            ? new IncompleteGaussianFamily(CovarianceDecomposition.Named("VVV"), summary.Columns, [.. summary.Means], floor)
            : new StructuredGaussianFamily(CovarianceDecomposition.Named("VVV"), summary.Columns, floor);
        MixtureModel<Gaussian> single = new(family, 1, summary.Columns);
        Covariance pooled = Sweep.Step(single, rows, new Mixture<Gaussian>([1.0], [family.Reference(summary)]), options, cancellation).Components[0].Covariance;
        return pooled.FloorActive ? Covariance.FromVariances(Variances(summary)) : pooled;
    }

    private static Covariance Times(Covariance covariance, double factor) =>
        Covariance.FromMatrix([.. covariance.Matrix.ToArray().Select(value => factor * value)], covariance.Dimension);
}
