using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Regression;

namespace Latent.Tests.Regression;

/// <summary>Zero-inflated regressions against their definition, written down and searched here, and against what must hold.</summary>
public sealed class ZeroInflatedRegressionTests
{
    private const string Counts = "y ~ x + offset(log(h))";

    public static TheoryData<string> Families => ["poisson", "negative-binomial"];

    [Theory]
    [MemberData(nameof(Families))]
    public void NoPointNearbyIsMoreLikely(string family)
    {
        RowSource rows = Simulated(family, 700, 3);
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, Counts, "~ z", Options(family));
        Assert.True(fit.Result.Converged);
        double[] point = Point(fit);
        double best = LogLikelihood(point, rows, family);
        Assert.Equal(best, fit.LogLikelihood, 8);
        for (int j = 0; j < point.Length; j++)
        {
            foreach (double by in (double[])[-1e-3, 1e-3])
            {
                double[] moved = [.. point];
                moved[j] += by;
                Assert.True(LogLikelihood(moved, rows, family) < best, $"coordinate {j}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void DirectSearchEndsAtTheSamePlace(string family)
    {
        RowSource rows = Simulated(family, 300, 8);
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, Counts, "~ z", Options(family));
        double[] found = Search(family == "poisson" ? [0, 0, 0, 0] : [0, 0, 0, 0, 0], point => LogLikelihood(point, rows, family));
        Assert.Equal(LogLikelihood(found, rows, family), fit.LogLikelihood, 6);
        Assert.All(Point(fit).Zip(found), pair => Assert.Equal(pair.Second, pair.First, 3));
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void StandardErrorsAreThoseOfTheCurvature(string family)
    {
        RowSource rows = Simulated(family, 1500, 5);
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, Counts, "~ z", Options(family));
        double[] point = Point(fit);
        double[,] curvature = new double[point.Length, point.Length];
        const double h = 1e-3;
        for (int i = 0; i < point.Length; i++)
        {
            for (int j = 0; j < point.Length; j++)
            {
                double At(int a, int b)
                {
                    double[] moved = [.. point];
                    moved[i] += a * h;
                    moved[j] += b * h;
                    return LogLikelihood(moved, rows, family);
                }
                curvature[i, j] = -(At(1, 1) - At(1, -1) - At(-1, 1) + At(-1, -1)) / (4 * h * h);
            }
        }
        MathNet.Numerics.LinearAlgebra.Matrix<double> covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(curvature).Inverse();
        ParameterEstimates estimates = fit.StandardErrors();
        string[] names = ["coefficient[1, (Intercept)]", "coefficient[1, x]", "zero[(Intercept)]", "zero[z]"];
        for (int j = 0; j < names.Length; j++)
        {
            Assert.Equal(1, estimates[names[j]].StandardError / Math.Sqrt(covariance[j, j]), 4);
            Assert.Equal(point[j], estimates[names[j]].Value, 10);
        }
        if (family != "poisson")
        {
            Assert.Equal(1, estimates["size[1]"].StandardError / (fit.Count.Dispersion * Math.Sqrt(covariance[4, 4])), 4);
        }
    }

    [Theory]
    [MemberData(nameof(Families))]
    public void PlainEmNeverGoesDownhill(string family)
    {
        for (ulong seed = 1; seed <= 8; seed++)
        {
            ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(
                Simulated(family, 90, seed), Counts, "~ z", Options(family) with { Acceleration = Accelerator.None, MaxIterations = 300 });
            Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), step => Assert.True(step.Second >= step.First - 1e-10 * Math.Abs(step.First), $"{step.First:R} > {step.Second:R}"));
        }
    }

