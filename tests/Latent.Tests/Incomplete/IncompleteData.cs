using Latent.Data;
using Latent.Families;
using Latent.Incomplete;
using Latent.Testing;

namespace Latent.Tests.Incomplete;

/// <summary>Random incomplete rows, and the plain way to the E-step.</summary>
internal static class IncompleteData
{
    /// <summary>A normal distribution with correlated columns of different sizes.</summary>
    public static Gaussian Normal(Random random, int columns, double ridge = 0)
    {
        double[,] covariance = Simulate.Covariance(random, columns);
        double[] flat = new double[columns * columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                flat[i * columns + j] = covariance[i, j] * (1 + i) * (1 + j) + (i == j ? ridge : 0);
            }
        }
        return new Gaussian([.. Enumerable.Range(0, columns).Select(_ => 3 * Simulate.Normal(random))], flat);
    }

    /// <summary>Rows of a distribution with cells missing completely at random; every row keeps at least one.</summary>
    public static double[] Rows(Random random, Gaussian normal, int rows, double missing)
    {
        int d = normal.Dimension;
        Latent.Numerics.RandomGenerator generator = new((ulong)random.Next());
        double[] values = new double[rows * d];
        for (int row = 0; row < rows; row++)
        {
            Span<double> cells = values.AsSpan(row * d, d);
            normal.Sample(generator, cells);
            int kept = random.Next(d);
            for (int column = 0; column < d; column++)
            {
                cells[column] = column != kept && random.NextDouble() < missing ? double.NaN : cells[column];
            }
        }
        return values;
    }

    /// <summary>The one chunk of rows, plain or summarised; an empty one of none.</summary>
    public static PatternChunk Chunk(double[] values, int columns, double[]? weights = null, bool summarize = false)
    {
        RowSource rows = RowSource.From(values, columns);
        PatternRows grouped = PatternRows.Of(weights is null ? rows : rows.WithWeights(weights), summarize: summarize);
        Assert.InRange(grouped.ChunkCount, 0, 1);
        return grouped.ChunkCount == 0 ? new PatternChunk(new double[columns], 0, [], [], []) : grouped.GetChunk(0);
    }

    /// <summary>The E-step row by row from marginal and conditional distributions: log-likelihood, n, Σz, Σ(zzᵀ + C).</summary>
    public static (double LogLikelihood, double N, double[] First, double[,] Second) Naive(Gaussian normal, double[] values, double[]? weights = null)
    {
        int d = normal.Dimension;
        double logLikelihood = 0, n = 0;
        double[] first = new double[d];
        double[,] second = new double[d, d];
        for (int row = 0; row < values.Length / d; row++)
        {
            double[] cells = values[(row * d)..((row + 1) * d)];
            double weight = weights?[row] ?? 1;
            int[] observed = [.. Enumerable.Range(0, d).Where(column => !double.IsNaN(cells[column]))];
            int[] missing = [.. Enumerable.Range(0, d).Except(observed)];
            if (observed.Length == 0 || weight == 0)
            {
                continue;
            }
            double[] seen = [.. observed.Select(column => cells[column])];
            logLikelihood += weight * normal.Marginal(observed).LogDensity(seen);
            n += weight;
            Gaussian? rest = missing.Length == 0 ? null : normal.Conditional(observed, seen);
            for (int i = 0; i < missing.Length; i++)
            {
                cells[missing[i]] = rest!.Mean[i];
                for (int j = 0; j < missing.Length; j++)
                {
                    second[missing[i], missing[j]] += weight * rest.Covariance.Matrix[i * missing.Length + j];
                }
            }
            for (int i = 0; i < d; i++)
            {
                first[i] += weight * (cells[i] - normal.Mean[i]);
                for (int j = 0; j < d; j++)
                {
                    second[i, j] += weight * (cells[i] - normal.Mean[i]) * (cells[j] - normal.Mean[j]);
                }
            }
        }
        return (logLikelihood, n, first, second);
    }
}
