using System.Globalization;
using System.Text.Json;
using Latent.Data;
using Latent.Families;
using Latent.Markov;

namespace Latent.Cases;

/// <summary>Cases of family hmm: published fits of Poisson, Gaussian, categorical and mixed emissions, from the starts that were published and from those of our own.</summary>
public class HiddenMarkovTests
{
    private const string Quakes = "hmm_earthquakes_poisson";
    private const string Speed = "hmm_speed_gaussian";
    private const string Casino = "hmm_casino_durbin";
    private const string Cones = "hmm_icecream_eisner";
    private const string Weather = "hmm_weather_hmmlearn";
    private const string Lesions = "hmm_ms_lesions_multiseq";

    /// <summary>The cases that this class runs.</summary>
    internal static IEnumerable<string> Cases => [Quakes, Speed, Casino, Cones, Weather, Lesions];

    public static TheoryData<int> QuakeStates => [2, 3];

    public static TheoryData<int> StationaryStates => [1, 2, 3, 4];

    /// <summary>Baum–Welch as the book prints it, iteration by iteration, and its end; and what a race of our own starts finds.</summary>
    [CaseTheory]
    [MemberData(nameof(QuakeStates))]
    public void EarthquakesWithAFreeInitialDistribution(int states)
    {
        ReferenceCase found = ReferenceCases.Get(Quakes);
        string k = states.ToString(CultureInfo.InvariantCulture);
        JsonElement expected = found.Expected.GetProperty("free_initial(EM)").GetProperty(k);
        JsonElement task = found.Task.GetProperty("free_initial_start").GetProperty(k);
        SequenceSource data = Series(found.Columns()["count"]);
        HiddenMarkov<Poisson> start = new(task.GetProperty("startprob").Vector(), Flat(task, "transmat"), [.. task.GetProperty("lambda").Vector().Select(rate => new Poisson(rate))]);

        HiddenMarkovFit<Poisson> plain = HiddenMarkovModel.Fit(
            new PoissonFamily(), data, states, new() { Start = start, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = 50 });
        (int, double)[] trace = expected.Find("trajectory") is { } trajectory
            ? [.. trajectory.EnumerateArray().Select(entry => (entry.GetProperty("iter").GetInt32(), entry.Number("neg_loglik")))]
            : [.. expected.GetProperty("neg_loglik_iter_0_1_2_30").Vector().Zip([0, 1, 2, 30], (value, iteration) => (iteration, value))];
        foreach ((int iteration, double value) in trace)
        {
            Close.Within(1e-8, -value, plain.Result.Trace[iteration]);
        }

        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(new PoissonFamily(), data, states, new() { Start = start });
        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Close.Within(1e-5, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-3, expected.GetProperty("startprob").Vector(), fit.Parameters.Initial);
        Close.Within(1e-3, Flat(expected, "transmat"), fit.Parameters.Transition);
        Close.Within(2e-2, expected.GetProperty("lambda").Vector(), [.. fit.Parameters.Emissions.Select(emission => emission.Rate)]);

        HiddenMarkovFit<Poisson> own = HiddenMarkovModel.Fit(new PoissonFamily(), data, states);
        Assert.True(own.Converged, $"{own.Result.StopReason}");
        Close.Within(1e-5, expected.Number("loglik"), own.LogLikelihood);
    }

    /// <summary>The initial distribution tied to the stationary one, from starts of our own.</summary>
    [CaseTheory]
    [MemberData(nameof(StationaryStates))]
    public void StationaryEarthquakes(int states)
    {
        ReferenceCase found = ReferenceCases.Get(Quakes);
        JsonElement expected = found.Expected.GetProperty("stationary_initial(direct ML)").GetProperty(states.ToString(CultureInfo.InvariantCulture));
        HiddenMarkovFit<Poisson> fit = HiddenMarkovModel.Fit(
            new PoissonFamily(), Series(found.Columns()["count"]), states, new() { Structure = ChainStructure.Free with { Stationary = true } });

        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Close.Within(1e-5, expected.Number("loglik"), fit.LogLikelihood);
        Assert.Equal(states * states, fit.FreeParameters);
        HiddenMarkov<Poisson> parameters = fit.Parameters.Reorder(Order(fit.Parameters.Emissions, emission => emission.Rate));
        Close.Within(1e-2, expected.GetProperty("lambda").Vector(), [.. parameters.Emissions.Select(emission => emission.Rate)]);
        Close.Within(1e-3, expected.GetProperty("stationary").Vector(), parameters.Initial);
        Close.Within(1e-3, Flat(expected, "transmat"), parameters.Transition);
    }

