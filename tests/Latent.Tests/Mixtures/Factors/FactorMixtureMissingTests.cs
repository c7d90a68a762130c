using Latent.Data;
using Latent.Factors;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using static Latent.Tests.Families.FullGaussianFamilyLaws;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>Mixtures of factor analysers over rows with missing cells, against marginal normal densities and models that contain them or are contained.</summary>
public class FactorMixtureMissingTests
{
    /// <summary>The density of a row is that of its observed cells in the marginal normal distributions; a row with nothing observed has density 1.</summary>
    [Theory]
    [InlineData(7, 2)]
    [InlineData(9, 4)]
    [InlineData(70, 5)]
    public void DensitiesAreThoseOfMarginals(int d, int q)
    {
        Random random = new(3);
        FactorParameters[] truth = [.. new[] { -1.0, 1.0 }.Select(centre => FactorGaussianFamilyLaws.Made(random, d, q, centre, j => j == 2 ? 1e-4 : 0.3 + random.NextDouble()).Parameters)];
        FittedMixture<FactorGaussian> mixture = FactorMixture.Create(UniquenessSharing.Own, [0.4, 0.6], truth);
        double[] values = Holed(mixture.Sample(150, 4).Values, d, 0.4, 5);
        values.AsSpan(3 * d, d).Fill(double.NaN);
        NaiveGaussianMixture naive = new([0.4, 0.6], [.. truth.Select(own => own.Mean.ToArray())], [.. truth.Select(own => Square(own.ToGaussian().Covariance.Matrix))]);
        double[] densities = mixture.LogDensity(RowSource.From(values, d));
        double[] responsibilities = mixture.Responsibilities(RowSource.From(values, d));
        for (int row = 0; row < 150; row++)
        {
            (double logLikelihood, double[][] shares) = naive.Expect(values.AsSpan(row * d, d));
            Assert.Equal(logLikelihood, densities[row], 1e-8 * (1 + Math.Abs(logLikelihood)));
            Assert.Equal(shares[0][0], responsibilities[2 * row], 1e-8);
        }
        Assert.Equal(0, densities[3]);
    }

    /// <summary>One component is a factor analysis of incomplete rows, which counts each column's own rows instead of completing them.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own, 1)]
    [InlineData(UniquenessSharing.Common, 2)]
    [InlineData(UniquenessSharing.Isotropic, 2)]
    public void OneComponentIsAFactorAnalysis(UniquenessSharing sharing, int q)
    {
        FactorGaussian truth = FactorGaussianFamilyLaws.Made(new Random(6), 8, q, 3, j => 0.4 + 0.1 * j);
        RowSource rows = RowSource.From(Holed(FactorMixture.Create(sharing, [1.0], [truth.Parameters]).Sample(400, 3).Values, 8, 0.3, 8), 8);
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(rows, 1, q, new FactorMixtureOptions { Uniquenesses = sharing, Stopping = StoppingRule.RemainingGain(1e-8) });
        FactorAnalysisFit expected = FactorAnalysis.Fit(rows, q, new FactorAnalysisOptions { IsIsotropic = sharing == UniquenessSharing.Isotropic, Stopping = StoppingRule.RemainingGain(1e-8) });
        Assert.True(fit.Converged);
        Assert.Equal(expected.LogLikelihood, fit.LogLikelihood, 1e-6);
        Assert.Equal(expected.Bic, fit.Bic, 1e-5);
        Close.Equal(expected.Parameters.ToGaussian().Covariance.Matrix, fit.Components[0].Parameters.ToGaussian().Covariance.Matrix, 3e-3, what: "covariance");
    }

