using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>States that share an emission.</summary>
public class TiedStateTests
{
    private static readonly double[] _initial = [0.2, 0.5, 0.3];
    private static readonly double[] _transition = [0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 0.5, 0.1, 0.4];

    /// <summary>A step of Baum–Welch with states 1 and 3 alike: the paths one by one, the shared mean from the steps of both.</summary>
    [Fact]
    public void AStepPoolsTheStatesThatShareAnEmission()
    {
        Poisson low = new(2);
        HiddenMarkov<Poisson> parameters = new(_initial, _transition, [low, new Poisson(6), low]);
        HiddenMarkovModel<Poisson> model = new(new PoissonFamily(), 3, 1) { EmissionOf = [0, 1, 0] };
        double[] counts = [3, 7, 1, 0, 9, 2];
        SequenceSource data = SequenceSource.From(RowSource.From(counts));
        double[][] logDensities = [.. counts.Select(count => (double[])[.. parameters.Emissions.Select(own => MathNet.Numerics.Distributions.Poisson.PMFLn(own.Rate, (int)count))])];
        PathEnumeration paths = new(_initial, _transition, logDensities);

        double[] statistic = new double[model.StatisticLength];
        Close.Equal(paths.LogLikelihood, model.Expect(parameters, data.GetChunk(0), statistic), 1e-12);
        Close.Equal(paths.Transitions, statistic.AsSpan(6, 9), 1e-12, what: "transitions");
        HiddenMarkov<Poisson> next = model.Maximize(statistic, parameters);
        double[] posteriors = paths.Posteriors;
        double Mean(params int[] states) =>
            Enumerable.Range(0, 6).Sum(t => states.Sum(state => posteriors[3 * t + state]) * counts[t]) / Enumerable.Range(0, 6).Sum(t => states.Sum(state => posteriors[3 * t + state]));
        Close.Equal([Mean(0, 2), Mean(1), Mean(0, 2)], next.Emissions.Select(own => own.Rate).ToArray(), 1e-12, what: "rates");
        Assert.Same(next.Emissions[0], next.Emissions[2]);
        Assert.Equal(2 + 6 + 2, model.FreeParameters);
        FittedHiddenMarkov<Poisson> fitted = new(model, parameters, ["count"]);
        Close.Equal(posteriors, fitted.Posteriors(data), 1e-12, what: "posteriors");
        Assert.Equal(paths.Paths().MaxBy(path => path.LogProbability).Path, fitted.Viterbi(data)[0].States);
    }

    /// <summary>Emissions that are estimated together are so with one part for each emission.</summary>
    [Fact]
    public void FamiliesThatAreEstimatedTogetherSeeEachEmissionOnce()
    {
        TiedGaussian[] two = TiedGaussian.Create([[0.0, 0], [3, 1]], Covariance.FromMatrix([1, 0.2, 0.2, 1.5], 2));
        HiddenMarkov<TiedGaussian> tied = new(_initial, _transition, [two[0], two[1], two[0]]);
        HiddenMarkovModel<TiedGaussian> model = new(new TiedGaussianFamily(2), 3, 2) { EmissionOf = [0, 1, 0] };
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(MarkovData.Line(3, 2)), 60);
        double[] statistic = new double[model.StatisticLength];
        model.Expect(tied, data.GetChunk(0), statistic);
        HiddenMarkov<TiedGaussian> next = model.Maximize(statistic, tied);

