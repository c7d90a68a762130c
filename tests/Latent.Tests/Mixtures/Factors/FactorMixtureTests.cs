using Latent.Data;
using Latent.Factors;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>Mixtures of factor analysers against dense matrices, single factor analyses and what rows were drawn from.</summary>
public class FactorMixtureTests
{
    /// <summary>Four steps from a given start, of weighted rows: parameters and likelihood of an EM with d × d matrices.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own, 6, 2)]
    [InlineData(UniquenessSharing.Common, 6, 2)]
    [InlineData(UniquenessSharing.Isotropic, 6, 2)]
    [InlineData(UniquenessSharing.Own, 13, 5)]
    [InlineData(UniquenessSharing.Own, 9, 4)]
    public void StepsAreThoseOfDenseMatrices(UniquenessSharing sharing, int d, int q)
    {
        Random random = new(4);
        double[] values = [.. Enumerable.Range(0, 90 * d).Select(cell => Simulate.Normal(random) + (cell / d % 2 == 0 ? 1.5 : -1))];
        double[] row = [.. Enumerable.Range(0, 90).Select(index => 0.5 + index % 3)];
        FactorParameters[] components = [.. new[] { 1.0, -1.0 }.Select(centre => FactorGaussianFamilyLaws.Made(random, d, q, centre, _ => 0.8).Parameters)];
        double[] weights = [0.5, 0.5];
        const int steps = 4;
        FactorMixtureOptions options = new()
        {
            Uniquenesses = sharing,
            Start = FactorMixture.Create(sharing, weights, components).Parameters,
            MaxIterations = steps,
            Acceleration = Accelerator.None,
            Stopping = StoppingRule.Never,
        };
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, d).WithWeights(row), 2, q, options);
        double[][] rows = [.. values.Chunk(d)];
        for (int step = 0; step < steps; step++)
        {
            Assert.Equal(NaiveFactorMixture.LogLikelihood(rows, row, weights, components), fit.Result.Trace[step], 1e-8);
            (weights, components) = NaiveFactorMixture.Step(rows, row, weights, components, sharing);
        }
        Close.Equal(weights, [.. fit.Weights], 1e-9, what: "weights");
        for (int k = 0; k < 2; k++)
        {
            Close.Equal(components[k].Mean.ToArray(), fit.Components[k].Mean.ToArray(), 1e-9, what: "mean");
            Close.Equal(NaiveFactorMixture.Covariance(components[k]).ToRowMajorArray(), fit.Components[k].Parameters.ToGaussian().Covariance.Matrix, 1e-9, what: "covariance");
        }
    }

    /// <summary>One component is a factor analysis, in likelihood and in covariance, started and iterated otherwise.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own, 1)]
    [InlineData(UniquenessSharing.Common, 2)]
    [InlineData(UniquenessSharing.Isotropic, 2)]
    public void OneComponentIsAFactorAnalysis(UniquenessSharing sharing, int q)
    {
        FactorGaussian truth = FactorGaussianFamilyLaws.Made(new Random(6), 8, q, 3, j => 0.4 + 0.1 * j);
        (double[] values, _) = FactorMixture.Create(sharing, [1.0], [truth.Parameters]).Sample(500, 3);
        FactorMixtureOptions options = new() { Uniquenesses = sharing, Stopping = StoppingRule.RemainingGain(1e-8) };
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, 8), 1, q, options);
        FactorAnalysisFit expected = FactorAnalysis.Fit(
            RowSource.From(values, 8), q, new FactorAnalysisOptions { IsIsotropic = sharing == UniquenessSharing.Isotropic, Stopping = StoppingRule.RemainingGain(1e-8) });
        Assert.True(fit.Converged);
        Assert.Equal(expected.LogLikelihood, fit.LogLikelihood, 1e-6);
        Assert.Equal(expected.FreeParameters, fit.FreeParameters);
        Assert.Equal(expected.Bic, fit.Bic, 1e-5);
        Close.Equal(expected.Parameters.ToGaussian().Covariance.Matrix, fit.Components[0].Parameters.ToGaussian().Covariance.Matrix, 1e-3, what: "covariance");
        Assert.True(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)).All(pair => pair.Second >= pair.First - 1e-9));
    }

    /// <summary>Wide rows of three components are told apart and their covariances found, where a free covariance would have 1,275 parameters each.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own)]
    [InlineData(UniquenessSharing.Common)]
    [InlineData(UniquenessSharing.Isotropic)]
    public void WideRowsAreRecovered(UniquenessSharing sharing)
    {
        const int d = 50;
        Random random = new(11);
        FactorParameters[] truth = [.. Enumerable.Range(0, 3).Select(k => FactorGaussianFamilyLaws.Made(random, d, 2, 0, j => sharing == UniquenessSharing.Isotropic ? 0.5 + 0.2 * k : 0.5 + 0.01 * j).Parameters)];
        (double[] values, int[] labels) = FactorMixture.Create(sharing, [0.5, 0.3, 0.2], truth).Sample(900, 5);
        FactorMixtureOptions options = new() { Uniquenesses = sharing, Starts = 6 };
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, d), 3, 2, options);
        Assert.True(fit.Converged);
        Assert.Equal(2 + 3 * (d + 2 * d - 1) + sharing switch { UniquenessSharing.Own => 3 * d, UniquenessSharing.Common => d, _ => 3 }, fit.FreeParameters);
        Assert.True(fit.LogLikelihood > FactorMixture.Create(sharing, [0.5, 0.3, 0.2], truth).Score(RowSource.From(values, d)));
        int[] found = fit.Predict(RowSource.From(values, d));
        Assert.InRange(found.Zip(labels).Count(pair => pair.First == pair.Second), 890, 900);
        for (int k = 0; k < 3; k++)
        {
            double[] expected = truth[k].ToGaussian().Covariance.Matrix.ToArray();
            double[] covariance = fit.Components[k].Parameters.ToGaussian().Covariance.Matrix.ToArray();
            double error = Math.Sqrt(expected.Zip(covariance).Sum(pair => Math.Pow(pair.First - pair.Second, 2)) / expected.Sum(value => value * value));
            Assert.InRange(error, 0, 0.2);
        }
        MixtureFit<FactorGaussian> alone = FactorMixture.Fit(RowSource.From(values, d), 3, 2, options with { Threads = 1 });
        MixtureFit<FactorGaussian> together = FactorMixture.Fit(RowSource.From(values, d), 3, 2, options with { Threads = 3 });
        Close.SameBits([alone.LogLikelihood, .. alone.Components.SelectMany(component => component.Parameters.Loadings.ToArray())], [together.LogLikelihood, .. together.Components.SelectMany(component => component.Parameters.Loadings.ToArray())], "fit by threads");
    }

    /// <summary>A column that is a factor keeps a uniqueness at its floor, and the fit says so.</summary>
    [Fact]
    public void HeywoodCasesAreHeldAndReported()
    {
        RandomGenerator random = new(2);
        double[] values = new double[4 * 200];
        for (int row = 0; row < 200; row++)
        {
            // Correlations 0.83 with the first column and 0.5 with each other: one factor would need 0.83²/0.5 > 1 of it.
            double factor = random.NextGaussian();
            double[] own = [random.NextGaussian(), random.NextGaussian(), random.NextGaussian()];
            values[4 * row] = factor;
            for (int j = 0; j < 3; j++)
            {
                values[4 * row + 1 + j] = 0.8 * factor + 0.7 * (own[j] - 0.8 * own.Average());
            }
        }
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, 4), 1, 1);
        double variance = fit.Data.Variances[0];
        Assert.Equal(1e-6 * variance, fit.Components[0].Parameters.Uniquenesses[0], 1e-9 * variance);
        Assert.Contains("Heywood", Assert.Single(fit.Result.Degeneracies).Message, StringComparison.Ordinal);
    }

    /// <summary>A given partition leads where the race does, and impossible requests are refused by name.</summary>
    [Fact]
    public void PartitionsStartAndRequestsAreChecked()
    {
        FactorParameters[] truth = [.. new[] { -2.0, 2.0 }.Select(centre => FactorGaussianFamilyLaws.Made(new Random(9), 6, 1, centre, _ => 0.7).Parameters)];
        (double[] values, int[] labels) = FactorMixture.Create(UniquenessSharing.Own, [0.5, 0.5], truth).Sample(300, 1);
        RowSource rows = RowSource.From(values, 6);
        MixtureFit<FactorGaussian> started = FactorMixture.Fit(rows, 2, 1, new FactorMixtureOptions { StartLabels = labels });
        Assert.Equal(FactorMixture.Fit(rows, 2, 1).LogLikelihood, started.LogLikelihood, 1e-4);
        Assert.Contains("fewer factors", Assert.Throws<ArgumentOutOfRangeException>(() => FactorMixture.Fit(rows, 2, 4)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => FactorMixture.Fit(rows, 2, 0));
        values[7] = double.PositiveInfinity;
        Assert.Contains("finite", Assert.Throws<ArgumentException>(() => FactorMixture.Fit(RowSource.From(values, 6), 2, 1)).Message, StringComparison.Ordinal);
    }
}
