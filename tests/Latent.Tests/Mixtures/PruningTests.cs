using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Tests.Mixtures;

/// <summary>Giving up on components that get nothing of a row must not change a bit of the result.</summary>
public class PruningTests
{
    [Theory]
    [InlineData(3, 1.0)]
    [InlineData(3, 30.0)]
    [InlineData(20, 2.0)]
    [InlineData(20, 40.0)]
    public void TheResultHasTheSameBitsWithout(int columns, double separation)
    {
        const int components = 6;
        RandomGenerator random = new(5);
        double[][] means = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, columns).Select(_ => separation * random.NextGaussian())])];
        double[] values = new double[500 * columns];
        for (int i = 0; i < 500; i++)
        {
            // The first half sorted by component, so that whole tiles are far from most components.
            int k = i < 250 ? i * components / 250 : (int)random.NextInt64(components);
            for (int j = 0; j < columns; j++)
            {
                values[i * columns + j] = means[k][j] + random.NextGaussian();
            }
        }
        RowChunk chunk = new(values, columns);
        double[] ones = [.. Enumerable.Repeat(1.0, columns)];
        Compare(new FullGaussianFamily(columns), [.. means.Select(mean => new Gaussian(mean, Covariance.FromVariances(ones)))], chunk, separation >= 30);
        Compare(new DiagonalGaussianFamily(columns), [.. means.Select(mean => new DiagonalGaussian(mean, ones))], chunk, separation >= 30);
        Compare(new SphericalGaussianFamily(columns), [.. means.Select(mean => new SphericalGaussian(mean, 1))], chunk, separation >= 30);
        Compare(new TiedGaussianFamily(columns), TiedGaussian.Create(means, Covariance.FromVariances(ones)), chunk, separation >= 30);
    }

    private static void Compare<T>(IFamily<T, RowTile> family, T[] components, RowChunk chunk, bool mustPrune)
    {
        MixtureModel<T> model = new(family, components.Length, chunk.Columns);
        Mixture<T> mixture = new([3, 1, 1, 2, 1, 4], components);
        double[] pruned = new double[model.StatisticLength];
        double objective = model.Expect(mixture, chunk, pruned);

        double[] whole = new double[model.StatisticLength];
        MixtureWorkspace<T> workspace = new(family, chunk.Columns, components.Length);
        MixtureWorkspace<T> other = new(family, chunk.Columns, components.Length);
        double expected = 0;
        bool anyPruned = false;
        for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
            workspace.Load(mixture, chunk, start, count, prune: false);
            Assert.Equal(-1, workspace.Joint(1).IndexOf(double.NegativeInfinity));
            other.Load(mixture, chunk, start, count);
            anyPruned |= other.Joint(1).Contains(double.NegativeInfinity) || other.Joint(5).Contains(double.NegativeInfinity);
            expected += workspace.Normalize();
            for (int k = 0; k < components.Length; k++)
            {
                whole[k] += LaneSum.Of(workspace.Joint(k));
                workspace.Accumulate(mixture.Components[k], k, model.ComponentStatistic(whole, k));
            }
            workspace.AccumulateTile(components.Length, model.TileStatistic(whole));
        }
        Assert.True(anyPruned || !mustPrune, "the case has nothing to give up");
        Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(objective));
        Assert.Equal(whole.Select(BitConverter.DoubleToInt64Bits), pruned.Select(BitConverter.DoubleToInt64Bits));
    }
}
