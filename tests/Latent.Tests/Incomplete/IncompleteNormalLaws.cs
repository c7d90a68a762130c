using Latent.Families;
using Latent.Incomplete;
using Latent.Testing;

namespace Latent.Tests.Incomplete;

/// <summary>The normal distribution of incomplete rows obeys the laws of every model.</summary>
public abstract class IncompleteNormalLaws(double missing, double ridge) : EmModelLaws<Gaussian, PatternChunk>
{
    private const int Columns = 4;

    private static readonly Gaussian _truth = IncompleteData.Normal(new Random(11), Columns);

    private IncompleteNormalModel Normal => field ??= new IncompleteNormalModel(Columns, null, ridge, [2, 5, 10, 20]);

    protected override IEmModel<Gaussian, PatternChunk> Model => Normal;

    protected override ICoordinates<Gaussian> OwnCoordinates => Normal;

    protected override ICoordinateScore<Gaussian> OwnScore => Normal;

    protected override RecoveryCase<Gaussian, PatternChunk> Recovery =>
        new(_truth, [IncompleteData.Chunk(IncompleteData.Rows(new Random(12), _truth, 900, missing), Columns)],
            new Gaussian([0, 0, 0, 0], Covariance.FromVariances([9, 9, 9, 9])), Normal.FreeParameters);

    protected override PatternChunk Draw(Random random, int observations) =>
        IncompleteData.Chunk(IncompleteData.Rows(random, _truth, observations, missing), Columns);

    protected override PatternChunk Join(PatternChunk first, PatternChunk second) =>
        IncompleteData.Chunk([.. Values(first), .. Values(second)], Columns, [.. Weights(first), .. Weights(second)]);

    protected override PatternChunk Weigh(PatternChunk chunk, double[] weights) =>
        IncompleteData.Chunk(Values(chunk), Columns, [.. Weights(chunk).Zip(weights, (own, factor) => own * factor)]);

    protected override PatternChunk Select(PatternChunk chunk, int[] observations)
    {
        double[] values = Values(chunk);
        double[] weights = Weights(chunk);
        return IncompleteData.Chunk([.. observations.SelectMany(row => values[(row * Columns)..((row + 1) * Columns)])], Columns, [.. observations.Select(row => weights[row])]);
    }

    protected override Gaussian Parameters(Random random) => IncompleteData.Normal(random, Columns);

    protected override double[] Flatten(Gaussian parameters) => [.. parameters.Mean, .. parameters.Covariance.Matrix];

    protected override double[] Coordinates(Gaussian parameters)
    {
        double[] point = new double[Normal.FreeParameters];
        Normal.WriteCoordinates(parameters, point);
        return point;
    }

    protected override Gaussian FromCoordinates(double[] point)
    {
        Assert.True(Normal.TryReadCoordinates(point, _truth, out Gaussian? parameters));
        return parameters;
    }

    /// <summary>−½(n·log |Σ′| + tr Σ′⁻¹ Σ(x̂ − μ′)(x̂ − μ′)ᵀ), from moments about the current mean.</summary>
    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, Gaussian candidate, Gaussian current)
    {
        double n = statistic[0];
        double[] move = new double[Columns];
        for (int i = 0; i < Columns; i++)
        {
            move[i] = candidate.Mean[i] - current.Mean[i];
        }
        double trace = 0;
        int position = 1 + Columns;
        double[,] inverse = Inverse(candidate);
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double second = statistic[position++] - statistic[1 + i] * move[j] - statistic[1 + j] * move[i] + n * move[i] * move[j];
                trace += (i == j ? 1 : 2) * inverse[i, j] * second;
            }
        }
        return -0.5 * (n * candidate.Covariance.LogDeterminant + trace);
    }

    private static double[,] Inverse(Gaussian normal) =>
        MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(Columns, Columns, normal.Covariance.Matrix.ToArray()).Inverse().ToArray();

    private protected static AffineImage<Gaussian, PatternChunk> Image(string name, double scale, double origin, double tolerance) => new(
        name,
        chunk => IncompleteData.Chunk([.. Values(chunk).Select(value => scale * value + origin)], Columns, Weights(chunk)),
        normal => new Gaussian([.. normal.Mean.ToArray().Select(value => scale * value + origin)], [.. normal.Covariance.Matrix.ToArray().Select(value => scale * scale * value)]),
        normal => new Gaussian([.. normal.Mean.ToArray().Select(value => (value - origin) / scale)], [.. normal.Covariance.Matrix.ToArray().Select(value => value / scale / scale)]),
        chunk => Enumerable.Range(0, chunk.Rows).Sum(row => chunk.WeightOf(row) * chunk.Observed(chunk.PatternOf(row)).Length * Math.Log(scale)),
        tolerance);

    private static double[] Values(PatternChunk chunk)
    {
        double[] values = new double[chunk.Rows * Columns];
        for (int row = 0; row < chunk.Rows; row++)
        {
            chunk.CopyRow(row, values.AsSpan(row * Columns, Columns));
        }
        return values;
    }

    private static double[] Weights(PatternChunk chunk) => [.. Enumerable.Range(0, chunk.Rows).Select(chunk.WeightOf)];
}

/// <summary>Without a prior, whose scale is that of the data.</summary>
public abstract class LikelihoodLaws(double missing) : IncompleteNormalLaws(missing, 0)
{
    protected override IReadOnlyList<AffineImage<Gaussian, PatternChunk>> AffineImages =>
    [
        Image("thousandths", 1000, 0, 1e-9),
        Image("an origin at 2²⁶ and units of a sixteenth", 16, 1 << 26, 1e-6),
    ];
}

/// <summary>A fifth of the cells missing.</summary>
public sealed class FifthMissingLaws() : LikelihoodLaws(0.2);

/// <summary>Two thirds of the cells missing: patterns that go by the covariance.</summary>
public sealed class MostMissingLaws() : LikelihoodLaws(0.66);

/// <summary>With a ridge.</summary>
public sealed class RidgeLaws() : IncompleteNormalLaws(0.3, 12);
