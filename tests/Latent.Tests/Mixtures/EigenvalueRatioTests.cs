using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>The bound on the ratio of eigenvalues: the truncation is the published one, the M-step the maximiser under it, EM monotone.</summary>
public class EigenvalueRatioTests
{
    /// <summary>
    /// The procedure of Fritz, García-Escudero and Mayo-Iscar (2013), transcribed: for each interval between the ordered values d and d/C the best m with those sets clipped, of these the one with
    /// the least Σ n(log λ + d/λ).
    /// </summary>
    [Fact]
    public void TruncationIsThePublishedOne()
    {
        Random random = new(1);
        for (int trial = 0; trial < 300; trial++)
        {
            int components = 1 + random.Next(5), columns = 1 + random.Next(4);
            double[][] values = [.. Enumerable.Range(0, components).Select(_ => (double[])[.. Enumerable.Range(0, columns).Select(_ => random.Next(8) == 0 ? 0 : Math.Exp(6 * Simulate.Normal(random)))])];
            double[] rows = [.. Enumerable.Range(0, components).Select(_ => 0.1 + 50 * random.NextDouble())];
            double ratio = Math.Exp(5 * random.NextDouble());
            if (values.SelectMany(own => own).Max() == 0)
            {
                continue;
            }
            double found = EigenvalueRatio.Truncation(values, rows, ratio, 0);
            double[] all = [.. values.SelectMany(own => own)];
            if (all.Max() <= ratio * all.Min())
            {
                Assert.True(double.IsNaN(found));
                continue;
            }
            (double expected, double least) = Published(values, rows, ratio);
            Assert.Equal(expected, found, 1e-7 * expected);
            Assert.True(Loss(values, rows, ratio, found) <= least + 1e-9 * Math.Abs(least));
        }
    }

    private static (double M, double Loss) Published(double[][] values, double[] rows, double ratio)
    {
        double[] points = [.. values.SelectMany(own => own).SelectMany(d => (double[])[d, d / ratio]).Order()];
        double[] inside = [points[0] / 2, .. points.Zip(points.Skip(1), (a, b) => (a + b) / 2), 2 * points[^1]];
        (double best, double least) = (double.NaN, double.PositiveInfinity);
        foreach (double e in inside)
        {
            (double sum, double weight) = (0, 0);
            for (int k = 0; k < values.Length; k++)
            {
                foreach (double d in values[k].Where(d => d < e || d > ratio * e))
                {
                    sum += rows[k] * (d < e ? d : d / ratio);
                    weight += rows[k];
                }
            }
            double m = sum / weight;
            double loss = m > 0 ? Loss(values, rows, ratio, m) : double.PositiveInfinity;
            (best, least) = loss < least ? (m, loss) : (best, least);
        }
        return (best, least);
    }

    private static double Loss(double[][] values, double[] rows, double ratio, double m)
    {
        double sum = 0;
        for (int k = 0; k < values.Length; k++)
        {
            foreach (double d in values[k])
            {
                double value = Math.Clamp(d, m, ratio * m);
                sum += rows[k] * (Math.Log(value) + d / value);
            }
        }
        return sum;
    }

