using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Hidden semi-Markov models against all segmentations one by one, and against the ordinary model where they are the same.</summary>
public class SojournOracleTests
{
    private const int States = 3;
    private const int Steps = 6;

    private static readonly double[] _initial = [0.5, 0.2, 0.3];
    private static readonly double[] _transition = [0, 0.3, 0.7, 0.6, 0, 0.4, 1, 0, 0];

    public static TheoryData<string, int> Families
    {
        get
        {
            TheoryData<string, int> cases = [];
            foreach (string name in (string[])["geometric", "poisson", "negative-binomial", "log-series", "nonparametric"])
            {
                cases.Add(name, 2);
                cases.Add(name, 8);
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void EverythingIsTheSumOverAllSegmentations(string name, int longest)
    {
        DurationFamily family = DurationFamily.Of(name, longest)!;
        double[][] parameters = Parameters(name, longest);
        HiddenMarkov<DiagonalGaussian> line = MarkovData.Line(States, 2);
        HiddenMarkov<DiagonalGaussian> model = new(_initial, _transition, line.Emissions.AsSpan(), [.. parameters.Select(own => family.Create(own))]);
        FittedHiddenMarkov<DiagonalGaussian> fitted = Fitted(model);
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(line), Steps);
        SegmentEnumeration all = Enumerate(model, name, parameters, longest, data);

        double[] statistic = new double[fitted.Model.StatisticLength];
        Close.Equal(all.LogLikelihood, fitted.Model.Expect(model, data.GetChunk(0), statistic), 1e-11, "log-likelihood");
        Close.Equal(all.Posteriors.AsSpan(0, States), statistic.AsSpan(0, States), 1e-12, what: "initial");
        Close.Equal(all.Moves, statistic.AsSpan(2 * States, States * States), 1e-12, what: "transitions");
        Close.Equal(all.Stays(family.Longest), statistic.AsSpan(^(2 * States * family.Longest)), 1e-12, what: "stays");
        Close.Equal(all.LogLikelihood, fitted.Score(data), 1e-11, "score");
        Close.Equal(all.Posteriors, fitted.Posteriors(data), 1e-12, what: "posteriors");
        Close.Equal(all.LogLikelihood, fitted.LogDensity(data).Sum(), 1e-11, "sum of predictive densities");
        Close.Equal(all.Posteriors.AsSpan(^States), fitted.Filter(data).AsSpan(^States), 1e-12, what: "filter at the end");

        (int[] path, double best) = all.Paths.MaxBy(each => each.LogProbability);
        StatePath found = fitted.Viterbi(data)[0];
        Assert.Equal(path, found.States);
        Close.Equal(best, found.LogProbability, 1e-11, "path");
        double[] ranked = [.. all.Paths.Select(each => each.LogProbability).OrderDescending().Take(15)];
        Close.Equal(ranked, fitted.BestPaths(data, 0, 15).Select(each => each.LogProbability).ToArray(), 1e-11, what: "best paths");

        // A forecast is the end of a sequence of which the last steps are missing.
        SequenceSource five = SequenceSource.From(RowSource.From(data.Rows.GetChunk(0).Values[..(2 * (Steps - 2))].ToArray(), 2));
        SequenceSource padded = SequenceSource.From(RowSource.From((double[])[.. data.Rows.GetChunk(0).Values[..(2 * (Steps - 2))], double.NaN, double.NaN, double.NaN, double.NaN], 2));
        Close.Equal(Enumerate(model, name, parameters, longest, padded).Posteriors.AsSpan(^States), fitted.Forecast(five, 2), 1e-12, what: "forecast");
    }

    /// <summary>Viterbi training and annealing: the paths' probabilities to a power.</summary>
    [Theory]
    [InlineData(0.4)]
    [InlineData(double.PositiveInfinity)]
    public void PathsAreRaisedToAPower(double power)
    {
        const int ages = 3;
        double[][] parameters = Parameters("nonparametric", ages);
        HiddenMarkov<DiagonalGaussian> line = MarkovData.Line(States, 2);
        HiddenMarkov<DiagonalGaussian> model = new(_initial, _transition, line.Emissions.AsSpan(), [.. parameters.Select(own => DurationFamily.Nonparametric(ages).Create(own))]);
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(line), Steps);
        SegmentEnumeration all = Enumerate(model, "nonparametric", parameters, ages, data);
        HiddenMarkovModel<DiagonalGaussian> own = new(
            new DiagonalGaussianFamily(2), States, 2, responsibilities: double.IsInfinity(power) ? Latent.Mixtures.ResponsibilityTransform.Hard : Latent.Mixtures.ResponsibilityTransform.Annealed(power))
        {
            Durations = DurationFamily.Nonparametric(ages),
        };
        double[] statistic = new double[own.StatisticLength];
        double objective = own.Expect(model, data.GetChunk(0), statistic);
        double most = all.Paths.Max(path => path.LogProbability);
        double Share(double logProbability) => double.IsInfinity(power) ? logProbability == most ? 1 : 0 : Math.Exp(power * logProbability);
        double total = all.Paths.Sum(path => Share(path.LogProbability));
        Close.Equal(double.IsInfinity(power) ? most : Math.Log(total) / power, objective, 1e-11);
        double[] first = [.. Enumerable.Range(0, States).Select(state => all.Paths.Where(path => path.Path[0] == state).Sum(path => Share(path.LogProbability)) / total)];
        Close.Equal(first, statistic.AsSpan(0, States), 1e-11);
        double[] starts = [.. Enumerable.Range(0, States).Select(state => all.Paths.Where(path => path.Path[0] == state && path.Path[1] != state).Sum(path => Share(path.LogProbability)) / total)];
        double[] ended = [.. Enumerable.Range(0, States).Select(state => statistic[^((2 * States - 2 * state) * ages)])];
        Assert.All(Enumerable.Range(0, States), state => Assert.True(ended[state] >= starts[state] - 1e-12, "Expected at least the first stays among those that end at age 1."));
        Close.Equal(Steps - 1, statistic.AsSpan(^(2 * States * ages)).ToArray().Sum(), 1e-10, "steps that end or go on");
    }

    /// <summary>Geometric durations are the ordinary model, by the short table and by a long one that must agree; long sequences go through blocks.</summary>
    [Theory]
    [InlineData("geometric", 1, 4000)]
    [InlineData("geometric", 1, 37)]
    [InlineData("negative-binomial", 300, 700)]
    [InlineData("negative-binomial", 3, 700)]
    public void GeometricDurationsAreTheOrdinaryModel(string name, int longest, int steps)
    {
        HiddenMarkov<DiagonalGaussian> ordinary = MarkovData.Line(4, 2, 8);
        FittedHiddenMarkov<DiagonalGaussian> known = MarkovData.Fitted(ordinary);
        FittedHiddenMarkov<DiagonalGaussian> fitted = Fitted(Geometric(ordinary, name, longest));
        SequenceSource data = MarkovData.Draw(known, steps, 11, 1);

        Close.Equal(known.LogLikelihoods(data), fitted.LogLikelihoods(data), 1e-9 * steps, what: "log-likelihood");
        Close.Equal(known.Posteriors(data), fitted.Posteriors(data), 1e-10, what: "posteriors");
        Close.Equal(known.Filter(data), fitted.Filter(data), 1e-9, what: "filter");
        Close.Equal(known.Forecast(data, 3), fitted.Forecast(data, 3), 1e-9, what: "forecast");
        Close.Equal(known.Stationary!.Value.AsSpan(), fitted.Stationary!.Value.AsSpan(), 1e-9, what: "stationary");
        Assert.Equal(known.Viterbi(data).SelectMany(path => path.States), fitted.Viterbi(data).SelectMany(path => path.States));
        Close.Equal(known.Viterbi(data)[0].LogProbability, fitted.Viterbi(data)[0].LogProbability, 1e-9 * steps);
    }

    /// <summary>EM with geometric durations takes the steps of Baum–Welch.</summary>
    [Fact]
    public void StepsOfGeometricDurationsAreThoseOfBaumWelch()
    {
        HiddenMarkov<DiagonalGaussian> one = MarkovData.Line(3, 2, 4);
        HiddenMarkovModel<DiagonalGaussian> model = MarkovData.Fitted(one).Model;
        SequenceSource data = MarkovData.Draw(MarkovData.Fitted(MarkovData.Line(3, 2, 9)), 200, 50, 1, 7);
        HiddenMarkov<DiagonalGaussian> other = Geometric(one, "geometric", 1);
        HiddenMarkovModel<DiagonalGaussian> lasting = Fitted(other).Model;
        for (int iteration = 0; iteration < 15; iteration++)
        {
            double[] statistic = new double[model.StatisticLength];
            double[] stays = new double[lasting.StatisticLength];
            Close.Equal(model.Expect(one, data.GetChunk(0), statistic), lasting.Expect(other, data.GetChunk(0), stays), 1e-8);
            one = model.Maximize(statistic, one);
            other = lasting.Maximize(stays, other);
        }
        HiddenMarkov<DiagonalGaussian> same = Geometric(one, "geometric", 1);
        Close.Equal(same.Transition.AsSpan(), other.Transition.AsSpan(), 1e-9, what: "transitions");
        Close.Equal(same.Durations.Select(duration => duration.Parameters[0]).ToArray(), other.Durations.Select(duration => duration.Parameters[0]).ToArray(), 1e-9, what: "durations");
        Close.Equal(one.Emissions.SelectMany(component => component.Mean.ToArray()).ToArray(), other.Emissions.SelectMany(component => component.Mean.ToArray()).ToArray(), 1e-9, what: "means");
        Assert.Equal(model.FreeParameters, lasting.FreeParameters);
    }

    /// <summary>A stay that only the end of the sequence makes likely: the first half of it makes its state 10⁴⁰⁰ times less likely than another. Doubles lose it, logarithms do not.</summary>
    [Theory]
    [InlineData(40, 60)]
    [InlineData(3000, 3400)]
    public void AStateThatHasFallenOutOfRangeCanStillWin(int early, int late)
    {
        CategoricalFamily symbols = new(2);
        DurationFamily family = DurationFamily.Poisson(5);
        HiddenMarkov<Categorical> parameters = new([0.5, 0.5], [1, 0, 0, 1], [new Categorical([1e-10, 1 - 1e-10]), new Categorical([1 - 1e-10, 1e-10])], [family.Create(3), family.Create(3)]);
        HiddenMarkovModel<Categorical> model = new(symbols, 2, 1) { Durations = family };
        FittedHiddenMarkov<Categorical> fitted = new(model, parameters, ["symbol"]);
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Repeat(0.0, early), .. Enumerable.Repeat(1.0, late)]));

        double expected = Math.Log(0.5) + early * Math.Log(1e-10) + late * Math.Log(1 - 1e-10);
        double[] statistic = new double[model.StatisticLength];
        Close.Equal(expected, model.Expect(parameters, data.GetChunk(0), statistic), 1e-9 * Math.Abs(expected));
        Close.Equal([1, 0, early + late, 0, 0, 0, 0, 0, early, late], statistic.AsSpan(0, 10), 1e-9 * late);
        Close.Equal(early + late - 1, statistic[10..].Sum(), 1e-8 * late, "steps that go on");
        Assert.All(fitted.Decode(data), state => Assert.Equal(0, state));
        Assert.All(fitted.Viterbi(data)[0].States, state => Assert.Equal(0, state));
    }

    [Fact]
    public void AnImpossibleSequenceIsNamed()
    {
        DurationFamily family = DurationFamily.Nonparametric(2);
        HiddenMarkov<Poisson> parameters = new([1, 0], [0, 1, 1, 0], [new Poisson(0), new Poisson(3)], [family.Create(0.5, 0.5), family.Create(0, 1)]);
        FittedHiddenMarkov<Poisson> fitted = new(new HiddenMarkovModel<Poisson>(new PoissonFamily(), 2, 1) { Durations = family }, parameters, ["count"]);
        SequenceSource data = SequenceSource.From(RowSource.From([0.0, 0, 5, 5, 0, 0]), 3, 3);
        Assert.Equal([true, false], fitted.LogLikelihoods(data).Select(double.IsFinite));
        Assert.Contains("number 2", Assert.Throws<NumericalException>(() => fitted.Posteriors(data)).Message, StringComparison.Ordinal);
    }

    private static double[][] Parameters(string name, int longest) => name switch
    {
        "geometric" => [[0.3], [0.8], [0.5]],
        "poisson" => [[1.5], [0], [4]],
        "negative-binomial" => [[0.5, 2], [3, 1], [40, 3]],
        "log-series" => [[0.6], [0.2], [0.95]],
        _ => [.. Enumerable.Range(0, States).Select(state => (double[])[.. Enumerable.Range(1, longest).Select(u => state == 1 && u == longest ? 0 : 1.0 + (u * (state + 2)) % 5)]).Select(own => (double[])[.. own.Select(value => value / own.Sum())])],
    };

    private static double Probability(string name, double[] own, int u) => name switch
    {
        "geometric" => own[0] * Math.Pow(1 - own[0], u - 1),
        "poisson" => own[0] == 0 ? u == 1 ? 1 : 0 : MathNet.Numerics.Distributions.Poisson.PMF(own[0], u - 1),
        "negative-binomial" => MathNet.Numerics.Distributions.NegativeBinomial.PMF(own[0], own[0] / (own[0] + own[1]), u - 1),
        "log-series" => -Math.Pow(own[0], u) / (u * Math.Log(1 - own[0])),
        _ => u <= own.Length ? own[u - 1] : 0,
    };

    /// <summary>Up to the longest duration by the density itself, beyond it with the hazard of the longest.</summary>
    private static SegmentEnumeration Enumerate(HiddenMarkov<DiagonalGaussian> model, string name, double[][] parameters, int longest, SequenceSource data)
    {
        double Plain(int state, int u) => Math.Max(0, 1 - Enumerable.Range(1, u - 1).Sum(shorter => Probability(name, parameters[state], shorter)));
        double Hazard(int state) => Probability(name, parameters[state], longest) / Plain(state, longest);
        double Survival(int state, int u) => u <= longest || name == "geometric" || Plain(state, longest) == 0 ? Plain(state, u) : Plain(state, longest) * Math.Pow(1 - Hazard(state), u - longest);
        double Duration(int state, int u) => u < longest || name == "geometric" || Plain(state, longest) == 0 ? Probability(name, parameters[state], u) : Survival(state, u) * Hazard(state);
        return new SegmentEnumeration([.. model.Initial], [.. model.Transition], Duration, Survival, MarkovData.LogDensities(model, data.Rows.GetChunk(0)));
    }

    private static HiddenMarkov<DiagonalGaussian> Geometric(HiddenMarkov<DiagonalGaussian> ordinary, string name, int longest)
    {
        DurationFamily family = DurationFamily.Of(name, longest)!;
        double[] moves = [.. ordinary.Transition.Select((value, at) => at / ordinary.States == at % ordinary.States ? 0 : value)];
        Duration[] durations = [.. Enumerable.Range(0, ordinary.States).Select(state => ordinary[state, state]).Select(stay => name == "geometric" ? family.Create(1 - stay) : family.Create(1, stay / (1 - stay)))];
        return new HiddenMarkov<DiagonalGaussian>(ordinary.Initial.AsSpan(), moves, ordinary.Emissions.AsSpan(), durations);
    }

    private static FittedHiddenMarkov<DiagonalGaussian> Fitted(HiddenMarkov<DiagonalGaussian> parameters) => new(
        new HiddenMarkovModel<DiagonalGaussian>(new DiagonalGaussianFamily(2), parameters.States, 2) { Durations = parameters.Durations[0].Family }, parameters, ["x1", "x2"]);
}
