using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Tests.Families;

public class GaussianTests
{
    /// <summary>log f(x) = log f(x_b) + log f(x_a | x_b), in any order of columns.</summary>
    [Theory]
    [InlineData(new[] { 0 })]
    [InlineData(new[] { 3, 1 })]
    [InlineData(new[] { 4, 0, 2, 1 })]
    public void TheJointIsTheMarginalTimesTheConditional(int[] columns)
    {
        Gaussian joint = new([1, -2, 3, 0.5, 10], Naive.Covariance(5, 4));
        double[] x = [0.3, -1, 2, 1.5, 11];
        double[] given = [.. columns.Select(column => x[column])];
        double[] rest = [.. Enumerable.Range(0, 5).Where(column => !columns.Contains(column)).Select(column => x[column])];
        double product = joint.Marginal(columns).LogDensity(given) + joint.Conditional(columns, given).LogDensity(rest);
        Assert.Equal(joint.LogDensity(x), product, 1e-12);
    }

    /// <summary>The textbook's case of two columns: mean μ₁ + ρσ₁/σ₂(x₂−μ₂), variance σ₁²(1−ρ²).</summary>
    [Fact]
    public void TheConditionalOfTwoColumnsIsTheTextbooks()
    {
        Gaussian joint = new([1, 2], [4, 1.2, 1.2, 9]);
        Gaussian conditional = joint.Conditional([1], [5]);
        Assert.Equal(1 + 1.2 / 9 * 3, conditional.Mean[0], 1e-14);
        Assert.Equal(4 - 1.2 * 1.2 / 9, conditional.Covariance.Matrix[0], 1e-14);
        Gaussian marginal = joint.Marginal([1, 0]);
        Assert.Equal([2.0, 1], marginal.Mean.ToArray());
        Assert.Equal([9.0, 1.2, 1.2, 4], marginal.Covariance.Matrix.ToArray());
    }

    /// <summary>Mean and covariance of 20,000 draws, each within 5 standard errors: a false alarm has a probability below 1e-5.</summary>
    [Fact]
    public void DrawsHaveTheMoments()
    {
        const int n = 20_000;
        double[] covariance = [2, -0.7, -0.7, 1];
        double[] mean = [3, -1];
        Gaussian full = new(mean, covariance);
        Check(full.Sample, covariance);
        Check(new DiagonalGaussian(mean, [2, 1]).Sample, [2, 0, 0, 1]);
        Check(new SphericalGaussian(mean, 2).Sample, [2, 0, 0, 2]);

        void Check(Draw draw, double[] expected)
        {
            RandomGenerator random = new(11);
            double[] values = new double[2 * n];
            for (int i = 0; i < n; i++)
            {
                draw(random, values.AsSpan(2 * i, 2));
            }
            (double[] foundMean, double[] found) = Naive.Moments(values, 2, [.. Enumerable.Repeat(1.0, n)]);
            for (int j = 0; j < 2; j++)
            {
                Assert.Equal(mean[j], foundMean[j], 5 * Math.Sqrt(expected[3 * j] / n));
            }
            for (int i = 0; i < 2; i++)
            {
                for (int j = 0; j < 2; j++)
                {
                    double variance = expected[3 * i] * expected[3 * j] + expected[2 * i + j] * expected[2 * i + j];
                    Assert.Equal(expected[2 * i + j], found[2 * i + j], 5 * Math.Sqrt(variance / n));
                }
            }
        }
    }

    [Fact]
    public void WhatIsNoDistributionIsRefused()
    {
        Assert.Throws<ArgumentException>(() => new Gaussian([0, 0], [1, 2, 2, 1]));
        Assert.Throws<ArgumentException>(() => new Gaussian([0, 0], [1, 0.5, 0.4, 1]));
        Assert.Throws<ArgumentException>(() => new Gaussian([0, 0], [1.0]));
        Assert.Throws<ArgumentException>(() => new Gaussian([0, double.NaN], [1, 0, 0, 1]));
        Assert.Throws<ArgumentException>(() => new DiagonalGaussian([0, 0], [1, 0]));
        Assert.Throws<ArgumentException>(() => new DiagonalGaussian([0, 0], [1.0]));
        Assert.Throws<ArgumentException>(() => new SphericalGaussian([0], double.PositiveInfinity));
        Gaussian valid = new([0, 0], [1, 0, 0, 1]);
        Assert.Throws<ArgumentException>(() => valid.Marginal([]));
        Assert.Throws<ArgumentException>(() => valid.Marginal([0, 0]));
        Assert.Throws<ArgumentException>(() => valid.Conditional([0, 1], [1, 1]));
        Assert.Throws<ArgumentException>(() => valid.LogDensity([1.0]));
    }