    [CaseFact]
    public void ReactionTimesOfOneSeries()
    {
        ReferenceCase found = ReferenceCases.Get(Speed);
        JsonElement expected = found.Expected.GetProperty("A");
        SequenceSource data = Series(found.Columns()["rt"]);
        HiddenMarkovFit fit = HiddenMarkovModel.FitGaussian(data, 2);

        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Close.Within(1e-5, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-4, expected.Number("AIC"), fit.Aic);
        Close.Within(1e-4, expected.Number("BIC"), fit.Bic);
        Gaussian[] emissions = [.. GaussianEmissions.In(fit.Model)!.Value.Components];
        int[] order = Order(emissions, emission => -emission.Mean[0]);
        Close.Within(1e-3, expected.GetProperty("mean").Vector(), [.. order.Select(state => emissions[state].Mean[0])]);
        Close.Within(1e-3, expected.GetProperty("sd").Vector(), [.. order.Select(state => Math.Sqrt(emissions[state].Covariance.Matrix[0]))]);
        Close.Within(1e-3, Flat(expected, "transmat"), [.. order.SelectMany(from => order.Select(to => fit.Model.Transition[from * 2 + to]))]);

        Close.Within(1e-5, found.Expected.GetProperty("D").Number("loglik"), HiddenMarkovModel.FitGaussian(data, 1).LogLikelihood);
    }

    /// <summary>A normal and a Bernoulli column together, in three series.</summary>
    [CaseFact]
    public void ReactionTimesAndCorrectness()
    {
        ReferenceCase found = ReferenceCases.Get(Speed);
        JsonElement expected = found.Expected.GetProperty("B");
        OrderedDictionary<string, double[]> columns = found.Columns();
        ProductFamily family = new(ProductPart.Of<FullGaussianFamily, Gaussian>(new FullGaussianFamily(1), 1), ProductPart.Of(new BernoulliFamily()));
        SequenceSource data = SequenceSource.From(
            RowSource.From([.. columns["rt"].Zip(columns["correct"], (time, correct) => (double[])[time, correct])]), Lengths(columns["series"]));

        HiddenMarkovFit<Product> fit = HiddenMarkovModel.Fit(family, data, 2);
        Assert.True(fit.Converged, $"{fit.Result.StopReason}");
        Close.Within(1e-5, expected.Number("loglik"), fit.LogLikelihood);
        HiddenMarkov<Product> parameters = fit.Parameters.Reorder(Order(fit.Parameters.Emissions, emission => emission.Part<Gaussian>(0).Mean[0]));
        Close.Within(1e-3, expected.GetProperty("startprob").Vector(), parameters.Initial);
        Close.Within(1e-3, Flat(expected, "transmat"), parameters.Transition);
        Close.Within(1e-3, expected.GetProperty("mean").Vector(), [.. parameters.Emissions.Select(emission => emission.Part<Gaussian>(0).Mean[0])]);
        Close.Within(1e-3, expected.GetProperty("sd").Vector(), [.. parameters.Emissions.Select(emission => Math.Sqrt(emission.Part<Gaussian>(0).Covariance.Matrix[0]))]);
        Close.Within(1e-3, expected.GetProperty("p_correct").Vector(), [.. parameters.Emissions.Select(emission => emission.Part<Bernoulli>(1).Success)]);

        HiddenMarkov<Product> printed = new(
            [0, 1],
            [0.899, 0.101, 0.084, 0.916],
            [family.Join(new Gaussian([5.52], [0.202 * 0.202]), new Bernoulli(0.528)), family.Join(new Gaussian([6.39], [0.24 * 0.24]), new Bernoulli(0.902))]);
        FittedHiddenMarkov<Product> model = new(new HiddenMarkovModel<Product>(family, 2, 2), printed, ["rt", "correct"]);
        Close.Within(1e-7, found.Expected.GetProperty("C").Number("loglik"), model.Score(data));
    }

