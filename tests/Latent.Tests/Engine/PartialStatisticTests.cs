using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Tests.Engine;

/// <summary>Sums over parts of the data, put together in whatever order.</summary>
public sealed class PartialStatisticTests
{
    private static readonly MixtureModel<Gaussian> _model = new(new FullGaussianFamily(2), 2, 2);
    private static readonly Mixture<Gaussian> _mixture = new([1.0, 2], [new([0.0, 0], Covariance.FromVariances([1.0, 2])), new([1.0, 1], Covariance.FromVariances([3.0, 1]))]);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(37, 3)]
    [InlineData(64, 5)]
    [InlineData(100, 8)]
    [InlineData(3, 7)]
    public void AnyDivisionInAnyOrderHasTheBitsOfOneSweep(int chunks, int parts)
    {
        RowSource data = Data(chunks * RowSource.ChunkRows - 100);
        (double[] whole, double likelihood) = PartialStatistic.Collect(_model, data, _mixture).Total();
        PartialStatistic[] collected = [.. Enumerable.Range(1, parts).Select(part => PartialStatistic.Collect(_model, data, _mixture, part, parts, threads: 1 + part % 2)).Reverse()];
        PartialStatistic merged = collected.Aggregate((left, right) => PartialStatistic.Merge([left, right]));
        (double[] statistic, double sum) = merged.Total();
        Assert.Equal(whole, statistic);
        Assert.Equal(likelihood, sum);
        Assert.Equal(likelihood, Em.Fit(_model, data, _mixture, new EmOptions { MaxIterations = 0 }).LogLikelihood);
        Assert.Equal(merged.Nodes.Keys, [1]);
    }

    [Fact]
    public void APowerOfTwoOfEqualDataSetsIsTheirUnionToTheBit()
    {
        RowSource[] sets = [.. Enumerable.Range(0, 4).Select(_ => Data(2 * RowSource.ChunkRows))];
        RowSource union = RowSource.From((double[])[.. sets.SelectMany(set => (double[])[.. set.GetChunk(0).Values, .. set.GetChunk(1).Values])], 2);
        PartialStatistic merged = PartialStatistic.Merge([.. sets.Select(set => PartialStatistic.Collect(_model, set, _mixture))]);
        Assert.Equal(PartialStatistic.Collect(_model, union, _mixture).Total().Statistic, merged.Total().Statistic);
    }

    [Fact]
    public void WhatIsMissingOrTwiceIsNamed()
    {
        RowSource data = Data(20_000);
        PartialStatistic first = PartialStatistic.Collect(_model, data, _mixture, 1, 3);
        PartialStatistic third = PartialStatistic.Collect(_model, data, _mixture, 3, 3);
        PartialStatistic some = PartialStatistic.Merge([third, first]);
        Assert.Equal([1, 3], some.Present);
        Assert.False(some.IsComplete);
        Assert.Contains("none of part 2", Assert.Throws<InvalidOperationException>(() => some.Total()).Message);
        Assert.Contains("part 1 of 3 twice", Assert.Throws<ArgumentException>(() => PartialStatistic.Merge([some, first])).Message);
        Assert.Throws<ArgumentException>(() => PartialStatistic.Merge([first, PartialStatistic.Collect(_model, data, _mixture, 2, 4)]));
        Assert.Throws<ArgumentOutOfRangeException>(() => PartialStatistic.Collect(_model, data, _mixture, 4, 3));
        Assert.Throws<ArgumentException>(() => new PartialStatistic(1, 2, 1, [1], [new(1, [1.0])]));
        Assert.Throws<ArgumentException>(() => new PartialStatistic(1, 2, 2, [3], []));
    }

    [Fact]
    public void AnIterationThroughStatisticsIsOneOfAFit()
    {
        RowSource data = Data(30_000);
        GaussianMixture start = new(CovarianceStructure.Full, _mixture.Weights.AsSpan(), _mixture.Components);
        GaussianMixtureStatistic statistic = GaussianMixtureStatistic.Merge([start.Accumulate(data, 2, 2), start.Accumulate(data, 1, 2)]);
        GaussianMixture next = start.Maximize(statistic);
        GaussianMixtureFit fit = GaussianMixture.Fit(data, 2, new GaussianMixtureOptions { Start = _mixture, MaxIterations = 1, Acceleration = Accelerator.None, Stopping = StoppingRule.Never });
        Assert.Equal(fit.Weights.ToArray(), next.Weights.ToArray());
        for (int k = 0; k < 2; k++)
        {
            Assert.Equal(fit.Components[k].Mean.ToArray(), next.Components[k].Mean.ToArray());
            Assert.Equal(fit.Components[k].Covariance.Matrix.ToArray(), next.Components[k].Covariance.Matrix.ToArray());
        }
    }

    private static RowSource Data(int rows)
    {
        RandomGenerator random = new((ulong)rows);
        return RowSource.From((double[])[.. Enumerable.Range(0, 2 * rows).Select(_ => random.NextGaussian())], 2);
    }
}
