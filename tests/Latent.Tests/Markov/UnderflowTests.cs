using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Sequences beyond the range of doubles, and data of which the model says little: the right answer, or an error with a name.</summary>
public class UnderflowTests
{
    private static readonly CategoricalFamily _symbols = new(3);

    /// <summary>Two symbols that the states contradict at every step: each step costs 230 nats, and together 10⁻¹⁰⁰⁰⁰⁰.</summary>
    [Fact]
    public void AProbabilityOfTenToTheMinusHundredThousandIsFound()
    {
        double tiny = 1e-100;
        HiddenMarkov<Categorical> parameters = new([1, 0], [0, 1, 1, 0], [new Categorical([tiny, 1 - tiny, 0]), new Categorical([1 - tiny, tiny, 0])]);
        FittedHiddenMarkov<Categorical> model = new(new HiddenMarkovModel<Categorical>(_symbols, 2, 1), parameters, ["symbol"]);
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Range(0, 1000).Select(t => (double)(t % 2))]));

        double expected = 1000 * Math.Log(tiny);
        Close.Equal(expected, model.Score(data), 1e-9 * Math.Abs(expected));
        double[] statistic = new double[model.Model.StatisticLength];
        Close.Equal(expected, model.Model.Expect(parameters, data.GetChunk(0), statistic), 1e-9 * Math.Abs(expected));
        Close.Equal([1, 0, 500, 500, 0, 500, 499, 0], statistic.AsSpan(0, 8), 1e-12);
        Close.Equal([.. Enumerable.Range(0, 1000).SelectMany(t => (double[])[1 - t % 2, t % 2])], model.Posteriors(data), 1e-12);
    }

    /// <summary>
    /// Two states without a way between them: the first half of the data makes the one 10⁴⁰⁰ times less likely, the second half the other 10⁶⁰⁰ times. Normalising step by step has forgotten the
    /// winner by then.
    /// </summary>
    [Theory]
    [InlineData(40, 60)]
    [InlineData(400, 600)]
    [InlineData(20_000, 30_000)]
    public void AStateThatHasFallenOutOfRangeCanStillWin(int early, int late)
    {
        Categorical first = new([1e-10, 1 - 1e-10, 0]);
        Categorical second = new([1 - 1e-10, 1e-10, 0]);
        HiddenMarkov<Categorical> parameters = new([0.5, 0.5], [1, 0, 0, 1], [first, second]);
        FittedHiddenMarkov<Categorical> model = new(new HiddenMarkovModel<Categorical>(_symbols, 2, 1), parameters, ["symbol"]);
        SequenceSource data = SequenceSource.From(RowSource.From([.. Enumerable.Repeat(0.0, early), .. Enumerable.Repeat(1.0, late)]));

        double expected = Math.Log(0.5) + early * Math.Log(1e-10) + late * Math.Log(1 - 1e-10);
        Close.Equal(expected, model.Score(data), 1e-9 * Math.Abs(expected));
        double[] statistic = new double[model.Model.StatisticLength];
        Close.Equal(expected, model.Model.Expect(parameters, data.GetChunk(0), statistic), 1e-9 * Math.Abs(expected));
        Close.Equal([1, 0, early + late, 0, early + late - 1, 0, 0, 0], statistic.AsSpan(0, 8), 1e-9);
        Close.Equal([early, late], statistic.AsSpan(8, 2), 1e-9 * late);
        Assert.All(model.Decode(data), state => Assert.Equal(0, state));
        Assert.All(model.Viterbi(data)[0].States, state => Assert.Equal(0, state));
    }

    [Fact]
    public void AnImpossibleSequenceIsNamed()
    {
        HiddenMarkov<Categorical> parameters = new([1, 0], [0.5, 0.5, 0.5, 0.5], [new Categorical([0.5, 0.5, 0]), new Categorical([0.2, 0.8, 0])]);
        FittedHiddenMarkov<Categorical> model = new(new HiddenMarkovModel<Categorical>(_symbols, 2, 1), parameters, ["symbol"]);
        SequenceSource data = SequenceSource.From(RowSource.From([0.0, 1, 0, 1, 2, 1]), 2, 4);

        Assert.Equal([true, false], model.LogLikelihoods(data).Select(double.IsFinite));
        Assert.Equal(double.NegativeInfinity, model.Score(data));
        foreach (Action action in (Action[])[() => model.Posteriors(data), () => model.Viterbi(data), () => model.LogDensity(data)])
        {
            Assert.Contains("number 2", Assert.Throws<NumericalException>(action).Message);
        }
        NumericalException error = Assert.Throws<NumericalException>(() => HiddenMarkovModel.Fit(_symbols, data, 2, new() { Start = parameters }));
        Assert.Contains("number 2", error.Message);
    }

    [Fact]
    public void MissingStepsSayNothing()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(3, 2);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        double[,] steps = { { 0, 1 }, { double.NaN, double.NaN }, { 2, 2 }, { double.NaN, double.NaN }, { double.NaN, double.NaN } };
        SequenceSource data = SequenceSource.From([steps]);
        PathEnumeration paths = new([.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[0]));

        Close.Equal(paths.LogLikelihood, model.Score(data), 1e-12);
        Close.Equal(paths.Posteriors, model.Posteriors(data), 1e-12);
        double[] statistic = new double[model.Model.StatisticLength];
        model.Model.Expect(parameters, data.GetChunk(0), statistic);
        Close.Equal(paths.Transitions, statistic.AsSpan(6, 9), 1e-12);
        double emitted = Enumerable.Range(0, 3).Sum(state => statistic[15 + 5 * state]);
        Close.Equal(2, emitted, 1e-12);

        SequenceSource nothing = SequenceSource.From([new double[,] { { double.NaN, double.NaN }, { double.NaN, double.NaN } }]);
        Assert.Equal(0, model.Score(nothing), 1e-15);
        Close.Equal([.. parameters.Initial, .. model.Forecast(SequenceSource.From([new double[,] { { double.NaN, double.NaN } }]))], model.Posteriors(nothing), 1e-12);
        Assert.Contains("missing", Assert.Throws<ArgumentException>(() => HiddenMarkovModel.FitGaussian(nothing, 2)).Message);
    }

    [Fact]
    public void KnownStatesAreKept()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(3, 2);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        int[] known = [-1, 2, -1, -1, 0, -1];
        SequenceSource data = MarkovData.Draw(model, 6).WithLabels(known);
        double[][] logDensities = MarkovData.LogDensities(parameters, data.GetChunk(0)[0]);
        for (int t = 0; t < known.Length; t++)
        {
            logDensities[t] = [.. logDensities[t].Select((value, state) => known[t] >= 0 && known[t] != state ? double.NegativeInfinity : value)];
        }
        PathEnumeration paths = new([.. parameters.Initial], [.. parameters.Transition], logDensities);

        Close.Equal(paths.LogLikelihood, model.Score(data), 1e-12);
        Close.Equal(paths.Posteriors, model.Posteriors(data), 1e-12);
        Assert.Equal(2, model.Viterbi(data)[0].States[1]);
        Assert.Contains("labels", Assert.Throws<ArgumentException>(() => HiddenMarkovModel.FitGaussian(data, 2)).Message);
    }
}