        // The same posteriors in a mixture of the two.
        double[] posteriors = new FittedHiddenMarkov<TiedGaussian>(model, tied, ["a", "b"]).Posteriors(data);
        double[,] scatter = new double[2, 2];
        for (int emission = 0; emission < 2; emission++)
        {
            double[] shares = [.. Enumerable.Range(0, 60).Select(t => emission == 1 ? posteriors[3 * t + 1] : posteriors[3 * t] + posteriors[3 * t + 2])];
            RowChunk rows = data.Rows.GetChunk(0);
            double[] mean = [.. Enumerable.Range(0, 2).Select(column => Enumerable.Range(0, 60).Sum(t => shares[t] * rows[t, column]) / shares.Sum())];
            Close.Equal(mean, next.Emissions[emission].ToGaussian().Mean, 1e-11, what: "mean");
            for (int t = 0; t < 60; t++)
            {
                for (int at = 0; at < 4; at++)
                {
                    scatter[at / 2, at % 2] += shares[t] * (rows[t, at / 2] - mean[at / 2]) * (rows[t, at % 2] - mean[at % 2]) / 60;
                }
            }
        }
        Close.Equal([scatter[0, 0], scatter[0, 1], scatter[1, 0], scatter[1, 1]], next.Emissions[2].ToGaussian().Covariance.Matrix, 1e-11, what: "covariance");
    }

    /// <summary>Two states in a row with one emission last as the sum of two geometric times, which is a negative binomial one: the model with such durations has the same likelihood.</summary>
    [Fact]
    public void APassageThroughTwoStatesIsANegativeBinomialDuration()
    {
        const double leave = 0.3;
        Poisson low = new(2);
        HiddenMarkov<Poisson> phases = new([1, 0, 0], [1 - leave, leave, 0, 0, 1 - leave, leave, 0.5, 0, 0.5], [low, low, new Poisson(9)]);
        FittedHiddenMarkov<Poisson> one = new(new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1) { EmissionOf = [0, 0, 1] }, phases, ["count"]);
        // u is at least 2: a shifted distribution by its probabilities.
        DurationFamily family = DurationFamily.Nonparametric(400);
        HiddenMarkov<Poisson> lasting = new(
            [1, 0], [0, 1, 1, 0], [low, new Poisson(9)],
            [family.Create([.. Enumerable.Range(1, 400).Select(u => (u - 1) * leave * leave * Math.Pow(1 - leave, u - 2))]), family.Create([.. Enumerable.Range(1, 400).Select(u => Math.Pow(0.5, u))])]);
        FittedHiddenMarkov<Poisson> other = new(new HiddenMarkovModel<Poisson>(new PoissonFamily(), 2, 1) { Durations = family }, lasting, ["count"]);
        SequenceSource data = MarkovData.Draw(one, 120, 5);
        Close.Equal(one.LogLikelihoods(data), other.LogLikelihoods(data), 1e-9, what: "log-likelihood");
    }

    [Fact]
    public void FitsKeepTheOrderAndCountWhatIsShared()
    {
        Poisson low = new(2);
        HiddenMarkov<Poisson> phases = new([0.4, 0.2, 0.4], [0.5, 0.5, 0, 0, 0.5, 0.5, 0.3, 0, 0.7], [low, low, new Poisson(9)]);
        FittedHiddenMarkov<Poisson> truth = new(new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1), phases, ["count"]);
        SequenceSource data = MarkovData.Draw(truth, [.. Enumerable.Repeat(60, 20)]);
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, 3, new() { EmissionOf = [0, 0, 1], Starts = 6 });
        HiddenMarkovFit<Poisson> two = HiddenMarkovModel.Fit(new PoissonFamily(), data, 2, new() { Starts = 4 });
        Assert.Equal(fit.Parameters.Emissions[0].Rate, fit.Parameters.Emissions[1].Rate);
        Assert.NotEqual(fit.Parameters.Emissions[0].Rate, fit.Parameters.Emissions[2].Rate);
        Assert.Equal(2 + 6 + 2, fit.FreeParameters);
        Assert.InRange(fit.LogLikelihood, truth.Score(data) - 1e-3, truth.Score(data) + 25);
        Assert.True(fit.LogLikelihood > two.LogLikelihood + 2, $"Expected more than geometric durations to be seen, found {fit.LogLikelihood:R} and {two.LogLikelihood:R}.");
        Assert.Throws<ArgumentException>(() => new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1) { EmissionOf = [0, 2, 0] });
        Assert.Throws<ArgumentException>(() => new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1) { EmissionOf = [0, 1] });
    }
}