    /// <summary>
    /// Under the floor no admissible covariance has a higher likelihood −½(log |Σ| + tr(Σ⁻¹S)) than the one found: checked against random neighbours that
    /// obey the bound, with a part of the spectrum held and a part free.
    /// </summary>
    [Fact]
    public void TheFloorIsTheExactMaximiser()
    {
        CovarianceFloor floor = CovarianceFloor.RelativeTo([4, 1, 9], 0.05);
        FullGaussianFamily family = new(3, floor);
        double[] values = [1, 0, 3, 2, 0.1, 6.1, -1, 0, -3, 0.5, 0.05, 1.4, -2, -0.1, -6.2, 3, 0.1, 9, 0, 0, 0.1, 1, 0.1, 3];
        double[] weights = [1, 1, 1, 1, 1, 1, 1, 1];
        (double[] mean, double[] sample) = Naive.Moments(values, 3, weights);
        Gaussian start = new(mean, Covariance.FromVariances([1, 1, 1]));
        RowTile tile = Naive.Tile(values, 3);
        double[] scratch = new double[3 * 64];
        family.LogDensity(start, tile, scratch, new double[8]);
        double[] statistic = new double[family.StatisticLength];
        family.Accumulate(start, tile, scratch, weights, statistic);
        Covariance found = family.Estimate(statistic, start).Covariance;
        Assert.True(found.FloorActive);
        double best = Likelihood(found.Matrix.ToArray(), sample);
        Random random = new(5);
        int admissible = 0;
        for (int i = 0; i < 4000; i++)
        {
            double size = Math.Pow(10, -1 - 3 * random.NextDouble());
            double[] other = found.Matrix.ToArray();
            for (int a = 0; a < 3; a++)
            {
                for (int b = 0; b <= a; b++)
                {
                    double change = size * (random.NextDouble() - 0.5) * (a == b ? other[a * 3 + a] : Math.Sqrt(other[a * 3 + a] * other[b * 3 + b]));
                    other[a * 3 + b] += change;
                    other[b * 3 + a] = other[a * 3 + b];
                }
            }
            double[] scaled = [.. other.Select((value, index) => value / Math.Sqrt(floor.Variances[index / 3] * floor.Variances[index % 3]))];
            if (SymmetricEigen.Decompose(scaled, 3).Values.Min() >= 0.05)
            {
                admissible++;
                Assert.True(Likelihood(other, sample) <= best + 1e-12);
            }
        }
        Assert.True(admissible > 100, $"only {admissible} neighbours obeyed the bound");
    }

    [Fact]
    public void AHealthyCovarianceIsNotTouchedByTheFloor()
    {
        double[] values = Naive.Rows(60, 4, 0, 9);
        RowTile tile = Naive.Tile(values, 4);
        double[] weights = new double[64];
        Array.Fill(weights, 1, 0, 60);
        Gaussian start = new([0, 0, 0, 0], Covariance.FromVariances([1, 1, 1, 1]));
        Gaussian[] estimates = [.. new[] { CovarianceFloor.None, CovarianceFloor.RelativeTo([1, 1, 1, 1]) }.Select(floor =>
        {
            FullGaussianFamily family = new(4, floor);
            double[] scratch = new double[4 * 64];
            family.LogDensity(start, tile, scratch, new double[64]);
            double[] statistic = new double[family.StatisticLength];
            family.Accumulate(start, tile, scratch, weights, statistic);
            return family.Estimate(statistic, start);
        })];
        Assert.Equal(estimates[0].Covariance.Matrix.ToArray(), estimates[1].Covariance.Matrix.ToArray());
        Assert.False(estimates[1].Covariance.FloorActive);
    }

    [Theory]
    [InlineData(5.0, 2.0, 2.0)]
    [InlineData(5.0, 0.0, 25.0)]
    [InlineData(0.0, 0.0, 1.0)]
    [InlineData(1e-300, 0.0, 1.0)]
    public void ConstantColumnsHaveAScale(double mean, double variance, double expected)
    {
        ColumnSummary summary = new(["x"], 10, 10, [mean], [variance], [0]);
        Assert.Equal([expected], CovarianceFloor.RelativeTo(summary).Variances.ToArray());
        Assert.Equal(mean, new FullGaussianFamily(1).Reference(summary).Mean[0]);
    }

    [Fact]
    public void DataThatOverflowAreNamed()
    {
        ColumnSummary summary = new(["height"], 10, 10, [1e300], [double.PositiveInfinity], [0]);
        NumericalException error = Assert.Throws<NumericalException>(() => CovarianceFloor.RelativeTo(summary));
        Assert.Contains("height", error.Message);
        Assert.Throws<ArgumentException>(() => CovarianceFloor.RelativeTo([1, 0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => CovarianceFloor.RelativeTo([1.0], 1));
        Assert.Throws<ArgumentException>(() => new FullGaussianFamily(3, CovarianceFloor.RelativeTo([1, 1])));
    }

    private delegate void Draw(RandomGenerator random, Span<double> row);

    private static double Likelihood(double[] covariance, double[] sample)
    {
        double trace = 0;
        double logDeterminant = 0;
        for (int column = 0; column < 3; column++)
        {
            (logDeterminant, double[] solved) = Naive.Solve(covariance, [sample[column], sample[3 + column], sample[6 + column]]);
            trace += solved[column];
        }
        return -0.5 * (logDeterminant + trace);
    }
}