    /// <summary>No mixture near the M-step's that obeys the bound has a higher Q; the bound holds, and is met.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Full)]
    [InlineData(CovarianceStructure.Diagonal)]
    [InlineData(CovarianceStructure.Spherical)]
    public void NoNeighbourUnderTheBoundIsBetter(CovarianceStructure structure)
    {
        const double Ratio = 1.7;
        RowSource rows = FaithfulData.Rows;
        int[] labels = FaithfulData.Tertiles;
        GaussianMixtureOptions options = new() { Covariance = structure, EigenvalueRatio = Ratio, StartLabels = labels, MaxIterations = 0 };
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, options);
        double[] units = structure == CovarianceStructure.Spherical ? [1, 1] : [Math.Sqrt(fit.Data.Variances[0]), Math.Sqrt(fit.Data.Variances[1])];
        Gaussian[] best = [.. fit.Components];
        Assert.Equal(Ratio, RatioOf(best, units), 1e-9);
        Random random = new(2);
        double most = Q(best);
        int tried = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            double scale = Math.Pow(10, -4 * random.NextDouble());
            Gaussian[] moved = [.. best.Select(component => Moved(component, structure, scale, random))];
            if (RatioOf(moved, units) <= Ratio)
            {
                tried++;
                Assert.True(Q(moved) <= most + 1e-9 * Math.Abs(most));
            }
        }
        Assert.True(tried > 50, $"{tried}");

        double Q(Gaussian[] components) => labels.Select((label, row) => components[label].LogDensity(FaithfulData.Rows[row])).Sum();
    }

    /// <summary>Monotone from any start, accelerated or not, with priors and weights, on data where plain likelihood collapses.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Full, 1)]
    [InlineData(CovarianceStructure.Full, 12)]
    [InlineData(CovarianceStructure.Diagonal, 12)]
    [InlineData(CovarianceStructure.Spherical, 5)]
    public void ObjectiveNeverFallsAndNothingCollapses(CovarianceStructure structure, double ratio)
    {
        for (ulong seed = 1; seed <= 6; seed++)
        {
            RandomGenerator random = new(seed);
            // A third of the rows are one and the same.
            double[][] data = [.. Enumerable.Range(0, 60).Select(row => row < 20 ? new double[] { 1, 100 } : [random.NextGaussian(), 40 * random.NextGaussian()])];
            RowSource rows = RowSource.From([.. data.SelectMany(row => row)], 2).WithWeights((double[])[.. Enumerable.Range(0, 60).Select(_ => 0.5 + random.NextDouble())]);
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions
            {
                Covariance = structure,
                EigenvalueRatio = ratio,
                Seed = seed,
                Acceleration = seed % 2 == 0 ? Accelerator.Default : Accelerator.None,
                Prior = seed % 3 == 0 ? CovariancePrior.Map() : CovariancePrior.None,
            });
            Assert.Empty(fit.Result.Degeneracies);
            foreach ((double before, double after) in fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)))
            {
                Assert.True(after >= before - 1e-9 * Math.Abs(before), $"{before:R} {after:R}");
            }
            double[] units = structure == CovarianceStructure.Spherical ? [1, 1] : [Math.Sqrt(fit.Data.Variances[0]), Math.Sqrt(fit.Data.Variances[1])];
            Assert.True(RatioOf([.. fit.Components], units) <= ratio * (1 + 1e-7));
        }
    }

    [Fact]
    public void ALooseBoundChangesNothing()
    {
        GaussianMixtureOptions options = new() { StartLabels = FaithfulData.Tertiles };
        GaussianMixtureFit plain = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 3, options);
        GaussianMixtureFit bounded = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 3, options with { EigenvalueRatio = 1e6 });
        Assert.Equal(plain.LogLikelihood, bounded.LogLikelihood, 1e-9);
        Assert.True(GaussianMixture.Fit((RowSource)FaithfulData.Rows, 3, options with { EigenvalueRatio = 2 }).LogLikelihood < plain.LogLikelihood - 1);
    }

    /// <summary>A start that breaks the bound is first brought under it.</summary>
    [Fact]
    public void AForeignStartIsBroughtUnderTheBound()
    {
        Mixture<Gaussian> start = new([.5, .5], [new Gaussian([2, 54], [1e-3, 0, 0, 400]), new Gaussian([4.3, 80], [.2, 0, 0, .1])]);
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2, new GaussianMixtureOptions { Start = start, EigenvalueRatio = 4 });
        Assert.True(fit.Converged);
        Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-6));
    }

    [Fact]
    public void OptionsThatDoNotFitAreRefused()
    {
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2, new GaussianMixtureOptions { Covariance = CovarianceStructure.Tied, EigenvalueRatio = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2, new GaussianMixtureOptions { EigenvalueRatio = 0.5 }));
    }

    private static double RatioOf(Gaussian[] components, double[] units)
    {
        double[] values = [.. components.SelectMany(component =>
        {
            ReadOnlySpan<double> s = component.Covariance.Matrix;
            (double a, double b, double c) = (s[0] / units[0] / units[0], s[1] / units[0] / units[1], s[3] / units[1] / units[1]);
            double root = Math.Sqrt((a - c) * (a - c) / 4 + b * b);
            return (double[])[(a + c) / 2 - root, (a + c) / 2 + root];
        })];
        return values.Max() / values.Min();
    }

    private static Gaussian Moved(Gaussian component, CovarianceStructure structure, double scale, Random random)
    {
        ReadOnlySpan<double> s = component.Covariance.Matrix;
        double Factor() => Math.Exp(scale * Simulate.Normal(random));
        double all = Factor();
        (double a, double c) = structure == CovarianceStructure.Spherical ? (s[0] * all, s[3] * all) : (s[0] * Factor(), s[3] * Factor());
        double b = structure == CovarianceStructure.Full ? s[1] + scale * Math.Sqrt(s[0] * s[3]) * Simulate.Normal(random) / 3 : 0;
        b = Math.Clamp(b, -.99 * Math.Sqrt(a * c), .99 * Math.Sqrt(a * c));
        return new Gaussian(component.Mean, [a, b, b, c]);
    }
}
