using Latent.Markov;
using Latent.Testing;
using MathNet.Numerics.Distributions;

namespace Latent.Tests.Markov;

/// <summary>Distributions of durations: their tables against the densities of another library, and their estimates against a direct search.</summary>
public class DurationTests
{
    [Theory]
    [InlineData(0.01)]
    [InlineData(3.7)]
    [InlineData(60)]
    [InlineData(400)]
    public void PoissonIsThatOfTheBook(double rate) =>
        Check(DurationFamily.Poisson(120).Create(rate), u => Poisson.PMFLn(rate, u - 1), 1 + rate, tail: true);

    [Theory]
    [InlineData(0.3, 2)]
    [InlineData(5, 40)]
    [InlineData(1e6, 12)]
    public void NegativeBinomialIsThatOfTheBook(double size, double mean) =>
        Check(DurationFamily.NegativeBinomial(200).Create(size, mean), u => LogNegativeBinomial(size, mean, u - 1), 1 + mean, tail: false);

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.9)]
    public void LogSeriesIsThatOfTheBook(double p) =>
        Check(DurationFamily.LogSeries(400).Create(p), u => Math.Log(-Math.Pow(p, u) / (u * Math.Log(1 - p))), -p / ((1 - p) * Math.Log(1 - p)), tail: false);

    /// <summary>The M-step maximises the likelihood of stays that end and of stays that are cut off; here by a search that knows nothing of hazards.</summary>
    [Theory]
    [InlineData("poisson")]
    [InlineData("negative-binomial")]
    [InlineData("log-series")]
    public void EstimatesMaximise(string name)
    {
        const int ages = 25;
        DurationFamily family = DurationFamily.Of(name, ages)!;
        Random random = new(4);
        double[] ended = [.. Enumerable.Range(0, ages).Select(age => age < 15 ? 20 * random.NextDouble() * Math.Exp(-age / 4.0) : 0)];
        double[] cut = [.. Enumerable.Range(0, ages).Select(age => age < 18 ? random.NextDouble() : 0)];
        // A stay that ends or is cut off at an age has gone on at all ages before.
        double[] stayed = [.. Enumerable.Range(0, ages).Select(age => Enumerable.Range(age + 1, ages - age - 1).Sum(later => ended[later] + cut[later]))];
        double Value(double[] own)
        {
            Duration duration;
            try
            {
                duration = family.Create(name == "log-series" ? [1 / (1 + Math.Exp(-own[0]))] : [.. own.Select(Math.Exp)]);
            }
            catch (ArgumentException)
            {
                return double.NegativeInfinity;
            }
            double Term(double count, double probability) => count > 0 ? count * Math.Log(probability) : 0;
            return Enumerable.Range(0, ages).Sum(age => Term(ended[age], duration.Probability(age + 1)) + Term(cut[age], duration.Survival(age + 1)));
        }
        double[] best = DirectMaximizer.Maximize(Value, new double[family.ParameterNames.Count]);

        Duration found = family.WithMean(2);
        for (int again = 0; again < 3; again++)
        {
            found = family.Estimate(ended, stayed, found);
        }
        double[] coordinates = name == "log-series" ? [Math.Log(found.Parameters[0] / (1 - found.Parameters[0]))] : [.. found.Parameters.Select(Math.Log)];
        Close.Equal(best, coordinates, 1e-5, what: "coordinates");
        Assert.True(Value(coordinates) >= Value(best) - 1e-9, "Expected no better value by the search.");
    }

    /// <summary>Kaplan and Meier: 6 stays, of which one ends at 1, two at 2, one at 4, and two are cut off during their second and third step.</summary>
    [Fact]
    public void NonparametricEstimatesAreProductLimits()
    {
        DurationFamily family = DurationFamily.Nonparametric(5);
        Duration found = family.Estimate([1, 2, 0, 1, 0], [5, 2, 1, 0, 0], family.WithMean(3));
        Close.Equal([1.0 / 6, 5.0 / 12, 0, 5.0 / 12, 0], found.Parameters.AsSpan(), 1e-15);
        Close.Equal(1.0 / 6 + 2 * 5.0 / 12 + 4 * 5.0 / 12, found.Mean, 1e-14);
    }

    [Fact]
    public void WhatIsNoDurationIsRefused()
    {
        Assert.Throws<ArgumentException>(() => DurationFamily.Poisson().Create(1));
        Assert.Throws<ArgumentException>(() => DurationFamily.Poisson(5).Create(-1));
        Assert.Throws<ArgumentException>(() => DurationFamily.NegativeBinomial(5).Create(0, 1));
        Assert.Throws<ArgumentException>(() => DurationFamily.NegativeBinomial(5).Create(1));
        Assert.Throws<ArgumentException>(() => DurationFamily.LogSeries(5).Create(1));
        Assert.Throws<ArgumentException>(() => DurationFamily.Nonparametric(2).Create(0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => DurationFamily.Nonparametric(0));
        Assert.Null(DurationFamily.Of("weibull"));
        Duration duration = DurationFamily.Geometric.Create(0.5);
        Assert.Throws<ArgumentException>(() => new HiddenMarkov<int>([1, 1], [0.5, 0.5, 1, 0], [0, 0], [duration, duration]));
        Assert.Throws<ArgumentException>(() => new HiddenMarkov<int>([1, 1], [0, 1, 1, 0], [0, 0], [duration]));
        Assert.Throws<ArgumentException>(() => new HiddenMarkov<int>([1, 1], [0, 1, 1, 0], [0, 0], [duration, DurationFamily.Poisson(1).Create(1)]));
    }

    /// <summary>Γ(r + x)/Γ(r) as the product that it is.</summary>
    private static double LogNegativeBinomial(double size, double mean, int count) =>
        Enumerable.Range(0, count).Sum(j => Math.Log((size + j) / (j + 1) * (mean / (size + mean)))) - size * Math.Log(1 + mean / size);

    private static void Check(Duration duration, Func<int, double> log, double mean, bool tail)
    {
        double below = 0;
        for (int u = 1; u <= duration.Family.Longest; u++)
        {
            double probability = Math.Exp(log(u));
            if (probability > 1e-280)
            {
                Close.Equal(probability, duration.Probability(u), 1e-9 * probability, $"P({u})");
            }
            Close.Equal(1 - below, duration.Survival(u), 1e-10, $"P(≥ {u})");
            below += probability;
        }
        Assert.True(tail || 1 - below < 1e-2, "Expected a table that holds nearly all.");
        if (1 - below < 1e-12)
        {
            Close.Equal(mean, duration.Mean, 1e-9 * mean, "mean");
            int median = duration.Quantile(0.5);
            Assert.True(duration.Survival(median + 1) <= 0.5 && duration.Survival(median) > 0.5, "Expected the median to halve the distribution.");
        }
    }
}
