using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Testing;
using Standard = MathNet.Numerics.Distributions.Normal;

namespace Latent.Tests.Markov;

/// <summary>Pseudo-residuals against their definition by enumeration, and their distribution under the true model.</summary>
public class PseudoResidualTests
{
    private static readonly double[] _initial = [0.5, 0.2, 0.3];
    private static readonly double[] _transition = [0.7, 0.2, 0.1, 0.3, 0.4, 0.3, 0, 0.5, 0.5];

    /// <summary>P(X ≤ x | others) as a ratio of likelihoods of whole sequences, with every value up to x put in the place of the step.</summary>
    [Theory]
    [InlineData(PseudoResidualKind.Ordinary)]
    [InlineData(PseudoResidualKind.Forecast)]
    public void CountsAreComparedWithAllValuesThatCouldHaveStoodThere(PseudoResidualKind kind)
    {
        double[] rates = [0.5, 3, 8];
        double[] counts = [0, 4, 2, 11, double.NaN, 7];
        FittedHiddenMarkov<Poisson> model = new(
            new HiddenMarkovModel<Poisson>(new PoissonFamily(), 3, 1), new(_initial, _transition, [.. rates.Select(rate => new Poisson(rate))]), ["n"]);
        PseudoResiduals found = model.PseudoResiduals(SequenceSource.From(RowSource.From(counts, 1)), kind);
        for (int t = 0; t < counts.Length; t++)
        {
            if (double.IsNaN(counts[t]))
            {
                Assert.True(double.IsNaN(found.Values[t]) && double.IsNaN(found.Lower[t]));
                continue;
            }
            double below = 0;
            double upTo = 0;
            double all = 0;
            for (int value = 0; value < 80; value++)
            {
                double[] other = kind == PseudoResidualKind.Forecast ? counts[..(t + 1)] : [.. counts];
                other[t] = value;
                double probability = Math.Exp(new PathEnumeration(_initial, _transition, [.. other.Select(x => (double[])[.. rates.Select(rate => LogPoisson(rate, x))])]).LogLikelihood);
                below += value < counts[t] ? probability : 0;
                upTo += value <= counts[t] ? probability : 0;
                all += probability;
            }
            Close.Equal(below / all, Standard.CDF(0, 1, found.Lower[t]), 1e-11, $"below {t}");
            Close.Equal(upTo / all, Standard.CDF(0, 1, found.Upper[t]), 1e-11, $"up to {t}");
            Close.Equal((below + upTo) / (2 * all), Standard.CDF(0, 1, found.Values[t]), 1e-11, $"middle {t}");
        }
        Assert.Equal(double.NegativeInfinity, found.Lower[0]);
        Assert.True(found.IsDiscrete(0));
    }

    /// <summary>Under the true model: uniform by Kolmogorov and Smirnov, and for forecasts without correlation. False alarms: about one in 10⁵ each; the seed is fixed.</summary>
    [Fact]
    public void ResidualsOfTheTrueModelAreStandardNormal()
    {
        HiddenMarkov<Gaussian> parameters = new(_initial, _transition,
            [new Gaussian([-2, 0], Covariance.FromMatrix([1, 0.5, 0.5, 1], 2)), new Gaussian([0, 3], Covariance.FromMatrix([2, -0.5, -0.5, 1], 2)), new Gaussian([3, 1], Covariance.FromMatrix([0.5, 0, 0, 4], 2))]);
        FittedHiddenMarkov model = GaussianEmissions.Of(CovarianceStructure.Full).Build(parameters, ["a", "b"]);
        SequenceSource data = SequenceSource.From(RowSource.From(model.Sample([2000, 2000], 5).Values, 2), 2000, 2000);
        foreach (PseudoResidualKind kind in Enum.GetValues<PseudoResidualKind>())
        {
            PseudoResiduals found = model.PseudoResiduals(data, kind);
            Close.SameBits([.. found.Lower], [.. found.Values]);
            Assert.False(found.IsDiscrete(0));
            for (int column = 0; column < 2; column++)
            {
                double[] own = [.. Enumerable.Range(0, 4000).Select(step => found.Values[step * 2 + column])];
                double[] uniform = [.. own.Select(value => Standard.CDF(0, 1, value)).Order()];
                double distance = uniform.Select((value, rank) => Math.Max(Math.Abs(value - rank / 4000.0), Math.Abs(value - (rank + 1) / 4000.0))).Max();
                Assert.InRange(distance * Math.Sqrt(4000), 0, 2.47);
                double correlation = Enumerable.Range(0, 3999).Sum(step => own[step] * own[step + 1]) / 3999;
                Assert.True(kind == PseudoResidualKind.Ordinary || Math.Abs(correlation) < 4.5 / Math.Sqrt(4000), $"Expected no correlation of {kind} residuals, found {correlation}.");
            }
        }
        Close.SameBits([.. model.PseudoResiduals(data, threads: 1).Values], [.. model.PseudoResiduals(data, threads: 4).Values]);
    }

