using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>Likelihood, posteriors, expected transitions and paths against all paths one by one, for every kind of emission.</summary>
public class HiddenMarkovOracleTests
{
    private const int States = 3;

    private static readonly double[] _initial = [0.5, 0.2, 0.3];
    private static readonly double[] _transition = [0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0, 0.5, 0.5];

    public static TheoryData<string> Emissions => ["spherical", "diagonal", "tied", "full", "poisson", "categorical", "bernoulli", "product"];

    [Theory]
    [MemberData(nameof(Emissions))]
    public void EverythingIsTheSumOverAllPaths(string emission)
    {
        double[][] means = [[-1, 0.5], [1, 2], [2.5, -1]];
        Covariance covariance = Covariance.FromMatrix([1.5, 0.4, 0.4, 0.8], 2);
        double[][] counts = [[0, 3], [2, 1], [5, 0], [1, 1]];
        switch (emission)
        {
            case "spherical":
                Check(new SphericalGaussianFamily(2), [.. means.Select(mean => new SphericalGaussian(mean, 0.7))], component => component.LogDensity, Numbers(2));
                break;
            case "diagonal":
                Check(new DiagonalGaussianFamily(2), [.. means.Select(mean => new DiagonalGaussian(mean, [0.7, 1.9]))], component => component.LogDensity, Numbers(2));
                break;
            case "tied":
                Check(new TiedGaussianFamily(2), TiedGaussian.Create(means, covariance), component => component.ToGaussian().LogDensity, Numbers(2));
                break;
            case "full":
                Check(new FullGaussianFamily(2), [.. means.Select(mean => new Gaussian(mean, covariance))], component => component.LogDensity, Numbers(2));
                break;
            case "poisson":
                Check(new PoissonFamily(), [new Poisson(0.5), new Poisson(2), new Poisson(6)], component => x => LogPoisson(component.Rate, x[0]), Codes(7));
                break;
            case "categorical":
                Check(
                    new CategoricalFamily(4), [new Categorical([0.1, 0.2, 0.3, 0.4]), new Categorical([0.7, 0.1, 0.1, 0.1]), new Categorical([0, 0.5, 0.5, 0])],
                    component => x => Math.Log(component.Probabilities[(int)x[0]]), Codes(4));
                break;
            case "bernoulli":
                Check(new BernoulliFamily(), [new Bernoulli(0.9), new Bernoulli(0.4), new Bernoulli(0.1)], component => x => Math.Log(x[0] == 1 ? component.Success : 1 - component.Success), Codes(2));
                break;
            default:
                ProductFamily family = ProductFamily.Of(new PoissonFamily(), 2);
                Product[] products = [.. means.Select((_, state) => family.Join(new Poisson(0.5 + state), new Poisson(4 - state)))];
                Check(family, products, component => x => LogPoisson(component.Part<Poisson>(0).Rate, x[0]) + LogPoisson(component.Part<Poisson>(1).Rate, x[1]), counts);
                break;
        }
    }

    [Fact]
    public void RecursionsAreThoseOfThePeer()
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(5, 3);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        SequenceSource data = MarkovData.Draw(model, 400, 1, 33);
        double[] statistic = new double[model.Model.StatisticLength];
        double logLikelihood = model.Model.Expect(parameters, data.GetChunk(0), statistic);

        double expected = 0;
        List<double> posteriors = [];
        double[] transitions = new double[25];
        for (int sequence = 0; sequence < 3; sequence++)
        {
            (double own, double[] gamma, double[] xi) = NaiveBaumWelch.Run(
                [.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[sequence]));
            expected += own;
            posteriors.AddRange(gamma);
            transitions = [.. transitions.Zip(xi, (sum, value) => sum + value)];
        }

        Close.Equal(expected, logLikelihood, 1e-9 * Math.Abs(expected));
        Close.Equal(posteriors.ToArray(), model.Posteriors(data), 1e-11, what: "posteriors");
        Close.Equal(transitions, statistic.AsSpan(10, 25), 1e-10, what: "transitions");
        Assert.Equal(431, transitions.Sum(), 1e-9);
    }

    private static double[][] Numbers(int columns)
    {
        Random random = new(3);
        return [.. Enumerable.Range(0, 5).Select(_ => (double[])[.. Enumerable.Range(0, columns).Select(_ => 2 * Simulate.Normal(random))])];
    }

    private static double[][] Codes(int count) => [.. Enumerable.Range(0, 6).Select(step => (double[])[step * 5 % count])];

    private static double LogPoisson(double rate, double count) =>
        count * Math.Log(rate) - rate - Enumerable.Range(1, (int)count).Sum(factor => Math.Log(factor));

    private static void Check<T>(IFamily<T, RowTile> family, T[] components, Func<T, Func<ReadOnlySpan<double>, double>> density, double[][] rows)
    {
        int columns = rows[0].Length;
        HiddenMarkov<T> parameters = new(_initial, _transition, components);
        HiddenMarkovModel<T> model = new(family, States, columns);
        FittedHiddenMarkov<T> fitted = new(model, parameters, Schema.Numbered(columns).Names);
        double[][] logDensities = [.. rows.Select(row => (double[])[.. components.Select(component => density(component)(row))])];
        PathEnumeration paths = new(_initial, _transition, logDensities);
        SequenceSource data = SequenceSource.From(RowSource.From(rows));

        double[] statistic = new double[model.StatisticLength];
        Close.Equal(paths.LogLikelihood, model.Expect(parameters, data.GetChunk(0), statistic), 1e-12 * 50, "log-likelihood");
        Close.Equal(paths.Posteriors.AsSpan(0, States), statistic.AsSpan(0, States), 1e-12, what: "initial");
        Close.Equal(Enumerable.Range(0, States).Select(state => paths.Posteriors.Where((_, at) => at % States == state).Sum()).ToArray(), statistic.AsSpan(States, States), 1e-12, what: "occupancy");
        Close.Equal(paths.Transitions, statistic.AsSpan(2 * States, States * States), 1e-12, what: "transitions");
        Close.Equal(paths.LogLikelihood, fitted.Score(data), 1e-12 * 50, "score");
        Close.Equal(paths.Posteriors, fitted.Posteriors(data), 1e-12, what: "posteriors");
        Close.Equal(paths.LogLikelihood, fitted.LogDensity(data).Sum(), 1e-11, "sum of predictive densities");

        (int[] path, double best) = paths.Paths().MaxBy(each => each.LogProbability);
        StatePath found = fitted.Viterbi(data)[0];
        Assert.Equal(path, found.States);
        Close.Equal(best, found.LogProbability, 1e-12 * 50, "path");
        double[] ranked = [.. paths.Paths().Select(each => each.LogProbability).Order().Reverse().Take(20)];
        IReadOnlyList<StatePath> several = fitted.BestPaths(data, 0, 20);
        Close.Equal(ranked, several.Select(each => each.LogProbability).ToArray(), 1e-12, Enumerable.Repeat(50.0, 20).ToArray(), "best paths");
        Assert.Equal(several.Count, several.Select(each => string.Join(",", each.States)).Distinct().Count());
        Assert.All(several, each => Close.Equal(paths.Paths().First(other => other.Path.SequenceEqual(each.States)).LogProbability, each.LogProbability, 1e-11, "its own probability"));
    }
}