    [Fact]
    public void WithoutTermsItIsTheZeroInflatedPoissonDistribution()
    {
        RowSource rows = Simulated("poisson", 500, 4);
        double[] counts = new double[500];
        double[] cells = new double[4];
        for (int row = 0; row < counts.Length; row++)
        {
            rows.CopyRow(row, cells);
            counts[row] = cells[0];
        }
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, "y ~ 1", "~ 1", Options("poisson"));
        MixtureFit<ZeroInflatedPoisson> reference = Mixture.Fit(new ZeroInflatedPoissonFamily(), RowSource.From(counts), 1);
        Assert.Equal(reference.LogLikelihood, fit.LogLikelihood, 8);
        Assert.Equal(reference.Components[0].Rate, Math.Exp(fit.Count.Coefficients[0]), 5);
        Assert.Equal(reference.Components[0].Inflation, 1 / (1 + Math.Exp(-fit.Zero[0])), 5);
        Assert.Equal(2, fit.FreeParameters);
        Assert.Equal(4 - 2 * fit.LogLikelihood, fit.Aic, 9);
    }

    [Fact]
    public void AWeightIsAsManyRows()
    {
        RowSource rows = Simulated("poisson", 200, 6);
        RowBuilder twice = new(4);
        double[] cells = new double[4];
        double[] weights = new double[200];
        for (int row = 0; row < 200; row++)
        {
            rows.CopyRow(row, cells);
            weights[row] = row % 3;
            for (int copy = 0; copy < row % 3; copy++)
            {
                twice.Add(cells);
            }
        }
        ZeroInflatedRegressionFit weighted = ZeroInflatedRegression.Fit(rows.WithWeights(weights), Counts, "~ z", Options("poisson"));
        ZeroInflatedRegressionFit repeated = ZeroInflatedRegression.Fit(twice.ToRows(rows.Schema), Counts, "~ z", Options("poisson"));
        Assert.Equal(repeated.LogLikelihood, weighted.LogLikelihood, 8);
        Assert.Equal(repeated.Zero[1], weighted.Zero[1], 5);
    }

    [Fact]
    public void ThreadsDoNotChangeABit()
    {
        RowSource rows = Simulated("negative-binomial", 6000, 2);
        double[] Fit(int threads)
        {
            ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, Counts, "~ z", new() { Family = ResponseFamily.NegativeBinomial, Threads = threads });
            return [fit.LogLikelihood, .. fit.Zero, .. fit.Count.Coefficients, fit.Count.Dispersion];
        }
        double[] one = Fit(1);
        Assert.Equal(one, Fit(2));
        Assert.Equal(one, Fit(8));
    }

    [Fact]
    public void PredictionsAreThoseOfTheDefinition()
    {
        RowSource rows = Simulated("poisson", 400, 9);
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(rows, Counts, "~ z", Options("poisson"));
        (double[] structural, double[] density, double[] zero, double[] expected) = fit.Visit(rows);
        Assert.Equal(fit.LogLikelihood, density.Sum(), 6);
        double[] cells = new double[4];
        for (int row = 0; row < 400; row++)
        {
            rows.CopyRow(row, cells);
            double share = 1 / (1 + Math.Exp(-fit.Zero[0] - fit.Zero[1] * cells[2]));
            double mean = cells[3] * Math.Exp(fit.Count.Coefficients[0] + fit.Count.Coefficients[1] * cells[1]);
            Assert.Equal(share, zero[row], 10);
            Assert.Equal((1 - share) * mean, expected[row], 9);
            Assert.Equal(cells[0] > 0 ? 0 : share / (share + (1 - share) * Math.Exp(-mean)), structural[row], 10);
        }
        (double[] drawn, bool[] zeros) = fit.Sample(rows, 3);
        Assert.All(drawn.Zip(zeros), pair => Assert.True(pair.First == 0 || !pair.Second));
        // Four standard errors of the mean of the draws: false alarms in one of some 16,000 seeds, and this one is fixed.
        double spread = Math.Sqrt(drawn.Zip(expected, (a, b) => (a - b) * (a - b)).Sum()) / 400;
        Assert.InRange(drawn.Average() - expected.Average(), -4 * spread, 4 * spread);
    }

    [Fact]
    public void FewerZerosThanThePoissonRegressionExplainsAreSaidToNeedNoZeroPart()
    {
        RowBuilder rows = new(2);
        for (int row = 0; row < 60; row++)
        {
            rows.Add([row == 0 ? 0 : 2 + row % 2, row % 5]);
        }
        RowSource source = rows.ToRows(Schema.Numeric("y", "x"));
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(source, "y ~ x");
        Assert.Contains(fit.Result.Degeneracies, found => found.Message.Contains("the zero part has vanished"));
        Assert.Equal(RegressionMixture.Fit(source, "y ~ x", 1, new() { Family = ResponseFamily.Poisson }).LogLikelihood, fit.LogLikelihood, 3);
    }

    [Fact]
    public void OneNegativeBinomialRegressionIsTheMaximumOfItsDefinition()
    {
        RowSource rows = Simulated("negative-binomial", 300, 12, inflated: false);
        RegressionMixtureFit fit = RegressionMixture.Fit(rows, Counts, 1, Options("negative-binomial"));
        double[] found = Search([0, 0, 0], point => LogLikelihood([point[0], point[1], -800, 0, point[2]], rows, "negative-binomial"));
        Assert.Equal(LogLikelihood([found[0], found[1], -800, 0, found[2]], rows, "negative-binomial"), fit.LogLikelihood, 6);
        Assert.Equal(found[1], fit.Components[0].Coefficients[1], 3);
        Assert.Equal(Math.Exp(found[2]), fit.Components[0].Dispersion, 2);
    }

    [Theory]
    [InlineData("I(0*x) ~ x", "poisson", "found only zeros in 50 rows")]
    [InlineData("I(y + 1) ~ x", "poisson", "found none among 50 rows")]
    [InlineData("y ~ x", "gaussian", "Expected the family poisson or negative-binomial")]
    [InlineData("I(y + x) ~ x", "negative-binomial", "Expected a count")]
    public void WhatCannotBeFittedIsNamed(string formula, string family, string expected)
    {
        ArgumentException failure = Assert.Throws<ArgumentException>(() => ZeroInflatedRegression.Fit(Simulated("poisson", 50, 1), formula, "~ z", Options(family)));
        Assert.Contains(expected, failure.Message);
    }

    private static RegressionMixtureOptions Options(string family) => new() { Family = ResponseFamily.Named(family), Stopping = StoppingRule.RemainingGain(1e-12) };

    private static double[] Point(ZeroInflatedRegression fit) =>
        [.. fit.Count.Coefficients, .. fit.Zero, .. fit.Design.Response.Name == "poisson" ? (double[])[] : [Math.Log(fit.Count.Dispersion)]];

    // By the definition; point: β, γ, log θ.
    private static double LogLikelihood(double[] point, RowSource rows, string family)
    {
        double[] cells = new double[4];
        double sum = 0;
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            double y = cells[0];
            double mean = cells[3] * Math.Exp(point[0] + point[1] * cells[1]);
            double share = 1 / (1 + Math.Exp(-point[2] - point[3] * cells[2]));
            double log = y * Math.Log(mean) - mean - MathNet.Numerics.SpecialFunctions.GammaLn(y + 1);
            if (family != "poisson")
            {
                double size = Math.Exp(point[4]);
                log = MathNet.Numerics.SpecialFunctions.GammaLn(y + size) - MathNet.Numerics.SpecialFunctions.GammaLn(size) - MathNet.Numerics.SpecialFunctions.GammaLn(y + 1)
                    + size * Math.Log(size / (size + mean)) + y * Math.Log(mean / (size + mean));
            }
            sum += Math.Log((y == 0 ? share : 0) + (1 - share) * Math.Exp(log));
        }
        return sum;
    }

    private static double[] Search(double[] start, Func<double[], double> objective)
    {
        MathNet.Numerics.Optimization.NelderMeadSimplex simplex = new(1e-12, 20_000);
        MathNet.Numerics.LinearAlgebra.Vector<double> point = MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense(start);
        for (int restart = 0; restart < 2; restart++)
        {
            point = simplex.FindMinimum(MathNet.Numerics.Optimization.ObjectiveFunction.Value(at => -objective(at.ToArray())), point).MinimizingPoint;
        }
        return point.ToArray();
    }

    /// <summary>log μ = 0.6 + 0.5x + log h, logit π = −0.5 + z, θ = 3.</summary>
    private static RowSource Simulated(string family, int count, ulong seed, bool inflated = true)
    {
        RandomGenerator random = new(seed);
        SystemRandom system = new(random);
        ResponseFamily response = ResponseFamily.Named(family);
        RowBuilder rows = new(4);
        for (int row = 0; row < count; row++)
        {
            double x = random.NextGaussian();
            double z = random.NextGaussian();
            double h = 0.5 + random.NextDouble();
            bool structural = random.NextDouble() < 1 / (1 + Math.Exp(0.5 - z));
            double y = response.Sample(0.6 + 0.5 * x + Math.Log(h), 1, 3, system);
            rows.Add([inflated && structural ? 0 : y, x, z, h]);
        }
        return rows.ToRows(Schema.Numeric("y", "x", "z", "h"));
    }
}
