using Latent.Incomplete;

namespace Latent.Tests.Incomplete;

public class RubinRulesTests
{
    /// <summary>By hand: W = 2, B = 1, m = 5: T = 3.2, λ = 0.375, ν_m = 4/0.140625, ν_obs = (31/33)·30·0.625.</summary>
    [Fact]
    public void TheFormulasAreTheBooks()
    {
        double[] estimates = [.. ((double[])[-1, -1, 0, 1, 1]).Select(value => 10 + value)];
        PooledEstimate large = RubinRules.Pool(estimates, [1, 2, 3, 2, 2]);
        Assert.Equal(10, large.Estimate, 1e-14);
        Assert.Equal((2.0, 1.0), (large.Within, large.Between));
        Assert.Equal(Math.Sqrt(3.2), large.StandardError, 1e-14);
        Assert.Equal(4 / 0.140625, large.DegreesOfFreedom, 1e-10);
        Assert.Equal(0.6, large.RelativeIncrease, 1e-14);
        Assert.Equal((0.6 + 2 / (4 / 0.140625 + 3)) / 1.6, large.MissingInformation, 1e-14);

        PooledEstimate small = RubinRules.Pool(estimates, [1, 2, 3, 2, 2], 30);
        double observed = 31.0 / 33 * 30 * 0.625;
        double freedom = 1 / (0.140625 / 4 + 1 / observed);
        Assert.Equal(freedom, small.DegreesOfFreedom, 1e-10);
        // t quantile of 10.86 degrees of freedom at 97.5 %, from its distribution function by quadrature.
        Assert.InRange(small.DegreesOfFreedom, 10.5, 11.5);
        Assert.Equal(0.975, Cumulative((small.Upper - 10) / small.StandardError, freedom), 1e-6);
        Assert.Equal(20 - small.Upper, small.Lower, 1e-12);
    }

    [Fact]
    public void NothingMissingPoolsToTheAnalysisItself()
    {
        PooledEstimate normal = RubinRules.Pool([3, 3], [4, 4]);
        Assert.Equal((3, 2, double.PositiveInfinity, 0.0), (normal.Estimate, normal.StandardError, normal.DegreesOfFreedom, normal.MissingInformation));
        Assert.Equal(3 + 2 * 1.959963984540054, normal.Upper, 1e-9);
        Assert.Equal(11.0 / 13 * 10, RubinRules.Pool([3, 3], [4, 4], 10).DegreesOfFreedom, 1e-12);
        Assert.Equal(1, RubinRules.Pool([1, 2], [0, 0]).MissingInformation);
    }

    [Fact]
    public void SeveralQuantitiesArePooledEachByItself()
    {
        IReadOnlyList<PooledEstimate> both = RubinRules.Pool([[1, 10], [2, 12]], [[1, 4], [1, 5]]);
        Assert.Equal(RubinRules.Pool([1, 2], [1, 1]), both[0]);
        Assert.Equal(RubinRules.Pool([10, 12], [4, 5]), both[1]);
    }

    [Fact]
    public void WhatCannotBePooledIsRefused()
    {
        Assert.Throws<ArgumentException>(() => RubinRules.Pool([1], [1]));
        Assert.Throws<ArgumentException>(() => RubinRules.Pool([1, 2], [1]));
        Assert.Throws<ArgumentException>(() => RubinRules.Pool([1, double.NaN], [1, 1]));
        Assert.Throws<ArgumentException>(() => RubinRules.Pool([1, 2], [1, -1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => RubinRules.Pool([1, 2], [1, 1], 0));
    }

    private static double Cumulative(double t, double freedom)
    {
        const int steps = 200_000;
        double width = t / steps;
        double Density(double u) => Math.Pow(1 + u * u / freedom, -(freedom + 1) / 2);
        // The constant by the same rule over a range far out, where the rest is below 1e-9.
        double inside = 0;
        for (int i = 0; i < steps; i++)
        {
            inside += width * Density((i + 0.5) * width);
        }
        double whole = 0;
        for (int i = 0; i < steps; i++)
        {
            // u = v/(1 − v) maps (0, 1) to (0, ∞).
            double v = (i + 0.5) / steps;
            whole += Density(v / (1 - v)) / (1 - v) / (1 - v) / steps;
        }
        return 0.5 + 0.5 * inside / whole;
    }
}