    /// <summary>The occasionally dishonest casino: score, path and posteriors at the book's parameters, and Baum–Welch from there.</summary>
    [CaseFact]
    public void DishonestCasino()
    {
        ReferenceCase found = ReferenceCases.Get(Casino);
        JsonElement book = found.Expected.GetProperty("fixed");
        (SequenceSource data, FittedHiddenMarkov<Categorical> model) = Discrete(found, found.Columns()["face"].Select(face => face - 1), found.Task.GetProperty("parameters"));

        Close.Within(1e-7, book.Number("loglik"), model.Score(data));
        StatePath path = model.Viterbi(data)[0];
        Close.Within(1e-7, book.Number("viterbi_logprob"), path.LogProbability);
        Assert.Equal(book.GetProperty("viterbi_path").GetString(), string.Concat(path.States.Select(state => "FL"[state])));
        double[] fair = [.. model.Posteriors(data).Where((_, at) => at % 2 == 0)];
        Close.Within(1e-7, book.GetProperty("posterior_fair_first5").Vector(), fair[..5]);
        Close.Within(1e-7, book.Number("posterior_fair_mean"), fair.Average());
        Close.Within(1e-7, book.Number("log2_odds_per_roll_vs_fair_die"), (model.Score(data) / 300 + Math.Log(6)) / Math.Log(2));

        JsonElement expected = found.Expected.GetProperty("baum_welch");
        HiddenMarkovFit<Categorical> plain = HiddenMarkovModel.Fit(
            model.Model.Family, data, 2, new() { Start = model.Parameters, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = 5 });
        Close.Within(1e-7, expected.GetProperty("loglik_trace_first6").Vector(), plain.Result.Trace);
        HiddenMarkovFit<Categorical> fit = HiddenMarkovModel.Fit(model.Model.Family, data, 2, new() { Start = model.Parameters, Stopping = StoppingRule.RemainingGain(1e-9) });
        Close.Within(1e-5, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-3, Flat(expected, "emission"), [.. fit.Parameters.Emissions.SelectMany(emission => emission.Probabilities.ToArray())]);
        Close.Within(1e-3, Flat(expected, "transmat"), fit.Parameters.Transition);

        double best = found.Expected.GetProperty("known_better_local_maxima").Number("best_of_20_random_starts");
        double own = HiddenMarkovModel.Fit(model.Model.Family, data, 2).LogLikelihood;
        Assert.True(own >= best - 1e-5, $"Expected the default starts to find {best} or better, found {own}.");
    }

    [CaseFact]
    public void IceCream()
    {
        ReferenceCase found = ReferenceCases.Get(Cones);
        JsonElement expected = found.Expected.GetProperty("A");
        double[] cones = [.. found.Columns()["cones"].Select(count => count - 1)];
        SequenceSource data = Series(cones);
        HiddenMarkov<Categorical> start = new([0.5, 0.5], [0.8, 0.2, 0.2, 0.8], [new Categorical([0.7, 0.2, 0.1]), new Categorical([0.1, 0.2, 0.7])]);
        HiddenMarkovFit<Categorical> plain = HiddenMarkovModel.Fit(
            new CategoricalFamily(3), data, 2, new() { Start = start, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = 12 });
        Close.Within(1e-6, expected.GetProperty("loglik_trace").Vector(), plain.Result.Trace);
        HiddenMarkovFit<Categorical> fit = HiddenMarkovModel.Fit(new CategoricalFamily(3), data, 2, new() { Start = start });
        Close.Within(1e-6, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-4, Flat(expected, "transmat"), fit.Parameters.Transition);
        Close.Within(1e-4, Flat(expected, "emission"), [.. fit.Parameters.Emissions.SelectMany(emission => emission.Probabilities.ToArray())]);
        double own = HiddenMarkovModel.Fit(new CategoricalFamily(3), data, 2).LogLikelihood;
        Assert.True(own >= expected.Number("loglik") - 1e-6, $"Expected the default starts to do as well, found {own}.");
    }

