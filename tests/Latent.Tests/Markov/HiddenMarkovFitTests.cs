using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Fits from their own starts: what they find, what they keep, and what they refuse.</summary>
public class HiddenMarkovFitTests
{
    private static readonly double[][] _means = [[-3, 0], [0, 3], [3, -1]];

    public static TheoryData<CovarianceStructure> Structures => [CovarianceStructure.Spherical, CovarianceStructure.Diagonal, CovarianceStructure.Tied, CovarianceStructure.Full];

    /// <summary>Data of a known model: the fit is at least as likely as the truth, and within the region of one in a million of it.</summary>
    [Theory]
    [MemberData(nameof(Structures))]
    public void GaussianStatesAreFound(CovarianceStructure structure)
    {
        FittedHiddenMarkov<DiagonalGaussian> truth = Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]);
        SequenceSource data = MarkovData.Draw(truth, [.. Enumerable.Repeat(100, 20)]);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { Covariance = structure });

        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        double gain = 2 * (fit.LogLikelihood - truth.Score(data));
        Assert.InRange(gain, -1e-3, MathNet.Numerics.Distributions.ChiSquared.InvCDF(fit.FreeParameters, 1 - 1e-6));
        Close.Equal(fit.LogLikelihood, fit.Model.Score(data), 1e-9 * Math.Abs(fit.LogLikelihood));
        Assert.True(fit.Occupancy.SequenceEqual(fit.Occupancy.OrderDescending()), "Expected the states in order of their shares.");
        Close.Equal(1, fit.Occupancy.Sum(), 1e-12);
        Assert.True(fit.PathLogLikelihood < fit.LogLikelihood && fit.Icl > fit.Bic, "Expected the best path to be less probable than all together.");
        int agreed = fit.Model.Decode(data).Zip(fit.Model.Viterbi(data).SelectMany(path => path.States), (one, other) => one == other ? 1 : 0).Sum();
        Assert.InRange(agreed, 1900, 2000);
    }

    [Fact]
    public void AFitHasTheSameBitsForAnyNumberOfThreads()
    {
        SequenceSource data = MarkovData.Draw(Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]), [.. Enumerable.Range(0, 200).Select(index => 10 + index)]);
        double[] Fit(int threads)
        {
            HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { Threads = threads, Starts = 3, MaxIterations = 15 });
            return [.. fit.Result.Trace, .. fit.Model.Initial, .. fit.Model.Transition, .. GaussianEmissions.In(fit.Model)!.Value.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix])];
        }

        double[] alone = Fit(1);
        Close.SameBits(alone, Fit(2));
        Close.SameBits(alone, Fit(8));
    }

    [Fact]
    public void LeftRightModelsStartFromPartsAndNeverGoBack()
    {
        FittedHiddenMarkov<DiagonalGaussian> truth = Truth([0.9, 0.1, 0, 0, 0.9, 0.1, 0, 0, 1], [1, 0, 0]);
        SequenceSource data = MarkovData.Draw(truth, [.. Enumerable.Repeat(40, 30)]);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { Structure = ChainStructure.LeftRight(), Covariance = CovarianceStructure.Diagonal });

        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Assert.Equal(2 + 12, fit.FreeParameters);
        Close.SameBits([1, 0, 0], fit.Model.Initial);
        Assert.Equal([0.0, 0, 0, 1], new[] { fit.Model.Transition[2], fit.Model.Transition[3], fit.Model.Transition[6], fit.Model.Transition[8] });
        Assert.InRange(fit.LogLikelihood, truth.Score(data) - 1e-3, truth.Score(data) + 25);
        Assert.All(fit.Model.Viterbi(data), path => Assert.True(path.States.SequenceEqual(path.States.Order()), "Expected a path that never goes back."));
    }

    [Theory]
    [InlineData("cyclic", 3)]
    [InlineData("banded", 4)]
    public void MaskedTransitionsStayZero(string name, int moves)
    {
        ChainStructure structure = name == "cyclic" ? ChainStructure.Cyclic : ChainStructure.Banded();
        SequenceSource data = MarkovData.Draw(Truth([0.8, 0.2, 0, 0.1, 0.8, 0.1, 0.2, 0, 0.8]), 500);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { Structure = structure, Starts = 4 });
        for (int from = 0; from < 3; from++)
        {
            for (int to = 0; to < 3; to++)
            {
                Assert.True(structure.Allows(from, to, 3) || fit.Model.Transition[from * 3 + to] == 0, $"Expected no transition from {from} to {to}.");
            }
        }
        Assert.Equal(2 + moves + 3 * 5, fit.FreeParameters);
    }

    /// <summary>Viterbi training never lowers the probability of the best paths, ends at a fixed point, and its objective is that of the paths.</summary>
    [Fact]
    public void HardResponsibilitiesAreViterbiTraining()
    {
        SequenceSource data = MarkovData.Draw(Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]), 200, 300);
        HiddenMarkovFit<DiagonalGaussian> fit = HiddenMarkovModel.Fit(
            new DiagonalGaussianFamily(2), data, 3, new() { Responsibilities = ResponsibilityTransform.Hard, Acceleration = Accelerator.None, Starts = 4 });

        Assert.True(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)).All(pair => pair.Second >= pair.First - 1e-9), "Expected a rising trace.");
        Close.Equal(fit.PathLogLikelihood, fit.Result.Objective, 1e-9 * Math.Abs(fit.PathLogLikelihood));
        int[] path = [.. fit.Model.Viterbi(data).SelectMany(each => each.States)];
        double[] mean = [.. Enumerable.Range(0, data.Rows.GetChunk(0).Rows).Where(row => path[row] == 1).Select(row => data.Rows.GetChunk(0)[row, 0])];
        Close.Equal(mean.Average(), fit.Parameters.Emissions[1].Mean[0], 1e-9);
    }

    /// <summary>At temperature 1 annealing is EM; else its objective is the free energy of the paths, here by enumeration.</summary>
    [Fact]
    public void AnnealingRaisesEveryPathToAPower()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(3, 2);
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(parameters), 5);
        PathEnumeration paths = new([.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[0]));
        foreach (double power in (double[])[1, 0.3, 2])
        {
            HiddenMarkovModel<DiagonalGaussian> model = new(new DiagonalGaussianFamily(2), 3, 2, responsibilities: ResponsibilityTransform.Annealed(power));
            double[] statistic = new double[model.StatisticLength];
            double total = paths.Paths().Sum(path => Math.Exp(power * path.LogProbability));
            Close.Equal(Math.Log(total) / power, model.Expect(parameters, data.GetChunk(0), statistic), 1e-10);
            double first = paths.Paths().Where(path => path.Path[0] == 2).Sum(path => Math.Exp(power * path.LogProbability)) / total;
            Close.Equal(first, statistic[2], 1e-11);
        }
    }

    /// <summary>The M-step of a stationary chain beats every neighbour and the usual M-step, which ignores the first steps.</summary>
    [Fact]
    public void StationaryStepsMaximiseFirstStepsAndTransitionsTogether()
    {
        Random random = new(11);
        for (int trial = 0; trial < 20; trial++)
        {
            int states = 2 + trial % 4;
            double[] initial = [.. Enumerable.Range(0, states).Select(_ => 5 * random.NextDouble())];
            double[] counts = [.. Enumerable.Range(0, states * states).Select(_ => 10 * random.NextDouble())];
            double[] current = [.. Enumerable.Range(0, states).SelectMany(_ => Simulate.Probabilities(random, states))];
            double Objective(double[] transition)
            {
                double[] stationary = StationaryChain.Distribution(transition, states)!;
                return initial.Zip(stationary, (n, share) => n * Math.Log(share)).Sum() + counts.Zip(transition, (n, probability) => n * Math.Log(probability)).Sum();
            }

            double[] best = StationaryChain.Maximize(initial, counts, current);
            double most = Objective(best);
            double[] stationary = StationaryChain.Distribution(best, states)!;
            Close.Equal(stationary, [.. Enumerable.Range(0, states).Select(to => Enumerable.Range(0, states).Sum(from => stationary[from] * best[from * states + to]))], 1e-13, what: "δA");
            double[] plain = [.. counts.Select((count, at) => count / counts.Skip(at / states * states).Take(states).Sum())];
            Assert.True(most >= Objective(plain) + 1e-6 && most >= Objective(current), "Expected more than the usual M-step reaches.");
            for (int neighbour = 0; neighbour < 200; neighbour++)
            {
                double scale = Math.Pow(10, -4 * random.NextDouble());
                double[] moved = [.. best.Select(value => value * Math.Exp(scale * Simulate.Normal(random)))];
                double[] near = [.. moved.Select((value, at) => value / moved.Skip(at / states * states).Take(states).Sum())];
                Assert.True(Objective(near) <= most + 1e-9, $"Expected no neighbour above {most:R}, found {Objective(near):R}.");
            }
        }
    }

    [Fact]
    public void AStateThatNothingLeadsToIsReportedAndTheRestGoesOn()
    {
        SequenceSource data = MarkovData.Draw(Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]), 300);
        HiddenMarkov<DiagonalGaussian> start = new(
            [0.5, 0.5, 0], [0.5, 0.5, 0, 0.5, 0.5, 0, 0.3, 0.3, 0.4], [.. _means.Select(mean => new DiagonalGaussian(mean, [1, 1]))]);
        HiddenMarkovFit<DiagonalGaussian> fit = HiddenMarkovModel.Fit(new DiagonalGaussianFamily(2), data, 3, new() { Start = start });

        Assert.Contains(fit.Result.Degeneracies, found => found.Component == 2 && found.Message.Contains("nothing leads to it"));
        Assert.Equal(0, fit.Occupancy[2]);
        Close.Equal([0.3, 0.3, 0.4], [.. fit.Parameters.Transition.Skip(6)], 1e-12);
        Assert.True(double.IsFinite(fit.LogLikelihood) && fit.Converged);
    }

    [Fact]
    public void KnownStatesFixTheNamesOfStates()
    {
        FittedHiddenMarkov<DiagonalGaussian> truth = Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]);
        (double[] values, int[] states) = truth.Sample([400]);
        int[] known = [.. states.Select((state, step) => step % 4 == 0 ? state : -1)];
        SequenceSource data = SequenceSource.From(RowSource.From(values, 2)).WithLabels(known);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3);
        for (int state = 0; state < 3; state++)
        {
            Close.Equal(_means[state], GaussianEmissions.In(fit.Model)!.Value.Components[state].Mean, 0.5, what: "mean");
        }
        Assert.All(known.Zip(fit.Model.Decode(data)), pair => Assert.True(pair.First < 0 || pair.First == pair.Second));
    }

    /// <summary>More steps than a race takes: it is run on a part, and its winner goes on with all.</summary>
    [Fact]
    public void LargeDataRaceOnAPart()
    {
        FittedHiddenMarkov<DiagonalGaussian> truth = Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]);
        SequenceSource data = MarkovData.Draw(truth, 3, 5000, 40, 1, 2500, 700);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { RaceSteps = 1000, Covariance = CovarianceStructure.Spherical });
        Assert.True(fit.Converged && fit.Result.Starts.Count > 1);
        Assert.InRange(2 * (fit.LogLikelihood - truth.Score(data)), -1e-3, 60);
    }

    [Fact]
    public void PriorsPullTowardsStaying()
    {
        SequenceSource data = MarkovData.Draw(Truth([0.4, 0.3, 0.3, 0.3, 0.4, 0.3, 0.3, 0.3, 0.4]), 150);
        HiddenMarkovFit plain = HiddenMarkovModel.FitGaussian(data, 3);
        HiddenMarkovFit sticky = HiddenMarkovModel.FitGaussian(data, 3, new() { ChainPrior = new(Stay: 1000) });
        Assert.All(Enumerable.Range(0, 3), state => Assert.True(sticky.Model.Transition[4 * state] > 0.9));
        Assert.True(plain.LogLikelihood > sticky.LogLikelihood && sticky.Result.Objective != sticky.LogLikelihood);
    }

    [Fact]
    public void WhatCannotBeIsRefusedByName()
    {
        SequenceSource data = MarkovData.Draw(Truth([0.9, 0.05, 0.05, 0.1, 0.8, 0.1, 0, 0.2, 0.8]), 30, 30);
        static string Message(Action action) => Assert.ThrowsAny<ArgumentException>(action).Message;

        Assert.Contains("distinct", Message(() => HiddenMarkovModel.FitGaussian(data, 61)), StringComparison.Ordinal);
        Assert.Contains("concentration", Message(() => HiddenMarkovModel.FitGaussian(data, 2, new() { ChainPrior = new(Initial: 0.5) })), StringComparison.Ordinal);
        Assert.Contains("stationary", Message(() => HiddenMarkovModel.FitGaussian(data, 2, new() { ChainPrior = new(Initial: 2), Structure = ChainStructure.Free with { Stationary = true } })), StringComparison.Ordinal);
        double[] weights = new double[60];
        Array.Fill(weights, 1);
        weights[7] = 2;
        SequenceSource uneven = SequenceSource.From(data.Rows.WithWeights(weights), 30, 30);
        Assert.Contains("one weight for all steps", Message(() => HiddenMarkovModel.FitGaussian(uneven, 2)), StringComparison.Ordinal);
        Assert.Contains("a count", Message(() => HiddenMarkovModel.Fit(new PoissonFamily(), SequenceSource.From(RowSource.From([1.0, 2.5, 3])), 2)), StringComparison.Ordinal);
        Assert.Contains("at least one step", Message(() => HiddenMarkovModel.FitGaussian(SequenceSource.From(new double[0, 2]), 2)), StringComparison.Ordinal);
        Assert.Contains("initial probabilities", Message(() => _ = new HiddenMarkov<Poisson>([0, 0], [1, 0, 0, 1], [new Poisson(1), new Poisson(2)])), StringComparison.Ordinal);
    }

    private static FittedHiddenMarkov<DiagonalGaussian> Truth(double[] transition, double[]? initial = null) =>
        MarkovData.Fitted(new(initial ?? [1, 1, 1], transition, [.. _means.Select(mean => new DiagonalGaussian(mean, [1, 1]))]));
}
