using Latent.Data;
using Latent.Incomplete;
using Latent.Numerics;

namespace Latent.Testing;

/// <summary>
/// Whether intervals pooled over imputed tables cover the truth as often as they say: rows of three correlated normal columns, of which two miss cells with
/// a chance that depends on the first (30 % in all, at random given what is observed).
/// </summary>
public static class CoverageOfImputation
{
    private const int Rows = 150;
    private const int Imputations = 10;

    /// <summary>What is estimated, in the order of the result.</summary>
    public static IReadOnlyList<string> Quantities { get; } = ["mean of y", "mean of z", "slope of y on x", "slope of y on z", "slope of z on x", "slope of z on y"];

    /// <summary>The share of replicates whose 95 % interval covers the truth, per quantity.</summary>
    /// <param name="replicates">Tables to simulate.</param>
    /// <param name="method">Where the parameters of imputations come from; null: conditional means in place of missing cells, analysed as if they were data.</param>
    /// <param name="seed">The seed of the first table.</param>
    public static double[] Run(int replicates, ImputationMethod? method, ulong seed)
    {
        bool[][] covered = new bool[replicates][];
        Parallel.For(0, replicates, replicate => covered[replicate] = Replicate(method, seed + (ulong)replicate));
        return [.. Enumerable.Range(0, Quantities.Count).Select(quantity => covered.Count(found => found[quantity]) / (double)replicates)];
    }

    // x ~ N(0, 1); y = 1 + 0.8x + N(0, 0.6²); z = −1 + 0.5x + 0.5y + N(0, 0.7²). Slopes of y on (1, x, z) follow from the joint covariance.
    private static double[] Truth()
    {
        (double vy, double cxy) = (0.64 + 0.36, 0.8);
        double cxz = 0.5 + 0.5 * cxy;
        double cyz = 0.5 * cxy + 0.5 * vy;
        double vz = 0.5 * cxz + 0.5 * cyz + 0.49;
        double determinant = vz - cxz * cxz;
        return [1, -0.5, (cxy * vz - cyz * cxz) / determinant, (cyz - cxy * cxz) / determinant, 0.5, 0.5];
    }

    private static bool[] Replicate(ImputationMethod? method, ulong seed)
    {
        RowSource rows = RowSource.From(Draw(seed), 3);
        MultivariateNormalFit fit = MultivariateNormal.Fit(rows, new MultivariateNormalOptions { Threads = 1 });
        double[] truth = Truth();
        PooledEstimate[] pooled;
        if (method is { } chosen)
        {
            Imputer imputer = new(fit, rows, new ImputationOptions { Imputations = Imputations, Method = chosen, Seed = seed, BurnIn = 30, Threads = 1 });
            (double[] Estimates, double[] Variances)[] analyses = [.. Enumerable.Range(0, Imputations).Select(imputation => Analyse(imputer.Complete(imputation)))];
            pooled = [.. RubinRules.Pool([.. analyses.Select(analysis => analysis.Estimates)], [.. analyses.Select(analysis => analysis.Variances)], Rows - 3)];
        }
        else
        {
            // Two equal tables have nothing between them: the interval of the analysis itself.
            (double[] estimates, double[] variances) = Analyse(fit.Complete(rows));
            pooled = [.. RubinRules.Pool([estimates, estimates], [variances, variances], Rows - 3)];
        }
        return [.. pooled.Select((estimate, quantity) => estimate.Lower <= truth[quantity] && truth[quantity] <= estimate.Upper)];
    }

    private static double[] Draw(ulong seed)
    {
        RandomGenerator random = new(seed, 77);
        double[] values = new double[3 * Rows];
        for (int row = 0; row < Rows; row++)
        {
            double x = random.NextGaussian();
            double y = 1 + 0.8 * x + 0.6 * random.NextGaussian();
            double z = -1 + 0.5 * x + 0.5 * y + 0.7 * random.NextGaussian();
            double chance = x > 0 ? 0.45 : 0.15;
            values[3 * row] = x;
            values[3 * row + 1] = random.NextDouble() < chance ? double.NaN : y;
            values[3 * row + 2] = random.NextDouble() < chance ? double.NaN : z;
        }
        return values;
    }

    /// <summary>Means and regression slopes of a complete table with their squared standard errors, by the textbook.</summary>
    private static (double[] Estimates, double[] Variances) Analyse(double[] values)
    {
        double[] x = Column(values, 0);
        double[] y = Column(values, 1);
        double[] z = Column(values, 2);
        (double slopeYx, double slopeYz, double varianceYx, double varianceYz) = Regress(y, x, z);
        (double slopeZx, double slopeZy, double varianceZx, double varianceZy) = Regress(z, x, y);
        return (
            [y.Average(), z.Average(), slopeYx, slopeYz, slopeZx, slopeZy],
            [Cross(y, y) / (Rows - 1) / Rows, Cross(z, z) / (Rows - 1) / Rows, varianceYx, varianceYz, varianceZx, varianceZy]);
    }

    private static (double First, double Second, double VarianceFirst, double VarianceSecond) Regress(double[] response, double[] first, double[] second)
    {
        (double aa, double ab, double bb) = (Cross(first, first), Cross(first, second), Cross(second, second));
        (double ra, double rb) = (Cross(response, first), Cross(response, second));
        double determinant = aa * bb - ab * ab;
        double a = (ra * bb - rb * ab) / determinant;
        double b = (rb * aa - ra * ab) / determinant;
        double residual = (Cross(response, response) - a * ra - b * rb) / (Rows - 3);
        return (a, b, residual * bb / determinant, residual * aa / determinant);
    }

    private static double Cross(double[] a, double[] b)
    {
        (double meanA, double meanB) = (a.Average(), b.Average());
        return a.Zip(b, (u, v) => (u - meanA) * (v - meanB)).Sum();
    }

    private static double[] Column(double[] values, int column) => [.. Enumerable.Range(0, Rows).Select(row => values[3 * row + column])];
}