    /// <summary>Factors without loadings stay so: step by step the diagonal Gaussian mixture of the same rows, half of whose cells are missing.</summary>
    [Fact]
    public void FactorsWithoutLoadingsAreADiagonalMixture()
    {
        double[] weights = [0.5, 0.5];
        double[][] means = [[-1, -1, 0, 0, 0], [1, 1, 0, 0, 1]];
        double[] variances = [1, 2, 1, 0.5, 1];
        double[] values = Holed(new GaussianMixture(CovarianceStructure.Diagonal, weights, [.. means.Select(mean => new Gaussian(mean, Diagonal(variances)))]).Sample(200, 2).Values, 5, 0.5, 3);
        FactorMixtureOptions options = new()
        {
            Start = FactorMixture.Create(UniquenessSharing.Own, weights, [.. means.Select(mean => new FactorParameters(mean, new double[10], variances))]).Parameters,
            MaxIterations = 12,
            Acceleration = Accelerator.None,
            Stopping = StoppingRule.Never,
        };
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, 5), 2, 2, options);
        GaussianMixtureFit expected = GaussianMixture.Fit(RowSource.From(values, 5), 2, new GaussianMixtureOptions
        {
            Covariance = CovarianceStructure.Diagonal,
            Start = new Mixture<Gaussian>(weights, [.. means.Select(mean => new Gaussian(mean, Diagonal(variances)))]),
            MaxIterations = 12,
            Acceleration = Accelerator.None,
            Stopping = StoppingRule.Never,
        });
        Assert.True(fit.LogLikelihood > fit.Result.Trace[0] + 1);
        Close.Equal([.. expected.Result.Trace], [.. fit.Result.Trace], 1e-9, what: "trace");
    }

    /// <summary>One factor of three columns is a free covariance: the maximum is that of the full Gaussian mixture, whatever is missing, and so are the standard errors.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.25)]
    public void AsManyFactorsAsCovariancesAreAFullMixture(double missing)
    {
        RowSource rows = RowSource.From(Holed(Saturated(900), 3, missing, 7), 3);
        FactorMixtureOptions options = new() { Stopping = StoppingRule.RemainingGain(1e-11) };
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(rows, 2, 1, options);
        GaussianMixtureFit expected = GaussianMixture.Fit(rows, 2, new GaussianMixtureOptions { Stopping = StoppingRule.RemainingGain(1e-11) });
        Assert.Equal(expected.FreeParameters, fit.FreeParameters);
        Assert.Equal(expected.LogLikelihood, fit.LogLikelihood, 1e-6);
        Close.Equal(expected.Components[0].Covariance.Matrix, fit.Components[0].Parameters.ToGaussian().Covariance.Matrix, 1e-3, what: "covariance");

        foreach (StandardErrorMethod method in (StandardErrorMethod[])[StandardErrorMethod.ObservedInformation, StandardErrorMethod.Sandwich])
        {
            ParameterEstimates errors = fit.StandardErrors(rows, new StandardErrorOptions { Method = method });
            ParameterEstimates full = expected.StandardErrors(rows, new StandardErrorOptions { Method = method });
            Assert.Empty(errors.Undetermined);
            foreach (ParameterEstimate other in full.Parameters.Where(parameter => !parameter.Name.Contains("variance", StringComparison.Ordinal)))
            {
                Assert.Equal(other.StandardError, errors[other.Name].StandardError, 1e-4 * other.StandardError);
            }
            // Var(λ₁² + ψ₁) and Var(λ₁λ₂) by the delta method.
            (double first, double second) = (fit.Components[0].Parameters.Loadings[0], fit.Components[0].Parameters.Loadings[1]);
            double variance = Delta(errors, [("loading[1, x1, 1]", 2 * first), ("uniqueness[1, x1]", 1)]);
            double covariance = Delta(errors, [("loading[1, x1, 1]", second), ("loading[1, x2, 1]", first)]);
            Assert.Equal(full["variance[1, x1]"].StandardError, Math.Sqrt(variance), 1e-3 * Math.Sqrt(variance));
            Assert.Equal(full["covariance[1, x1, x2]"].StandardError, Math.Sqrt(covariance), 1e-3 * Math.Sqrt(covariance));
        }
    }

    /// <summary>At a fit of two components the gradient of the naive likelihood of the observed cells vanishes, and a third of the cells do not hide the components.</summary>
    [Theory]
    [InlineData(UniquenessSharing.Own)]
    [InlineData(UniquenessSharing.Common)]
    [InlineData(UniquenessSharing.Isotropic)]
    public void FitsAreMaximaOfTheObservedLikelihood(UniquenessSharing sharing)
    {
        const int d = 6;
        FactorParameters[] truth = [.. new[] { -1.5, 1.5 }.Select((centre, k) => FactorGaussianFamilyLaws.Made(new Random(40 + k), d, 2, centre, j => sharing == UniquenessSharing.Isotropic ? 0.5 : 0.4 + 0.1 * j).Parameters)];
        (double[] complete, int[] labels) = FactorMixture.Create(sharing, [0.6, 0.4], truth).Sample(900, 6);
        double[] values = Holed(complete, d, 0.33, 12);
        RowSource rows = RowSource.From(values, d);
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(rows, 2, 2, new FactorMixtureOptions { Uniquenesses = sharing, Stopping = StoppingRule.RemainingGain(1e-10) });
        Assert.True(fit.Converged);
        Assert.Empty(fit.Result.Degeneracies);
        int hits = fit.Predict(rows).Zip(labels).Count(pair => pair.First == pair.Second);
        Assert.InRange(hits, 800, 900);

        FactorGaussianFamily family = (FactorGaussianFamily)fit.Model.Family;
        double[] at = new double[fit.Model.CoordinateCount(fit.Parameters)];
        fit.Model.WriteCoordinates(fit.Parameters, at);
        double Objective(double[] point)
        {
            Assert.True(fit.Model.TryReadCoordinates(point, fit.Parameters, out Mixture<FactorGaussian>? mixture));
            return new NaiveGaussianMixture([.. mixture.Weights], [.. mixture.Components.Select(own => own.Mean.ToArray())], [.. mixture.Components.Select(own => Square(own.Parameters.ToGaussian().Covariance.Matrix))])
                .Expect(values).LogLikelihood;
        }
        Assert.Equal(Objective(at), fit.LogLikelihood, 1e-7);
        Close.Equal(new double[at.Length], NumericalGradient.Of(Objective, at), 5e-3, what: "gradient");
        MixtureFit<FactorGaussian> alone = FactorMixture.Fit(rows, 2, 2, new FactorMixtureOptions { Uniquenesses = sharing, Starts = 3, Threads = 1 });
        MixtureFit<FactorGaussian> together = FactorMixture.Fit(rows, 2, 2, new FactorMixtureOptions { Uniquenesses = sharing, Starts = 3, Threads = 3 });
        Close.SameBits([alone.LogLikelihood, .. alone.Components[0].Parameters.Loadings], [together.LogLikelihood, .. together.Components[0].Parameters.Loadings], "fit by threads");
    }

    /// <summary>Rows with nothing observed have no part, and complete rows cost nothing for the others: the bits of complete data stay.</summary>
    [Fact]
    public void EmptyRowsHaveNoPart()
    {
        double[] values = Holed(Saturated(300), 3, 0.2, 1);
        double[] more = [.. values.Take(300), .. Enumerable.Repeat(double.NaN, 6), .. values.Skip(300)];
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(RowSource.From(values, 3), 2, 1);
        MixtureFit<FactorGaussian> same = FactorMixture.Fit(RowSource.From(more, 3), 2, 1);
        Assert.Equal((fit.LogLikelihood, fit.Bic, fit.Result.Iterations), (same.LogLikelihood, same.Bic, same.Result.Iterations));
    }

    internal static double[] Saturated(int count)
    {
        FactorParameters[] truth =
        [
            new FactorParameters([-2.0, -1, 0], [1, 0.9, 1.1], [0.5, 0.6, 0.4]),
            new FactorParameters([2.0, 1, 1], [0.8, -1, 0.9], [0.7, 0.5, 0.6]),
        ];
        return FactorMixture.Create(UniquenessSharing.Own, [0.6, 0.4], truth).Sample(count, 9).Values;
    }

    internal static double[] Holed(double[] values, int columns, double share, int seed)
    {
        Random random = new(seed);
        double[] holed = [.. values.Select(value => random.NextDouble() < share ? double.NaN : value)];
        // No row without any value.
        for (int row = 0; row < holed.Length / columns; row++)
        {
            if (holed.AsSpan(row * columns, columns).ToArray().All(double.IsNaN))
            {
                holed[row * columns + row % columns] = values[row * columns + row % columns];
            }
        }
        return holed;
    }

    private static double Delta(ParameterEstimates errors, (string Name, double Slope)[] terms) =>
        terms.Sum(first => terms.Sum(second => first.Slope * second.Slope * errors.Covariance(first.Name, second.Name)));

    private static double[] Diagonal(double[] variances)
    {
        double[] matrix = new double[variances.Length * variances.Length];
        for (int j = 0; j < variances.Length; j++)
        {
            matrix[j * variances.Length + j] = variances[j];
        }
        return matrix;
    }
}
