using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Mixtures;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Families;

/// <summary>A common covariance: every step is that of the textbook, with the components' covariances pooled by weight.</summary>
[Collection("simd level")]
public class TiedGaussianTests
{
    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.0)]
    [InlineData(3, 0.0)]
    [InlineData(9, 0.0)]
    [InlineData(2, 134217728.0)]
    [InlineData(5, 134217728.0)]
    public void StepsAreTheTextbooksPooled(int columns, double offset)
    {
        double[] values = Naive.Rows(150, columns, offset, 11);
        double[] weights = [.. Enumerable.Range(0, 150).Select(i => i % 5 * 0.5)];
        RowChunk chunk = new(values, columns, weights);
        MixtureModel<TiedGaussian> model = new(new TiedGaussianFamily(columns), 3, columns);
        Mixture<TiedGaussian> mixture = Start(columns, offset);
        // The oracle works where the offset does not cost it digits.
        double[] plain = [.. values.Select(value => value - offset)];
        for (int iteration = 0; iteration < 5; iteration++)
        {
            double[,] covariance = Square(mixture.Components[0].Covariance.Matrix);
            NaiveGaussianMixture naive = new(
                [.. mixture.Weights],
                [.. mixture.Components.Select(component => (double[])[.. component.Mean.ToArray().Select(value => value - offset)])],
                [covariance, covariance, covariance]);
            (double expected, NaiveGaussianMixture next) = naive.Step(plain, weights);
            double[] pooled = new double[columns * columns];
            for (int k = 0; k < 3; k++)
            {
                double[] own = Flat(next.Covariances[k]);
                for (int i = 0; i < pooled.Length; i++)
                {
                    pooled[i] += next.Weights[k] * own[i];
                }
            }
            double[] statistic = new double[model.StatisticLength];
            double found = model.Expect(mixture, chunk, statistic);
            mixture = model.Maximize(statistic, mixture);

            double slack = offset == 0 ? 1 : 1e4;
            Close.Equal(expected, found, 1e-11 * slack * Math.Abs(expected), "log-likelihood");
            Close.Equal(next.Weights, mixture.Weights.AsSpan(), 1e-11 * slack, what: "weights");
            Close.Equal(pooled, mixture.Components[1].Covariance.Matrix, 1e-10 * slack * columns * columns, what: "covariance");
            for (int k = 0; k < 3; k++)
            {
                Close.Equal(next.Means[k], [.. mixture.Components[k].Mean.ToArray().Select(value => value - offset)], 1e-10 * slack * columns, what: "mean");
            }
        }
    }

    [Fact]
    public void EveryWidthGivesTheSameBits()
    {
        MixtureModel<TiedGaussian> model = new(new TiedGaussianFamily(7), 3, 7);
        RowChunk chunk = new(Naive.Rows(150, 7, 2, 12), 7);
        double[]? reference = null;
        try
        {
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                Simd.Level = level;
                double[] statistic = new double[model.StatisticLength];
                double[] all = [model.Expect(Start(7, 2), chunk, statistic), .. statistic];
                reference ??= all;
                Assert.Equal(reference.Select(BitConverter.DoubleToInt64Bits), all.Select(BitConverter.DoubleToInt64Bits));
            }
        }
        finally
        {
            Simd.Level = Simd.Best;
        }
    }

    [Fact]
    public void ASingleComponentIsTheSampleMoments()
    {
        double[] values = Naive.Rows(40, 4, 0, 13);
        (double[] mean, double[] covariance) = Naive.Moments(values, 4, [.. Enumerable.Repeat(1.0, 40)]);
        MixtureModel<TiedGaussian> model = new(new TiedGaussianFamily(4), 1, 4);
        Mixture<TiedGaussian> start = new([1], TiedGaussian.Create([[0, 1, 2, 3]], Covariance.FromVariances([1, 2, 3, 4])));
        double[] statistic = new double[model.StatisticLength];
        model.Expect(start, new RowChunk(values, 4), statistic);
        TiedGaussian found = model.Maximize(statistic, start).Components[0];
        Close.Equal(mean, found.Mean, 1e-12);
        Close.Equal(covariance, found.Covariance.Matrix, 1e-12);
    }

    [Fact]
    public void TheCovarianceIsCountedOnce()
    {
        TiedGaussianFamily family = new(4);
        Assert.Equal(4 + 10, family.FreeParametersOf(1));
        Assert.Equal(3 * 4 + 10, family.FreeParametersOf(3));
        Assert.Equal(2 + 3 * 4 + 10, new MixtureModel<TiedGaussian>(family, 3, 4).FreeParameters);
    }

    [Fact]
    public void ATileThatWasNotMappedIsRefused()
    {
        TiedGaussianFamily family = new(2);
        TiedGaussian[] components = TiedGaussian.Create([[0, 0], [1, 1]], Covariance.FromVariances([1, 1]));
        TiedGaussian[] others = TiedGaussian.Create([[0, 0], [1, 1]], Covariance.FromVariances([1, 1]));
        RowTile raw = Naive.Tile([0, 1, 2, 3], 2);
        RowTile mapped = new(2);
        mapped.Resize(raw);
        Assert.Throws<InvalidOperationException>(() => family.LogDensity(components[0], raw, new double[64], new double[8]));
        family.Transform(components, raw, mapped);
        family.LogDensity(components[1], mapped, new double[64], new double[8]);
        Assert.Throws<InvalidOperationException>(() => family.LogDensity(others[1], mapped, new double[64], new double[8]));
        Assert.Throws<ArgumentException>(() => family.Transform([components[0], others[1]], raw, mapped));
        Assert.Throws<NotSupportedException>(() => family.Estimate(new double[3], components[0]));
    }

    [Fact]
    public void ASingularCovarianceIsHeldByTheFloorOrIsAnError()
    {
        double[] values = [0, 0, 1, 2, 2, 4, 3, 6, 4, 8, 5, 10];
        RowChunk chunk = new(values, 2);
        Mixture<TiedGaussian> start = new([1, 1], TiedGaussian.Create([[1, 2], [4, 8]], Covariance.FromVariances([1, 4])));
        MixtureModel<TiedGaussian> held = new(new TiedGaussianFamily(2, CovarianceFloor.RelativeTo([1, 4], 1e-6)), 2, 2);
        double[] statistic = new double[held.StatisticLength];
        held.Expect(start, chunk, statistic);
        Mixture<TiedGaussian> next = held.Maximize(statistic, start);
        Assert.True(next.Components[0].Covariance.FloorActive);
        Assert.Equal(2, held.Degeneracies(next).Count());
        Assert.All(next.Components[0].Covariance.Matrix.ToArray(), value => Assert.True(double.IsFinite(value)));
        MixtureModel<TiedGaussian> free = new(new TiedGaussianFamily(2), 2, 2);
        Assert.Throws<NumericalException>(() => free.Maximize(statistic, start));
    }

    [Fact]
    public void AnEmptyComponentKeepsItsMean()
    {
        MixtureModel<TiedGaussian> model = new(new TiedGaussianFamily(2), 3, 2);
        Mixture<TiedGaussian> start = new([1, 1, 1], TiedGaussian.Create([[0, 0], [1, 1], [1000, 1000]], Covariance.FromVariances([1, 1])));
        double[] statistic = new double[model.StatisticLength];
        model.Expect(start, new RowChunk(Naive.Rows(30, 2, 0, 14), 2), statistic);
        Mixture<TiedGaussian> next = model.Maximize(statistic, start);
        Assert.Equal([1000.0, 1000.0], next.Components[2].Mean.ToArray());
        Assert.Equal(0.0, next.Weights[2]);
        Assert.True(next.Components[0].Covariance.Matrix[0] < 2);
    }

    [Fact]
    public void CoordinatesGoThereAndBack()
    {
        TiedGaussianFamily family = new(3, CovarianceFloor.RelativeTo([1, 4, 9]));
        TiedGaussian[] components = [.. Start(3, 1).Components];
        double[] point = new double[family.CoordinateCount(3)];
        family.WriteCoordinates(components, point);
        TiedGaussian[] back = new TiedGaussian[3];
        Assert.True(family.TryReadCoordinates(point, components, back));
        for (int k = 0; k < 3; k++)
        {
            Close.Equal(components[k].Mean, back[k].Mean, 1e-14);
            Close.Equal(components[k].Covariance.Matrix, back[k].Covariance.Matrix, 1e-13);
            Assert.Same(back[0].Covariance, back[k].Covariance);
        }
        point[0] = double.NaN;
        Assert.False(family.TryReadCoordinates(point, components, back));
    }

    private static Mixture<TiedGaussian> Start(int columns, double offset)
    {
        double[][] means = [.. Enumerable.Range(0, 3).Select(k => (double[])[.. Enumerable.Range(0, columns).Select(j => offset + (k - 1) * 0.4 * (j + 1) + 0.1 * k * j)])];
        return new Mixture<TiedGaussian>([2, 3, 1], TiedGaussian.Create(means, Covariance.FromMatrix(Naive.Covariance(columns, 21), columns)));
    }
}