    /// <summary>The spreadsheet has a STOP after the last day: a third state with a symbol of its own, which nothing leaves, and zeros that stay zeros.</summary>
    [CaseFact]
    public void IceCreamWithAStop()
    {
        ReferenceCase found = ReferenceCases.Get(Cones);
        JsonElement expected = found.Expected.GetProperty("B");
        SequenceSource data = Series([.. found.Columns()["cones"].Select(count => count - 1), 3]);
        HiddenMarkov<Categorical> start = new(
            [0.5, 0.5, 0],
            [0.8, 0.1, 0.1, 0.1, 0.8, 0.1, 0, 0, 1],
            [new Categorical([0.7, 0.2, 0.1, 0]), new Categorical([0.1, 0.2, 0.7, 0]), new Categorical([0, 0, 0, 1])]);
        foreach (JsonElement entry in expected.GetProperty("trajectory").EnumerateArray())
        {
            int iterations = entry.GetProperty("iter").GetInt32();
            HiddenMarkovFit<Categorical> fit = HiddenMarkovModel.Fit(
                new CategoricalFamily(4), data, 3, new() { Start = start, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = iterations });
            Close.Within(1e-6, entry.Number("loglik"), fit.Result.Trace[iterations]);
            Close.Within(1e-6, Flat(entry, "emission"), [.. fit.Parameters.Emissions.Take(2).SelectMany(emission => emission.Probabilities[..3].ToArray())]);
            Close.Within(1e-6, entry.GetProperty("stop").Vector(), [fit.Parameters[0, 2], fit.Parameters[1, 2]]);
            Assert.Equal([0.0, 0, 1], fit.Parameters.Transition.Skip(6));
        }
        HiddenMarkovFit<Categorical> end = HiddenMarkovModel.Fit(new CategoricalFamily(4), data, 3, new() { Start = start });
        Close.Within(1e-5, expected.GetProperty("converged").Number("loglik"), end.LogLikelihood);
    }

    [CaseFact]
    public void WeatherOfThreeDays()
    {
        ReferenceCase found = ReferenceCases.Get(Weather);
        (SequenceSource data, FittedHiddenMarkov<Categorical> model) = Discrete(found, found.Columns()["symbol"], found.Task.GetProperty("parameters"));
        Close.Within(1e-9, found.Expected.Number("loglik"), model.Score(data));
        Close.Within(1e-9, found.Expected.Number("viterbi_logprob"), model.Viterbi(data)[0].LogProbability);
        Assert.Equal(found.Expected.GetProperty("viterbi_path").Vector(), model.Viterbi(data)[0].States.Select(state => (double)state));
        Close.Within(1e-6, Flat(found.Expected, "posterior"), model.Posteriors(data));
    }

    [CaseFact]
    public void LesionsOfThreePatients()
    {
        ReferenceCase found = ReferenceCases.Get(Lesions);
        OrderedDictionary<string, double[]> columns = found.Columns();
        SequenceSource data = SequenceSource.From(RowSource.From(columns["count"]), Lengths(columns["patient"]));
        HiddenMarkovFit<Poisson> Fit(int states) => HiddenMarkovModel.Fit(new PoissonFamily(), data, states);

        Close.Within(1e-5, found.Expected.GetProperty("1").Number("loglik"), Fit(1).LogLikelihood);
        JsonElement expected = found.Expected.GetProperty("2");
        HiddenMarkovFit<Poisson> two = Fit(2);
        Close.Within(1e-5, expected.Number("loglik"), two.LogLikelihood);
        HiddenMarkov<Poisson> parameters = two.Parameters.Reorder(Order(two.Parameters.Emissions, emission => emission.Rate));
        Close.Within(1e-3, expected.GetProperty("startprob").Vector(), parameters.Initial);
        Close.Within(1e-3, Flat(expected, "transmat"), parameters.Transition);
        Close.Within(1e-3, expected.GetProperty("lambda").Vector(), [.. parameters.Emissions.Select(emission => emission.Rate)]);
        double best = found.Expected.GetProperty("3_best_known").Number("loglik");
        double three = Fit(3).LogLikelihood;
        Assert.True(three >= best - 1e-5, $"Expected {best} or better, found {three}.");
    }

    private static SequenceSource Series(double[] values) => SequenceSource.From(RowSource.From(values));

    private static int[] Lengths(double[] ids) => [.. ids.GroupBy(id => id).Select(group => group.Count())];

    private static double[] Flat(JsonElement element, string name) => [.. element.GetProperty(name).Matrix().SelectMany(row => row)];

    private static int[] Order<T>(IReadOnlyList<T> emissions, Func<T, double> key) => [.. Enumerable.Range(0, emissions.Count).OrderBy(state => key(emissions[state]))];

    private static (SequenceSource Data, FittedHiddenMarkov<Categorical> Model) Discrete(ReferenceCase found, IEnumerable<double> symbols, JsonElement parameters)
    {
        int count = found.Task.GetProperty("n_symbols").GetInt32();
        double[][] emission = parameters.GetProperty("emission").Matrix();
        HiddenMarkov<Categorical> values = new(parameters.GetProperty("startprob").Vector(), Flat(parameters, "transmat"), [.. emission.Select(row => new Categorical(row))]);
        return (Series([.. symbols]), new(new HiddenMarkovModel<Categorical>(new CategoricalFamily(count), emission.Length, 1), values, ["symbol"]));
    }
}