    /// <summary>A value far out of every state, in both tails: the residual is that of the nearest state, not the end of double precision.</summary>
    [Fact]
    public void FarOutliersKeepTheirDistance()
    {
        HiddenMarkov<Gaussian> parameters = new([1, 1], [0.5, 0.5, 0.5, 0.5], [new Gaussian([0], Covariance.FromVariances([1])), new Gaussian([0], Covariance.FromVariances([1]))]);
        FittedHiddenMarkov model = GaussianEmissions.Of(CovarianceStructure.Diagonal).Build(parameters, ["a"]);
        PseudoResiduals found = model.PseudoResiduals(SequenceSource.From(RowSource.From([0.5, 20, -30, 9], 1)));
        Close.Equal([0.5, 20, -30, 9], found.Values.AsSpan(), 1e-8, [1, 20, 30, 9]);
    }

    public static TheoryData<string> Families =>
        ["poisson", "binomial", "negative-binomial", "geometric", "bernoulli", "categorical", "zero-inflated", "normal", "lognormal", "exponential", "gamma", "weibull", "beta", "uniform"];

    /// <summary>The tails of every family against sums, or integrals, of its own density.</summary>
    [Theory]
    [MemberData(nameof(Families))]
    public void TailsAreSumsOfTheDensity(string family)
    {
        switch (family)
        {
            case "poisson": Sum(new PoissonFamily(), new(3.7), 90); break;
            case "binomial": Sum(new BinomialFamily(9), new(0.3), 9); break;
            case "negative-binomial": Sum(new NegativeBinomialFamily(400), new(1.5, 4), 400); break;
            case "geometric": Sum(new GeometricFamily(), new(0.2), 300); break;
            case "bernoulli": Sum(new BernoulliFamily(), new(0.3), 1); break;
            case "categorical": Sum(new CategoricalFamily(4), new([0.1, 0.2, 0, 0.7]), 3); break;
            case "zero-inflated": Sum(new ZeroInflatedPoissonFamily(), new(0.4, 2.5), 90); break;
            case "normal": Integrate(new NormalFamily(), new(1, 4), -30, 30); break;
            case "lognormal": Integrate(new LogNormalFamily(), new(0.3, 0.5), 1e-9, 400); break;
            case "exponential": Integrate(new ExponentialFamily(), new(0.7), 0, 80); break;
            case "gamma": Integrate(new GammaFamily(), new(2.5, 1.5), 1e-12, 60); break;
            case "weibull": Integrate(new WeibullFamily(), new(2.2, 3), 1e-12, 40); break;
            case "beta": Integrate(new BetaFamily(), new(2.5, 3.5), 1e-12, 1 - 1e-12); break;
            default: Integrate(new UniformFamily(-1, 3), new(-1, 3), -1, 3); break;
        }
    }

    private static void Sum<T>(ParametricFamily<T> family, T component, int most)
        where T : Distribution
    {
        double[] probabilities = [.. Enumerable.Range(0, most + 1).Select(value => Math.Exp(Density(family, component, value)))];
        foreach (int value in new[] { 0, 1, 2, 5, 9 }.Where(value => value <= most))
        {
            TailProbabilities found = Find(family, component, value);
            Close.Equal(probabilities[..value].Sum(), found.Below, 1e-12, $"below {value}");
            Close.Equal(probabilities[value], found.At, 1e-12, $"at {value}");
            Close.Equal(probabilities[(value + 1)..].Sum(), found.Above, 1e-12, $"above {value}");
        }
    }

    private static void Integrate<T>(ParametricFamily<T> family, T component, double least, double most)
        where T : Distribution
    {
        foreach (double share in new[] { 0.01, 0.05, 0.3, 0.5, 0.52 })
        {
            double value = least + share * (most - least);
            TailProbabilities found = Find(family, component, value);
            double Area(double from, double to) => MathNet.Numerics.Integration.GaussLegendreRule.Integrate(x => Math.Exp(Density(family, component, x)), from, to, 128);
            double below = Enumerable.Range(0, 40).Sum(part => Area(least + (value - least) * part / 40, least + (value - least) * (part + 1) / 40));
            double above = Enumerable.Range(0, 40).Sum(part => Area(value + (most - value) * part / 40, value + (most - value) * (part + 1) / 40));
            Close.Equal(below, found.Below, 1e-7, $"below {value}");
            Close.Equal(above, found.Above, 1e-7, $"above {value}");
            Assert.Equal(0, found.At);
        }
    }

    private static TailProbabilities Find<T>(ParametricFamily<T> family, T component, double value)
        where T : Distribution
    {
        TailProbabilities[] tails = new TailProbabilities[1];
        Assert.True(family.TryTails(component, [value], tails));
        return tails[0];
    }

    private static double Density<T>(ParametricFamily<T> family, T component, double value)
        where T : Distribution
    {
        RowTile tile = new(1);
        tile.Load(new RowChunk((double[])[value], 1), 0, 1);
        double[] density = new double[tile.PaddedRows];
        family.LogDensity(component, tile, new double[family.ScratchLength(RowTile.Capacity)], density);
        return density[0];
    }

    private static double LogPoisson(double rate, double count) =>
        double.IsNaN(count) ? 0 : count * Math.Log(rate) - rate - Enumerable.Range(1, (int)count).Sum(factor => Math.Log(factor));
}
