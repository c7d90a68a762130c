using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;
using Poisson = Latent.Families.Poisson;

namespace Latent.Tests.Markov;

/// <summary>Fits of hidden semi-Markov models from their own starts.</summary>
public class HiddenSemiMarkovFitTests
{
    /// <summary>
    /// Long sequences of a known model: the fit is at least as likely as the truth, and within the region of one in a million of it; durations that are far from geometric are missed by the ordinary model.
    /// </summary>
    [Theory]
    [InlineData("negative-binomial")]
    [InlineData("poisson")]
    [InlineData("nonparametric")]
    public void StaysAreFound(string name)
    {
        SequenceSource data = Data(20, 150);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Durations = DurationFamily.Of(name, 40), Starts = 4 });
        double truth = Truth(DurationFamily.Poisson(40)).Score(data);

        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        double gain = 2 * (fit.LogLikelihood - truth);
        Assert.InRange(gain, -0.1, MathNet.Numerics.Distributions.ChiSquared.InvCDF(fit.FreeParameters, 1 - 1e-6));
        Close.Equal(fit.LogLikelihood, fit.Model.Score(data), 1e-9 * Math.Abs(fit.LogLikelihood));
        Close.Equal(fit.Model.Viterbi(data).Sum(path => path.LogProbability), fit.PathLogLikelihood, 1e-9 * Math.Abs(fit.PathLogLikelihood), "best paths");
        Assert.Equal(2 + 3 + 3 + 3 * (name == "poisson" ? 1 : name == "nonparametric" ? 39 : 2), fit.FreeParameters);
        HiddenMarkovFit<Poisson> ordinary = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Starts = 4 });
        Assert.True(fit.LogLikelihood > ordinary.LogLikelihood + 50, $"Expected stays to matter, found {fit.LogLikelihood:R} and {ordinary.LogLikelihood:R}.");
        Assert.All(Enumerable.Range(0, 3), state => Assert.InRange(fit.Model.Durations[Nearest(fit, new[] { 1, 8, 25 }[state])].Mean, new[] { 5, 9, 15 }[state] - 1.5, new[] { 5, 9, 15 }[state] + 1.5));
    }

    /// <summary>The likelihood of the fit with geometric durations is that of the ordinary model.</summary>
    [Fact]
    public void GeometricFitsAreThoseOfTheOrdinaryModel()
    {
        SequenceSource data = Data(4, 100);
        HiddenMarkovFit<Poisson> ordinary = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 6 });
        HiddenMarkovFit<Poisson> lasting = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 6, Durations = DurationFamily.Geometric });
        Assert.Equal(ordinary.LogLikelihood, lasting.LogLikelihood, 1e-5);
        Assert.Equal(ordinary.FreeParameters, lasting.FreeParameters);
    }

    [Fact]
    public void LeftRightStatesThatAreNeverLeftHaveNoDuration()
    {
        HiddenMarkov<Poisson> truth = new([1, 0, 0], [0, 1, 0, 0, 0, 1, 0, 0, 1], [new Poisson(1), new Poisson(8), new Poisson(25)], [.. new[] { 10.0, 12, 1 }.Select(rate => DurationFamily.Poisson(60).Create(rate))]);
        FittedHiddenMarkov<Poisson> model = new(new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1) { Durations = DurationFamily.Poisson(60) }, truth, ["x"]);
        SequenceSource data = MarkovData.Draw(model, [.. Enumerable.Repeat(40, 30)]);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Structure = ChainStructure.LeftRight(), Durations = DurationFamily.Poisson(), Starts = 12 });
        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Assert.Equal(3 + 2, fit.FreeParameters);
        Close.SameBits([0, 1, 0, 0, 0, 1, 0, 0, 1], fit.Model.Transition);
        Assert.InRange(fit.LogLikelihood, model.Score(data) - 1e-3, model.Score(data) + 16);
        Assert.InRange(fit.Model.Durations[1].Mean, 11.5, 14.5);
        Assert.Equal(40, fit.Model.Durations[0].Family.Longest);
    }

    [Fact]
    public void AFitHasTheSameBitsForAnyNumberOfThreads()
    {
        SequenceSource data = Data(60, 90);
        double[] Fit(int threads)
        {
            HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Durations = DurationFamily.NegativeBinomial(30), Threads = threads, Starts = 2, MaxIterations = 8 });
            return [.. fit.Result.Trace, .. fit.Model.Initial, .. fit.Model.Transition, .. fit.Model.Durations.SelectMany(duration => duration.Parameters)];
        }

        double[] alone = Fit(1);
        Close.SameBits(alone, Fit(2));
        Close.SameBits(alone, Fit(5));
    }

    /// <summary>The standard error of a rate is that of a Poisson mean of so many stays, where states are nearly seen.</summary>
    [Fact]
    public void StandardErrorsOfDurations()
    {
        SequenceSource data = Data(10, 150);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Durations = DurationFamily.Poisson(40), Starts = 2 });
        ParameterEstimates errors = fit.Model.StandardErrors(data);
        for (int state = 0; state < 3; state++)
        {
            double rate = fit.Model.Durations[state].Parameters[0];
            ParameterEstimate found = errors[$"duration rate[{state + 1}]"];
            Assert.Equal(rate, found.Value);
            double stays = fit.Occupancy[state] * data.Steps / (1 + rate);
            Assert.InRange(found.StandardError / Math.Sqrt(rate / stays), 0.85, 1.6);
        }
        Assert.Throws<NotSupportedException>(() => fit.Model.PseudoResiduals(data));
    }

    [Fact]
    public void WhatDoesNotGoTogetherIsRefused()
    {
        SequenceSource data = Data(1, 30);
        Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Durations = DurationFamily.Poisson(), Structure = ChainStructure.Free with { Stationary = true } }));
        Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Durations = DurationFamily.Poisson(), Start = new([1, 1], [1, 1, 1, 1], [new Poisson(1), new Poisson(2)]) }));
        Assert.Throws<ArgumentException>(() => HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { Start = Truth(DurationFamily.Poisson(9)).Parameters }));
    }

    private static int Nearest(HiddenMarkovFit<Poisson> fit, double rate) => Enumerable.Range(0, 3).MinBy(state => Math.Abs(fit.Parameters.Emissions[state].Rate - rate));

    private static FittedHiddenMarkov<Poisson> Truth(DurationFamily family) => new(
        new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1) { Durations = family },
        new HiddenMarkov<Poisson>([0.5, 0.3, 0.2], [0, 0.7, 0.3, 0.5, 0, 0.5, 0.8, 0.2, 0], [new Poisson(1), new Poisson(8), new Poisson(25)], [family.Create(4), family.Create(8), family.Create(14)]),
        ["x"]);

    private static SequenceSource Data(int sequences, int steps) => MarkovData.Draw(Truth(DurationFamily.Poisson(60)), [.. Enumerable.Repeat(steps, sequences)]);
}
