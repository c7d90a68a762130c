using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>Trimmed maximum likelihood: the best of all subsets where these can be counted, an objective that never falls, and an account of what was left out.</summary>
public class TrimmedLikelihoodTests
{
    private static readonly double[][] _contaminated = [.. FaithfulData.Rows, .. Enumerable.Range(0, 20).Select(i => new[] { 8 + 0.37 * (i % 5), 20 + 7.3 * (i % 7) })];

    /// <summary>One component: the maximum over all subsets of ten of thirteen rows is the one of least determinant.</summary>
    [Fact]
    public void OneComponentIsTheBestOfAllSubsets()
    {
        Random random = new(7);
        double[][] data = [.. Enumerable.Range(0, 13).Select(row => new[] { Simulate.Normal(random) + (row > 10 ? 6 : 0), Simulate.Normal(random) - (row == 12 ? 9 : 0) })];
        double best = double.NegativeInfinity;
        int[] left = [];
        for (int i = 0; i < 13; i++)
        {
            for (int j = i + 1; j < 13; j++)
            {
                for (int k = j + 1; k < 13; k++)
                {
                    double[][] kept = [.. data.Where((_, row) => row != i && row != j && row != k)];
                    double[] mean = [kept.Average(row => row[0]), kept.Average(row => row[1])];
                    double a = kept.Average(row => (row[0] - mean[0]) * (row[0] - mean[0]));
                    double b = kept.Average(row => (row[0] - mean[0]) * (row[1] - mean[1]));
                    double c = kept.Average(row => (row[1] - mean[1]) * (row[1] - mean[1]));
                    double likelihood = -0.5 * 10 * (2 * Math.Log(2 * Math.PI) + Math.Log(a * c - b * b) + 2);
                    (best, left) = likelihood > best ? (likelihood, [i, j, k]) : (best, left);
                }
            }
        }
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)data, 1, new GaussianMixtureOptions { Trim = 0.25 });
        Assert.Equal(best, fit.LogLikelihood, 1e-8);
        Assert.Equal(left.Select(row => (long)row), fit.Trimmed.Rows.ToArray());
        Assert.Equal(3, fit.Trimmed.Weight);
        Assert.Equal(-2 * best + 5 * Math.Log(10), fit.Bic, 1e-7);
    }

    /// <summary>Two components on a line: no subset of ten of twelve values has a better fit.</summary>
    [Fact]
    public void TwoComponentsAreTheBestOfAllSubsets()
    {
        double[] values = [0.1, 0.9, -0.6, 0.3, -1.1, 5.2, 6.1, 5.7, 4.4, 5.0, 14, -9];
        GaussianMixtureOptions options = new() { Covariance = CovarianceStructure.EII };
        double best = double.NegativeInfinity;
        for (int i = 0; i < 12; i++)
        {
            for (int j = i + 1; j < 12; j++)
            {
                best = Math.Max(best, GaussianMixture.Fit(RowSource.From([.. values.Where((_, row) => row != i && row != j)], 1), 2, options with { Starts = 6 }).LogLikelihood);
            }
        }
        GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, 1), 2, options with { Trim = 0.17 });
        Assert.Equal(best, fit.LogLikelihood, 1e-6);
        Assert.Equal([10L, 11L], fit.Trimmed.Rows.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TheObjectiveNeverFallsAndBelongsToTheRowsKept(bool accelerated)
    {
        RowSource rows = _contaminated;
        foreach (CovarianceStructure structure in CovarianceStructures.All)
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions
            {
                Covariance = structure,
                Trim = 0.08,
                Starts = 6,
                Acceleration = accelerated ? Accelerator.Default : Accelerator.None,
            });
            Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));
            Assert.Equal(23, fit.Trimmed.Rows.Length);
            double[] density = fit.LogDensity(rows);
            HashSet<long> left = [.. fit.Trimmed.Rows];
            Assert.Equal(Enumerable.Range(0, 292).Where(row => !left.Contains(row)).Sum(row => density[row]), fit.LogLikelihood, 1e-7);
            Assert.True(left.Max(row => density[row]) <= Enumerable.Range(0, 292).Where(row => !left.Contains(row)).Min(row => density[row]) + 1e-6);
        }
    }

    /// <summary>With twenty rows far away the trimmed fit is that of the geyser; the plain one is not.</summary>
    [Fact]
    public void OutliersHaveNoSay()
    {
        RowSource rows = _contaminated;
        GaussianMixtureFit trimmed = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Trim = 20 / 292.0 });
        GaussianMixtureFit clean = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2);
        Assert.Equal(Enumerable.Range(272, 20).Select(row => (long)row), trimmed.Trimmed.Rows.ToArray());
        Assert.Equal(clean.LogLikelihood, trimmed.LogLikelihood, 1e-5);
        Assert.Equal(clean.Bic, trimmed.Bic, 1e-4);
        Assert.True(GaussianMixture.Fit(rows, 2).Components[1].Mean[0] > 7 || GaussianMixture.Fit(rows, 2).Components[0].Mean[0] > 7);
        Assert.Contains("20", Assert.Throws<NotSupportedException>(() => trimmed.StandardErrors(rows)).Message);

        GaussianMixtureFit bounded = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Trim = 20 / 292.0, EigenvalueRatio = 20 });
        Assert.Equal(trimmed.Trimmed.Rows.ToArray(), bounded.Trimmed.Rows.ToArray());
        MixtureFit<StudentT> heavy = StudentMixture.Fit(rows, 2, new StudentMixtureOptions { Trim = 20 / 292.0, Starts = 4 });
        Assert.Equal(20, heavy.Trimmed.Rows.Length);
    }

    [Fact]
    public void WeightsMissingCellsAndThreads()
    {
        double[][] half = [.. _contaminated.Where((_, row) => row % 2 == 0)];
        GaussianMixtureOptions options = new() { Trim = 0.08, Starts = 5 };
        GaussianMixtureFit doubled = GaussianMixture.Fit((RowSource)(double[][])[.. half, .. half], 2, options);
        GaussianMixtureFit weighted = GaussianMixture.Fit(((RowSource)half).WithWeights(Enumerable.Repeat(2.0, half.Length).ToArray()), 2, options);
        Assert.Equal(doubled.LogLikelihood, weighted.LogLikelihood, 1e-4);
        Assert.Equal(doubled.Trimmed.Weight, weighted.Trimmed.Weight, 1e-12);

        double[][] holed = [.. _contaminated.Select((row, index) => index % 6 == 1 ? [double.NaN, row[1]] : row)];
        GaussianMixtureFit incomplete = GaussianMixture.Fit((RowSource)holed, 2, options with { Trim = 15 / 292.0 });
        double[] density = incomplete.LogDensity((RowSource)holed);
        Assert.Equal(density.Order().Take(15), incomplete.Trimmed.Rows.Select(row => density[row]).Order());
        Assert.True(incomplete.Trimmed.Rows.Count(row => row >= 272) >= 13);
        Assert.Equal(GaussianMixture.Fit((RowSource)_contaminated, 2, options with { Threads = 1 }).Result.Trace, GaussianMixture.Fit((RowSource)_contaminated, 2, options with { Threads = 5 }).Result.Trace);
    }

    [Fact]
    public void WhatCannotBeTrimmedIsRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixtureOptions { Trim = 0.5 });
        Assert.Contains("noise", Assert.Throws<ArgumentException>(() => GaussianMixture.Fit((RowSource)_contaminated, 2, new GaussianMixtureOptions { Trim = 0.1, Noise = new NoiseOptions() })).Message);
        Assert.Equal(GaussianMixture.Fit((RowSource)_contaminated, 2).LogLikelihood, GaussianMixture.Fit((RowSource)_contaminated, 2, new GaussianMixtureOptions { Trim = 0 }).LogLikelihood);
    }

    /// <summary>
    /// The bootstrap of a trimmed fit trims every replicate: its standard errors of location and scale are those of repeated samples, which the curvature at the optimum would put too low.
    /// Over 400 samples a standard deviation is known to 3.5 %, and the mean of eight bootstraps of 150 replicates to less than 7 %.
    /// </summary>
    [Fact]
    public void TheBootstrapCountsTheChoiceOfRowsIn()
    {
        const int n = 120;
        GaussianMixtureOptions options = new() { Trim = 0.2 };
        static RowSource Draw(int seed)
        {
            Random random = new(seed);
            return RowSource.From([.. Enumerable.Range(0, n).Select(_ => Simulate.Normal(random))], 1);
        }
        GaussianMixtureFit[] fits = [.. Enumerable.Range(0, 400).Select(seed => GaussianMixture.Fit(Draw(seed), 1, options))];
        double[] means = [.. fits.Select(fit => fit.Components[0].Mean[0])];
        double average = means.Average();
        double expected = Math.Sqrt(means.Average(mean => (mean - average) * (mean - average)));
        double found = Enumerable.Range(0, 8).Average(seed => fits[seed].Bootstrap(Draw(seed), new BootstrapOptions { Replicates = 150 }).Estimates["mean[1, x1]"].StandardError);
        double naive = Math.Sqrt(fits.Average(fit => fit.Components[0].Covariance.Matrix[0]) / (0.8 * n));
        Assert.InRange(found / expected, 0.8, 1.25);
        Assert.True(naive < 0.75 * expected, $"Expected the curvature to promise less than {expected}, found {naive}.");
        Assert.Contains("bootstrap", Assert.Throws<NotSupportedException>(() => fits[0].StandardErrors(Draw(0))).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => fits[0].Bootstrap(Draw(0), new BootstrapOptions { Kind = BootstrapKind.Parametric }));
    }
}
