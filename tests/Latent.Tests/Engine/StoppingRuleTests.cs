using Latent.Engine;

namespace Latent.Tests.Engine;

/// <summary>Each rule on traces made by hand.</summary>
public sealed class StoppingRuleTests
{
    [Fact]
    public void RelativeChangeComparesWithTheObjective()
    {
        StoppingRule rule = StoppingRule.RelativeChange(1e-3);
        Assert.False(rule.HasConverged([-1000]));
        Assert.False(rule.HasConverged([-1000, -998.9]));
        Assert.True(rule.HasConverged([-1000, -999.1]));
        Assert.True(rule.HasConverged([-1000, -1000]));
    }

    [Fact]
    public void RelativeChangeOfZeroRunsAllIterations() => Assert.False(StoppingRule.RelativeChange(0).HasConverged([-5, -5, -5, -5]));

    [Fact]
    public void AbsoluteChangeIsInNats()
    {
        StoppingRule rule = StoppingRule.AbsoluteChange(0.01);
        Assert.False(rule.HasConverged([-5]));
        Assert.False(rule.HasConverged([-5, -4.98]));
        Assert.True(rule.HasConverged([-5, -4.995]));
    }

    [Fact]
    public void NeverNeverStops() => Assert.False(StoppingRule.Never.HasConverged([1, 1, 1, 1, 1]));

    /// <summary>Gains that halve: after a gain g the rest is g. The rule asks twice.</summary>
    [Fact]
    public void RemainingGainStopsOnTheSecondSmallEstimate()
    {
        StoppingRule rule = StoppingRule.RemainingGain(0.1);
        Assert.False(rule.HasConverged([0, 1, 1.5, 1.75, 1.875]));
        Assert.False(rule.HasConverged([0, 1, 1.5, 1.75, 1.875, 1.9375]));
        Assert.True(rule.HasConverged([0, 1, 1.5, 1.75, 1.875, 1.9375, 1.96875]));
    }

    /// <summary>Where relative change is fooled: tiny gains of rate 0.999 add up to a thousand times as much.</summary>
    [Fact]
    public void RemainingGainSeesASlowRate()
    {
        double[] trace = [.. Enumerable.Range(0, 50).Select(step => -1000 - 0.01 * Math.Pow(0.999, step))];
        Assert.True(StoppingRule.RelativeChange(1e-7).HasConverged(trace));
        Assert.False(StoppingRule.RemainingGain(1e-3).HasConverged(trace));
        Assert.True(StoppingRule.RemainingGain(0.011).HasConverged(trace));
    }

    [Fact]
    public void RemainingGainNeedsFourObjectives()
    {
        StoppingRule rule = StoppingRule.RemainingGain(10);
        Assert.False(rule.HasConverged([0]));
        Assert.False(rule.HasConverged([0, 1]));
        Assert.False(rule.HasConverged([0, 1, 1.5]));
        Assert.True(rule.HasConverged([0, 1, 1.5, 1.75]));
    }

    [Fact]
    public void RemainingGainDoesNotStopWhileGainsGrow() => Assert.False(StoppingRule.RemainingGain(1).HasConverged([0, 1e-4, 3e-4, 9e-4, 27e-4]));

    [Fact]
    public void RemainingGainDoesNotStopOnADecrease() => Assert.False(StoppingRule.RemainingGain(1).HasConverged([0, 1, 0.999, 0.9989]));

    [Fact]
    public void RemainingGainStopsAtTheRoundingOfTheObjective() =>
        Assert.True(StoppingRule.RemainingGain(0).HasConverged([-1e6, -1e6 + 4e-9, -1e6 + 6e-9, -1e6 + 7e-9]));

    [Theory]
    [InlineData(-1e-9)]
    [InlineData(double.NaN)]
    public void TolerancesAreZeroOrMore(double tolerance)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StoppingRule.RemainingGain(tolerance));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoppingRule.RelativeChange(tolerance));
        Assert.Throws<ArgumentOutOfRangeException>(() => StoppingRule.AbsoluteChange(tolerance));
    }

    /// <summary>On a geometric sequence Aitken's estimate is the truth.</summary>
    [Theory]
    [InlineData(0.1)]
    [InlineData(0.5)]
    [InlineData(0.99)]
    public void AitkenIsExactForGeometricGains(double rate)
    {
        double[] trace = [.. Enumerable.Range(0, 8).Select(step => -7 - 3 * Math.Pow(rate, step))];
        Assert.Equal(-7 - trace[^1], Aitken.RemainingGain(trace), 1e-6 * (-7 - trace[^1]) + 1e-9);
    }

    [Fact]
    public void AitkenKnowsWhenItCannotSay()
    {
        Assert.Equal(double.NaN, Aitken.RemainingGain([]));
        Assert.Equal(double.NaN, Aitken.RemainingGain([0, 1]));
        Assert.Equal(double.NaN, Aitken.RemainingGain([0, 1, 3]));
        Assert.Equal(double.NaN, Aitken.RemainingGain([0, 1, 2]));
        Assert.Equal(double.NaN, Aitken.RemainingGain([0, 1, 0.5]));
        Assert.Equal(double.NaN, Aitken.RemainingGain([1, 0, 0.5]));
        Assert.Equal(0, Aitken.RemainingGain([0, 1, 1]));
    }
}
