using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Sequences that are longer than the buffers: on any number of threads the same bits, and what plain loops find.</summary>
public class LongSequenceTests
{
    private const int Length = 70_000;

    /// <summary>Three states have segments of 16,384 steps: four and a part, in a chunk with two short sequences, with missing steps and a weight.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(16)]
    public void SegmentsJoinToTheWhole(int threads)
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(3, 2);
        SequenceSource data = Data(parameters);
        (double expected, double[] posteriors, double[] transitions) = NaiveBaumWelch.Run(
            [.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[1]));
        double[] statistic = Statistic(parameters, data, threads, out double found);
        double[] shorts = Statistic(parameters, Only(data, 0), 1, out double others);
        Close.Equal(expected, (found - others) / 2, 1e-9 * Math.Abs(expected));
        double[] sums = new double[15];
        for (int at = 0; at < posteriors.Length; at++)
        {
            sums[at % 3] += at < 3 ? posteriors[at] : 0;
            sums[3 + at % 3] += posteriors[at];
        }
        transitions.CopyTo(sums, 6);
        Close.Equal(sums, [.. statistic[..15].Zip(shorts, (all, own) => (all - own) / 2)], 1e-8, [.. Enumerable.Repeat(1.0, 15)], "expected states and transitions");
        Close.SameBits(Statistic(parameters, data, 1, out double alone), statistic);
        Close.SameBits([alone], [found]);
    }

    [Fact]
    public void AFitOfOneLongSequenceHasTheSameBitsForAnyNumberOfThreads()
    {
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(MarkovData.Line(3, 2)), Length);
        double[] Fit(int threads)
        {
            HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 3, new() { Covariance = CovarianceStructure.Diagonal, Threads = threads, Starts = 2, MaxIterations = 3 });
            return [.. fit.Result.Trace, .. fit.Model.Initial, .. fit.Model.Transition, fit.PathLogLikelihood];
        }
        Close.SameBits(Fit(1), Fit(4));
    }

    /// <summary>A sequence that underflows in its middle is done again in logarithms, and what was summed before does not count.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void UnderflowInTheMiddleLeavesNothingBehind(int threads)
    {
        Categorical first = new([1e-10, 1 - 1e-10, 0]);
        Categorical second = new([1 - 1e-10, 1e-10, 0]);
        HiddenMarkov<Categorical> parameters = new([0.5, 0.5], [1, 0, 0, 1], [first, second]);
        HiddenMarkovModel<Categorical> model = new(new CategoricalFamily(3), 2, 1) { Threads = threads };
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Repeat(0.0, 30_000), .. Enumerable.Repeat(1.0, 40_000)]));
        double[] statistic = new double[model.StatisticLength];
        double expected = Math.Log(0.5) + 30_000 * Math.Log(1e-10) + 40_000 * Math.Log(1 - 1e-10);
        Close.Equal(expected, model.Expect(parameters, data.GetChunk(0), statistic), 1e-9 * Math.Abs(expected));
        Close.Equal([1, 0, 70_000, 0, 69_999, 0, 0, 0], statistic.AsSpan(0, 8), 1e-9, [1, 1, 70_000, 1, 70_000, 1, 1, 1]);
    }

    /// <summary>Paths, filters and residuals by segments against those of the whole: a path beyond four million pointers, and log-densities that add up.</summary>
    [Fact]
    public void PathsAndForecastsGoThroughSegments()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(80, 1);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        SequenceSource data = MarkovData.Draw(model, 53_000);
        StatePath path = model.Viterbi(data)[0];
        double[][] densities = MarkovData.LogDensities(parameters, data.GetChunk(0)[0]);
        double joint = Math.Log(parameters.Initial[path.States[0]]) + densities[0][path.States[0]];
        for (int t = 1; t < densities.Length; t++)
        {
            joint += Math.Log(parameters[path.States[t - 1], path.States[t]]) + densities[t][path.States[t]];
        }
        Close.Equal(joint, path.LogProbability, 1e-9 * Math.Abs(joint), "the path's own probability");
        Close.Equal(Best(parameters, densities), path.LogProbability, 1e-9 * Math.Abs(joint), "the best probability");
        Close.Equal(path.LogProbability, model.PathLogProbabilities(data, 1)[0], 0);
    }

    [Fact]
    public void ForecastsAndResidualsOfSegmentsAreThoseOfTheWhole()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(3, 2);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        SequenceSource data = MarkovData.Draw(model, 9_000);
        Close.Equal(model.Score(data), model.LogDensity(data).Sum(), 1e-6);
        PseudoResiduals found = model.PseudoResiduals(data);
        PseudoResiduals forecast = model.PseudoResiduals(data, PseudoResidualKind.Forecast);
        double[] posteriors = model.Posteriors(data);
        double[] filter = model.Filter(data);
        foreach (int step in new[] { 4094, 4095, 4096, 4097, 8191, 8192, 8999 })
        {
            // P(zₜ | others) from the posterior without the density of the step itself; and the filter of the step before, one transition on.
            double[] weights = [.. parameters.Emissions.Select((component, state) => posteriors[step * 3 + state] / Math.Exp(component.LogDensity(Row(data, step))))];
            double[] ahead = [.. Enumerable.Range(0, 3).Select(to => Enumerable.Range(0, 3).Sum(from => filter[(step - 1) * 3 + from] * parameters[from, to]))];
            Close.Equal(Below(parameters, weights, Row(data, step)[0]), found.Tails[step * 2].Below, 1e-9);
            Close.Equal(Below(parameters, ahead, Row(data, step)[0]), forecast.Tails[step * 2].Below, 1e-9);
        }
    }

    private static double Below(HiddenMarkov<DiagonalGaussian> parameters, double[] weights, double value) => weights.Select((weight, state) =>
        weight * MathNet.Numerics.Distributions.Normal.CDF(parameters.Emissions[state].Mean[0], Math.Sqrt(parameters.Emissions[state].Variances[0]), value)).Sum() / weights.Sum();

    private static double[] Row(SequenceSource data, int step)
    {
        double[] cells = new double[data.Schema.Count];
        data.Rows.CopyRow(step, cells);
        return cells;
    }

    private static double Best(HiddenMarkov<DiagonalGaussian> parameters, double[][] densities)
    {
        int states = parameters.States;
        double[] logs = [.. parameters.Transition.Select(Math.Log)];
        double[] score = [.. Enumerable.Range(0, states).Select(state => Math.Log(parameters.Initial[state]) + densities[0][state])];
        double[] next = new double[states];
        for (int t = 1; t < densities.Length; t++)
        {
            for (int to = 0; to < states; to++)
            {
                double most = double.NegativeInfinity;
                for (int from = 0; from < states; from++)
                {
                    most = Math.Max(most, score[from] + logs[from * states + to]);
                }
                next[to] = most + densities[t][to];
            }
            (score, next) = (next, score);
        }
        return score.Max();
    }

    private static double[] Statistic(HiddenMarkov<DiagonalGaussian> parameters, SequenceSource data, int threads, out double logLikelihood)
    {
        HiddenMarkovModel<DiagonalGaussian> model = new(new DiagonalGaussianFamily(2), 3, 2) { Threads = threads };
        double[] statistic = new double[model.StatisticLength];
        logLikelihood = model.Expect(parameters, data.GetChunk(0), statistic);
        return statistic;
    }

    private static SequenceSource Data(HiddenMarkov<DiagonalGaussian> parameters)
    {
        double[] values = MarkovData.Fitted(parameters).Sample([50, Length]).Values;
        for (int step = 1000; step < 50 + Length; step += 777)
        {
            values[2 * step] = values[2 * step + 1] = double.NaN;
        }
        double[] weights = [.. Enumerable.Repeat(1.0, 50), .. Enumerable.Repeat(2.0, Length)];
        return SequenceSource.From(RowSource.From(values, 2).WithWeights(weights), 50, Length);
    }

    private static SequenceSource Only(SequenceSource data, int sequence) => SequenceSource.From(
        RowSource.From([.. data.GetChunk(0)[sequence].Values.ToArray()], 2), data.Lengths[sequence]);
}
