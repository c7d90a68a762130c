using Latent.Factors;
using Latent.Incomplete;
using Latent.Testing;
using Latent.Tests.Incomplete;

namespace Latent.Tests.Factors;

/// <summary>Factor models obey the laws of every model, with and without missing cells.</summary>
public abstract class FactorModelLaws(bool isotropic, double missing) : EmModelLaws<FactorParameters, PatternChunk>
{
    private const int Columns = 6;
    private const int Factors = 2;

    private static readonly double[] _variances = [2, 3, 1, 4, 2, 2];

    private static readonly double[] _loadings = [1.5, 0, 1.2, 0.2, 1.4, 0, 0, 1.3, 0.1, 1.5, 0, 1.2];

    private FactorModel Own => field ??= new FactorModel(Factors, isotropic ? [2, 2, 2, 2, 2, 2] : _variances, isotropic, floor: 0);

    protected override IEmModel<FactorParameters, PatternChunk> Model => Own;

    protected override ICoordinates<FactorParameters> OwnCoordinates => Own;

    protected override RecoveryCase<FactorParameters, PatternChunk> Recovery
    {
        get
        {
            FactorParameters truth = Parameters(new Random(5));
            return new(truth, [IncompleteData.Chunk(IncompleteData.Rows(new Random(6), truth.ToGaussian(), 900, missing), Columns)], Parameters(new Random(7)), Own.FreeParameters);
        }
    }

    protected override PatternChunk Draw(Random random, int observations) =>
        IncompleteData.Chunk(IncompleteData.Rows(random, Parameters(new Random(5)).ToGaussian(), observations, missing), Columns);

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

    protected override FactorParameters Parameters(Random random)
    {
        double common = 0.5 + random.NextDouble();
        return new(
            [.. Enumerable.Range(0, Columns).Select(column => column + Simulate.Normal(random))],
            [.. _loadings.Select(loading => loading + 0.2 * Simulate.Normal(random))],
            [.. Enumerable.Range(0, Columns).Select(_ => isotropic ? common : 0.5 + random.NextDouble())]);
    }

    protected override double[] Flatten(FactorParameters parameters) => [.. parameters.Mean, .. parameters.Loadings, .. parameters.Uniquenesses];

    /// <summary>Means and log uniquenesses alone decide no rotation; loadings come along.</summary>
    protected override double[] Coordinates(FactorParameters parameters)
    {
        double[] point = new double[Own.CoordinateCount(parameters)];
        Own.WriteCoordinates(parameters, point);
        return point;
    }

    protected override FactorParameters FromCoordinates(double[] point)
    {
        Assert.True(Own.TryReadCoordinates(point, Parameters(new Random(1)), out FactorParameters? parameters));
        return parameters;
    }

    /// <summary>The E-step is that of the normal distribution with covariance ΛΛᵀ + Ψ, and a step climbs its likelihood at least as far as the textbook's.</summary>
    [Fact]
    public void LikelihoodsAreThoseOfTheNormalDistribution()
    {
        Random random = new(9);
        for (int trial = 0; trial < 4; trial++)
        {
            FactorParameters parameters = Parameters(random);
            double[] values = IncompleteData.Rows(random, Parameters(random).ToGaussian(), 80, missing);
            double[] weights = [.. Enumerable.Range(0, 80).Select(row => row % 4 * 0.5)];
            double expected = IncompleteData.Naive(parameters.ToGaussian(), values, weights).LogLikelihood;
            double[] statistic = new double[Model.StatisticLength];
            Assert.Equal(expected, Model.Expect(parameters, IncompleteData.Chunk(values, Columns, weights), statistic), 1e-10 * Math.Abs(expected));
            double[] summarized = new double[Model.StatisticLength];
            Assert.Equal(expected, Model.Expect(parameters, IncompleteData.Chunk(values, Columns, weights, summarize: true), summarized), 1e-9 * Math.Abs(expected));
            Close.Equal(statistic, summarized, 1e-9, Enumerable.Repeat(statistic.Max(Math.Abs), statistic.Length).ToArray(), "statistic of summaries");
        }
    }

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

/// <summary>Factor analysis of complete rows.</summary>
public sealed class FactorAnalysisLaws() : FactorModelLaws(false, 0);

/// <summary>Factor analysis of incomplete rows.</summary>
public sealed class IncompleteFactorAnalysisLaws() : FactorModelLaws(false, 0.3);

/// <summary>Probabilistic principal components of incomplete rows.</summary>
public sealed class IncompletePrincipalComponentsLaws() : FactorModelLaws(true, 0.3);
