using System.Globalization;
using Latent.Data;
using Latent.Numerics;
using Latent.Regression;
using Latent.Tests.Architecture;

namespace Latent.Tests.Regression;

/// <summary>Single regressions against R 4.2 (lm, glm, MASS::gamma.shape), mixtures against what must hold.</summary>
public sealed class RegressionMixtureTests
{
    private const int Trials = 12;

    [Fact]
    public void OneGaussianRegressionIsThatOfLm()
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Airquality(), "ozone ~ wind*month", 1);
        double[] coefficients = [58.40741423355, -2.97999978850, -49.45238812268, 60.63671857100, 82.83426141019, 15.78026762080, 4.66252501662, -4.05135153333, -6.18858971006, -1.26176192873];
        double[] errors = [15.83517954044, 1.32034157843, 30.00820133739, 20.59650282798, 20.55535375078, 20.29178684962, 2.40090660800, 1.96891228035, 1.91436016327, 1.77929014311];
        Equal(coefficients, fit, "(Intercept) wind month6 month7 month8 month9 wind:month6 wind:month7 wind:month8 wind:month9");
        Assert.Equal(-500.241964398, fit.LogLikelihood, 8);
        Assert.Equal(11, fit.FreeParameters);
        ParameterEstimates estimates = fit.StandardErrors();
        string[] names = ["(Intercept)", "wind", "month6", "month7", "month8", "month9", "wind:month6", "wind:month7", "wind:month8", "wind:month9"];
        for (int term = 0; term < names.Length; term++)
        {
            Assert.Equal(1, estimates[$"coefficient[1, {names[term]}]"].StandardError / errors[term], 6);
        }
    }

    [Fact]
    public void OnePoissonRegressionWithAnOffsetIsThatOfGlm()
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Airquality(), "ozone ~ wind + offset(log(temperature))", 1, new() { Family = ResponseFamily.Poisson });
        Equal([0.570606322804, -0.132307807240], fit, "(Intercept) wind");
        Assert.Equal(-882.34284036207, fit.LogLikelihood, 7);
        ParameterEstimates estimates = fit.StandardErrors();
        Assert.Equal(0.04047512852429, estimates["coefficient[1, (Intercept)]"].StandardError, 8);
        Assert.Equal(0.00458401578776, estimates["coefficient[1, wind]"].StandardError, 8);
    }

    [Fact]
    public void OneGammaRegressionIsThatOfGlmAndGammaShape()
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Airquality(), "ozone ~ wind + temperature + I(temperature^2)", 1, new() { Family = ResponseFamily.Gamma });
        Equal([3.407635866935700, -0.063806776903065, -0.032446155151246, 0.000536730390711], fit, "(Intercept) wind temperature I(temperature^2)", 1e-4);
        Assert.Equal(4.00928566695, fit.Components[0].Dispersion, 5);
        Assert.Equal(-464.19770879756, fit.LogLikelihood, 7);
    }

    [Fact]
    public void OneLogisticRegressionWithWeightsIsThatOfGlm()
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Titanic(), "survived ~ class*sex + age", 1, new() { Family = ResponseFamily.Binomial });
        double[] coefficients = [3.557881039068, -1.680633356067, -3.885443625348, -1.660761054182, -4.233102539125, 1.053663769636, 0.448311113242, 2.862545403016, 1.086200213882];
        Equal(coefficients, fit, "(Intercept) class2nd class3rd classCrew sexMale ageChild class2nd:sexMale class3rd:sexMale classCrew:sexMale", 1e-5);
        Assert.Equal(-1071.6968572525, fit.LogLikelihood, 6);
        Assert.Equal(0.530990851954, fit.StandardErrors()["coefficient[1, sexMale]"].StandardError, 5);
    }

    [Fact]
    public void CountsOfSuccessesAreAsManyTrials()
    {
        RowBuilder counts = new(3);
        RowBuilder single = new(2);
        double[] weights = new double[10];
        for (int i = 0; i < 5; i++)
        {
            counts.Add([i, 6 - i, i * i]);
            single.Add([1, i * i]);
            single.Add([0, i * i]);
            (weights[2 * i], weights[2 * i + 1]) = (i, 6 - i);
        }
        RegressionMixtureOptions options = new() { Family = ResponseFamily.Binomial };
        RegressionMixtureFit grouped = RegressionMixture.Fit(counts.ToRows(Schema.Numeric("s", "f", "x")), "cbind(s, f) ~ x", 1, options);
        RegressionMixtureFit each = RegressionMixture.Fit(single.ToRows(Schema.Numeric("y", "x")).WithWeights(weights), "y ~ x", 1, options);
        Assert.Equal(each.Components[0].Coefficients[1], grouped.Components[0].Coefficients[1], 6);
    }

    [Theory]
    [InlineData("gaussian", null)]
    [InlineData("poisson", null)]
    [InlineData("binomial", null)]
    [InlineData("gamma", null)]
    [InlineData("gaussian", "~ z")]
    [InlineData("poisson", "~ x + z")]
    public void PlainEmNeverGoesDownhill(string family, string? concomitant)
    {
        for (ulong seed = 1; seed <= 12; seed++)
        {
            RegressionMixtureFit fit = RegressionMixture.Fit(Crossing(family, 90, seed), Formula(family), 3, new()
            {
                Family = ResponseFamily.Named(family),
                Concomitant = concomitant,
                Acceleration = Accelerator.None,
                Starts = 1,
                Seed = seed,
                MaxIterations = 300,
            });
            Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), step => Assert.True(step.Second >= step.First - 1e-10 * Math.Abs(step.First), $"{step.First:R} > {step.Second:R}"));
        }
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("poisson")]
    [InlineData("binomial")]
    [InlineData("gamma")]
    public void TheTruthIsFoundAgain(string family)
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Crossing(family, 6000, 3), Formula(family), 2, new() { Family = ResponseFamily.Named(family) });
        Assert.True(fit.Result.Converged);
        RegressionComponent[] ordered = [.. fit.Components.OrderBy(component => component.Coefficients[1])];
        Assert.InRange(ordered[0].Coefficients[1], -1.3, -0.7);
        Assert.InRange(ordered[1].Coefficients[1], 0.7, 1.3);
        Assert.InRange(fit.Weights!.Value[0], 0.5, 0.7);
    }

    [Fact]
    public void ConcomitantWeightsHaveTheStandardErrorsOfTheirCurvature()
    {
        RegressionMixtureFit fit = RegressionMixture.Fit(Crossing("gaussian", 3000, 5), "y ~ x", 2, new() { Concomitant = "~ z" });
        ParameterEstimate slope = fit.StandardErrors()["concomitant[2, z]"];
        Assert.Equal(fit.Gate[3], slope.Value, 10);
        Assert.InRange(slope.StandardError, 0.02, 0.2);
        Assert.True(fit.Result.Converged);
    }

    [Fact]
    public void OriginsAndUnitsDoNotMatter()
    {
        RowSource rows = Crossing("gaussian", 400, 9);
        RowBuilder moved = new(4);
        double[] cells = new double[4];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            moved.Add([cells[0], 1e6 + 1e-3 * cells[1], cells[2], cells[3]]);
        }
        RegressionMixtureFit here = RegressionMixture.Fit(rows, "y ~ x", 2);
        RegressionMixtureFit there = RegressionMixture.Fit(moved.ToRows(rows.Schema), "y ~ x", 2);
        Assert.Equal(here.LogLikelihood, there.LogLikelihood, 5);
        Assert.Equal(here.Components[0].Coefficients[1], 1e-3 * there.Components[0].Coefficients[1], 5);
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        RowSource rows = Crossing("poisson", 9000, 4);
        double[] Fit(int threads)
        {
            RegressionMixtureFit fit = RegressionMixture.Fit(rows, "y ~ x", 2, new() { Family = ResponseFamily.Poisson, Concomitant = "~ z", Threads = threads, Starts = 3 });
            return [fit.LogLikelihood, .. fit.Gate, .. fit.Components.SelectMany(component => component.Coefficients)];
        }
        double[] one = Fit(1);
        Assert.Equal(one, Fit(2));
        Assert.Equal(one, Fit(8));
    }

    [Fact]
    public void DensitiesAreThoseOfTheFit()
    {
        RowSource rows = Crossing("gamma", 500, 2);
        RegressionMixtureFit fit = RegressionMixture.Fit(rows, "y ~ x", 2, new() { Family = ResponseFamily.Gamma });
        (double[] posteriors, double[] density, double[] expected) = fit.Visit(rows);
        Assert.Equal(fit.LogLikelihood, density.Sum(), 6);
        Assert.All(Enumerable.Range(0, 500), row => Assert.Equal(1, posteriors[2 * row] + posteriors[2 * row + 1], 12));
        double[] cells = new double[4];
        rows.CopyRow(7, cells);
        double mean = Enumerable.Range(0, 2).Sum(k => fit.Weights!.Value[k] * Math.Exp(fit.Components[k].Coefficients[0] + fit.Components[k].Coefficients[1] * cells[1]));
        Assert.Equal(mean, expected[7], 8);
        (double[] drawn, int[] labels) = fit.Sample(rows, 3);
        Assert.Equal((500, 500), (drawn.Length, labels.Length));
        Assert.Equal(drawn, fit.Sample(rows, 3).Responses);
    }

    [Theory]
    [InlineData("gaussian")]
    [InlineData("poisson")]
    public void RowsOfAGroupShareTheirComponent(string family)
    {
        const int groups = 60;
        const int each = 3;
        RandomGenerator random = new(11);
        SystemRandom system = new(random);
        ResponseFamily response = ResponseFamily.Named(family);
        RowBuilder rows = new(2);
        int[] ids = new int[groups * each];
        for (int row = 0; row < ids.Length; row++)
        {
            ids[row] = 7 * (row % groups);
            double x = 2 * random.NextDouble() - 1;
            rows.Add([response.Sample(0.3 + (row % groups < 25 ? -1 : 1) * x, 1, 0.5, system), x]);
        }
        RowSource source = rows.ToRows(Schema.Numeric("y", "x"));
        RegressionMixtureFit fit = RegressionMixture.Fit(source, "y ~ x", 2, new() { Family = response, Groups = ids });
        Assert.True(fit.Result.Converged);
        Assert.InRange(fit.Weights!.Value[0], 0.5, 0.68);
        double[] point = [fit.Gate[1], .. fit.Components.SelectMany(component => (double[])[.. component.Coefficients, Math.Log(component.Dispersion)])];
        double best = Grouped(point, source, ids, family);
        Assert.Equal(best, fit.LogLikelihood, 7);
        for (int j = 0; j < point.Length; j++)
        {
            foreach (double by in (double[])[-1e-3, 1e-3])
            {
                double[] moved = [.. point];
                moved[j] += by;
                Assert.True(Grouped(moved, source, ids, family) <= best + 1e-9, $"coordinate {j} of {family}");
            }
        }
        Assert.InRange(fit.StandardErrors()["coefficient[1, x]"].StandardError, 0.02, 0.3);
        Assert.Equal(fit.FreeParameters * Math.Log(groups) - 2 * fit.LogLikelihood, fit.Bic, 9);
    }

    // log Σₖ πₖ Π f, by the definition.
    private static double Grouped(double[] point, RowSource rows, int[] ids, string family)
    {
        double second = 1 / (1 + Math.Exp(-point[0]));
        double[] cells = new double[2];
        return Enumerable.Range(0, ids.Length).GroupBy(row => ids[row]).Sum(group => Math.Log(Enumerable.Range(0, 2).Sum(k =>
            (k == 0 ? 1 - second : second) * Math.Exp(group.Sum(row =>
            {
                rows.CopyRow(row, cells);
                double eta = point[1 + 3 * k] + point[2 + 3 * k] * cells[1];
                double variance = Math.Exp(point[3 + 3 * k]);
                return family == "gaussian"
                    ? -0.5 * Math.Log(2 * Math.PI * variance) - (cells[0] - eta) * (cells[0] - eta) / (2 * variance)
                    : cells[0] * eta - Math.Exp(eta) - GammaFunctions.LogFactorial(cells[0]);
            })))));
    }

    [Theory]
    [InlineData("y ~ x + I(2*x + 1)", "gaussian", "found that I(2*x+1) is a constant or a combination")]
    [InlineData("y ~ x", "poisson", "Expected a count")]
    [InlineData("y ~ x", "binomial", "Expected a response of 0 or 1")]
    [InlineData("y ~ log(x)", "gaussian", "Expected a finite value of log(x) in row")]
    public void WhatCannotBeFittedIsNamed(string formula, string family, string expected)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => RegressionMixture.Fit(Crossing("gaussian", 50, 1), formula, 2, new() { Family = ResponseFamily.Named(family) }));
        Assert.Contains(expected.Replace("2*x+1", "2*x + 1"), failure.Message);
    }

    [Fact]
    public void RowsOnALineAreHeldAtTheFloorAndSaySo()
    {
        RowBuilder rows = new(2);
        for (int i = 0; i < 40; i++)
        {
            rows.Add([i % 2 == 0 ? i : 10 - i + Math.Sin(i * 7), i]);
        }
        RegressionMixtureFit fit = RegressionMixture.Fit(rows.ToRows(Schema.Numeric("y", "x")), "y ~ x", 2);
        Assert.True(double.IsFinite(fit.LogLikelihood));
        Assert.Contains(fit.Result.Degeneracies, found => found.Message.Contains("almost exactly"));
    }

    private static void Equal(double[] expected, RegressionMixtureFit fit, string names, double tolerance = 1e-6)
    {
        string[] wanted = names.Split(' ');
        Assert.Equal(wanted.Order(), fit.Design.TermNames.Order());
        for (int term = 0; term < wanted.Length; term++)
        {
            double found = fit.Components[0].Coefficients[fit.Design.TermNames.ToList().IndexOf(wanted[term])];
            Assert.True(Math.Abs(found - expected[term]) <= tolerance * Math.Max(1, Math.Abs(expected[term])), $"{wanted[term]}: expected {expected[term]}, found {found}");
        }
    }

    private static string Formula(string family) => family == "binomial" ? "cbind(y, failures) ~ x" : "y ~ x";

    /// <summary>Two lines that cross, η = 0.5 ± x; the second the more likely the larger z.</summary>
    private static RowSource Crossing(string family, int count, ulong seed)
    {
        RandomGenerator random = new(seed);
        SystemRandom system = new(random);
        ResponseFamily response = ResponseFamily.Named(family);
        RowBuilder rows = new(4);
        for (int row = 0; row < count; row++)
        {
            double x = 4 * random.NextDouble() - 2;
            double z = random.NextGaussian();
            bool second = random.NextDouble() < 1 / (1 + Math.Exp(0.5 - z));
            double eta = 0.5 + (second ? 1 : -1) * x;
            double y = response.Sample(eta, Trials, family == "gaussian" ? 0.09 : 8, system);
            rows.Add([y, x, z, Trials - y]);
        }
        return rows.ToRows(Schema.Numeric("y", "x", "z", "failures"));
    }

    private static RowSource Airquality()
    {
        RowBuilder rows = new(6);
        foreach (string[] cells in Lines("airquality.csv").Where(cells => !cells.Contains("")))
        {
            double[] row = [.. cells.Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            row[4] -= 5;
            rows.Add(row);
        }
        return rows.ToRows(new Schema(
            Column.Numeric("ozone"), Column.Numeric("solar"), Column.Numeric("wind"), Column.Numeric("temperature"), Column.Categorical("month", "5", "6", "7", "8", "9"), Column.Numeric("day")));
    }

    private static RowSource Titanic()
    {
        string[][] lines = [.. Lines("titanic.csv")];
        string[][] levels = [.. Enumerable.Range(0, 4).Select(column => lines.Select(cells => cells[column]).Distinct().Order(StringComparer.Ordinal).ToArray())];
        RowBuilder rows = new(4);
        foreach (string[] cells in lines)
        {
            rows.Add([.. Enumerable.Range(0, 4).Select(column => (double)Array.IndexOf(levels[column], cells[column]))]);
        }
        return rows.ToRows(new Schema(((string[])["class", "sex", "age", "survived"]).Select((name, column) => Column.Categorical(name, levels[column]))))
            .WithWeights(lines.Select(cells => double.Parse(cells[4], CultureInfo.InvariantCulture)).ToArray());
    }

    private static IEnumerable<string[]> Lines(string name) => File.ReadLines(Path.Join(Repository.Root, "samples", name)).Skip(1).Select(line => line.Split(','));
}
