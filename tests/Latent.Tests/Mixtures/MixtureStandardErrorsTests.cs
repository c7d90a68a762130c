using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

public class MixtureStandardErrorsTests
{
    private static readonly EmOptions _tight = new() { Stopping = StoppingRule.RemainingGain(1e-12), MaxIterations = 100_000 };

    [Fact]
    public void OneNormalDistributionHasClosedForms()
    {
        RowSource rows = Draw(1, [1], 500);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 1);
        ParameterEstimates found = fit.StandardErrors(rows.WithNames("a", "b"));
        ReadOnlySpan<double> sigma = fit.Components[0].Covariance.Matrix;
        double n = 500;
        Assert.Equal(5, found.Parameters.Count);
        Assert.Equal(Math.Sqrt(sigma[0] / n), found["mean[1, x1]"].StandardError, 1e-9);
        Assert.Equal(Math.Sqrt(sigma[3] / n), found["mean[1, x2]"].StandardError, 1e-9);
        Assert.Equal(sigma[1] / n, found.Covariance("mean[1, x1]", "mean[1, x2]"), 1e-9);
        Assert.Equal(sigma[0] * Math.Sqrt(2 / n), found["variance[1, x1]"].StandardError, 1e-9);
        Assert.Equal(Math.Sqrt((sigma[0] * sigma[3] + sigma[1] * sigma[1]) / n), found["covariance[1, x1, x2]"].StandardError, 1e-9);
        Assert.Equal(2 * sigma[0] * sigma[1] / n, found.Covariance("variance[1, x1]", "covariance[1, x1, x2]"), 1e-9);
        Assert.Equal(0, found.Covariance("mean[1, x1]", "variance[1, x1]"), 1e-9);
        Assert.All(found.Parameters, parameter => Assert.Equal(0, parameter.MissingInformation, 1e-9));
    }

    [Theory]
    [InlineData(CovarianceStructure.Spherical)]
    [InlineData(CovarianceStructure.Diagonal)]
    public void SimplerCovariancesHaveClosedFormsToo(CovarianceStructure structure)
    {
        RowSource rows = Draw(2, [1], 300);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 1, new() { Covariance = structure });
        ParameterEstimates found = fit.StandardErrors(rows);
        double variance = fit.Components[0].Covariance.Matrix[0];
        (string name, double freedom) = structure == CovarianceStructure.Spherical ? ("variance[1]", 600.0) : ("variance[1, x1]", 300.0);
        Assert.Equal(variance * Math.Sqrt(2 / freedom), found[name].StandardError, 1e-9);
        Assert.Equal(Math.Sqrt(variance / 300), found["mean[1, x1]"].StandardError, 1e-9);
    }

    [Theory]
    [InlineData(CovarianceStructure.Spherical)]
    [InlineData(CovarianceStructure.Diagonal)]
    [InlineData(CovarianceStructure.Tied)]
    [InlineData(CovarianceStructure.Full)]
    public void ScoresAgreeWithTheObjectiveAlone(CovarianceStructure structure)
    {
        RowSource rows = Draw(3, [.35, .65], 400).WithWeights(Enumerable.Range(0, 400).Select(row => 0.5 + row % 3).ToArray());
        switch (structure)
        {
            case CovarianceStructure.Spherical:
                Compare(new SphericalGaussianFamily(2), [new([0, 0], 1), new([3, 2], 1)], rows);
                break;
            case CovarianceStructure.Diagonal:
                Compare(new DiagonalGaussianFamily(2), [new([0, 0], [1, 1]), new([3, 2], [1, 1])], rows);
                break;
            case CovarianceStructure.Tied:
                Compare(new TiedGaussianFamily(2), TiedGaussian.Create([[0, 0], [3, 2]], Covariance.FromVariances([1, 1])), rows);
                break;
            default:
                Compare(new FullGaussianFamily(2), [new([0, 0], [1, 0, 0, 1]), new([3, 2], [1, 0, 0, 1])], rows);
                break;
        }
    }

    [Fact]
    public void ScoresOfTwoEqualComponentsLeaveTheThirdAlone()
    {
        // Two of three components are the same one: what belongs to the pair is not determined, the third is as in the mixture of two.
        RowSource rows = Draw(4, [.4, .6], 600);
        MixtureModel<Gaussian> two = new(new FullGaussianFamily(2), 2, 2);
        Mixture<Gaussian> fit = Em.Fit(two, rows, new Mixture<Gaussian>([.5, .5], [new([0, 0], [1, 0, 0, 1]), new([3, 2], [1, 0, 0, 1])]), _tight).Parameters;
        MixtureModel<Gaussian> three = new(new FullGaussianFamily(2), 3, 2);
        Mixture<Gaussian> doubled = new([fit.Weights[0], fit.Weights[1] / 2, fit.Weights[1] / 2], [fit.Components[0], fit.Components[1], fit.Components[1]]);
        ParameterEstimates expected = StandardErrors.Of(two, rows, fit);
        ParameterEstimates found = StandardErrors.Of(three, rows, doubled);
        Assert.NotEmpty(found.Undetermined);
        Assert.All(new[] { "weight[2]", "weight[3]", "mean[2, x1]", "mean[3, x2]", "variance[2, x1]" }, name => Assert.True(double.IsNaN(found[name].StandardError), name));
        Assert.All(new[] { "weight[1]", "mean[1, x1]", "mean[1, x2]", "variance[1, x1]", "covariance[1, x1, x2]" },
            name => Assert.Equal(1, found[name].StandardError / expected[name].StandardError, 1e-4));
        Assert.DoesNotContain(found.Undetermined.SelectMany(direction => direction.Loadings), loading => loading.Name.Contains("[1"));
    }

    [Fact]
    public void AnEmptyComponentIsNamed()
    {
        RowSource rows = Draw(5, [1], 300);
        Gaussian only = GaussianMixture.Fit(rows, 1).Components[0];
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 2, 2);
        ParameterEstimates found = StandardErrors.Of(model, rows, new Mixture<Gaussian>([1, 0], [only, new([9, 9], [1, 0, 0, 1])]));
        Assert.Contains("boundary", found["weight[2]"].Note);
        Assert.NotNull(found["mean[2, x1]"].Note);
        Assert.Equal(Math.Sqrt(only.Covariance.Matrix[0] / 300), found["mean[1, x1]"].StandardError, 1e-8);
    }

    [Fact]
    public void AVarianceOnItsFloorIsNamed()
    {
        // Both columns spread over two clusters, which a floor of half that spread does not allow to be as narrow as they are.
        RowSource rows = Draw(8, [.5, .5], 400);
        MixtureModel<DiagonalGaussian> model = new(new DiagonalGaussianFamily(2, CovarianceFloor.RelativeTo(GaussianMixture.Fit(rows, 1).Data, 0.5)), 2, 2);
        Mixture<DiagonalGaussian> held = Em.Fit(model, rows, new Mixture<DiagonalGaussian>([.5, .5], [new([0, 0], [9, 9]), new([3, 2], [9, 9])]), _tight).Parameters;
        Assert.All(held.Components, component => Assert.True(component.FloorActive, string.Join(", ", component.Variances.ToArray())));
        ParameterEstimates found = StandardErrors.Of(model, rows, held);
        Assert.Contains("boundary", found["variance[1, x1]"].Note);
        Assert.True(double.IsNaN(found["variance[1, x1]"].StandardError));
        Assert.True(found["mean[1, x1]"].StandardError > 0);
        Assert.True(found["weight[2]"].StandardError > 0);
        Assert.Contains(found.Notes, note => note.StartsWith("component 1", StringComparison.Ordinal));
    }

    [Fact]
    public void AFullCovarianceOnItsFloorIsNamed()
    {
        // The two columns are nearly one: the floor holds the narrow direction of both components, and with it what the covariances may be.
        RowSource source = Draw(10, [.5, .5], 300);
        double[] values = new double[600];
        for (int row = 0; row < 300; row++)
        {
            values[2 * row] = source.GetChunk(0)[row, 0];
            values[2 * row + 1] = values[2 * row] + 1e-3 * source.GetChunk(0)[row, 1];
        }
        RowSource rows = RowSource.From(values, 2);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2, new() { CovarianceFloor = 0.01 });
        Assert.NotEmpty(fit.Result.Degeneracies);
        ParameterEstimates found = fit.StandardErrors(rows);
        Assert.Contains("boundary", found["covariance[1, x1, x2]"].Note);
        Assert.True(found["mean[1, x1]"].StandardError > 0);
        Assert.True(found["weight[1]"].StandardError > 0);
        Assert.DoesNotContain(found.Parameters, parameter => parameter.Note is null && !double.IsFinite(parameter.StandardError));
        Assert.Contains(found.Notes, note => note.StartsWith("component ", StringComparison.Ordinal));
    }

    [Fact]
    public void WhatComponentsShareIsNamedOnce()
    {
        RowSource rows = Draw(9, [.5, .5], 200);
        ParameterEstimates found = GaussianMixture.Fit(rows, 2, new() { Covariance = CovarianceStructure.Tied }).StandardErrors(rows);
        Assert.Equal(
            ["weight[1]", "weight[2]", "mean[1, x1]", "mean[1, x2]", "variance[x1]", "covariance[x1, x2]", "variance[x2]", "mean[2, x1]", "mean[2, x2]"],
            found.Parameters.Select(parameter => parameter.Name));
    }

    [Fact]
    public void FarOffsetsAndUnitsChangeNothingButTheUnits()
    {
        RowSource rows = Draw(6, [.5, .5], 300);
        double[] moved = new double[600];
        for (int row = 0; row < 300; row++)
        {
            double[] cells = new double[2];
            rows.CopyRow(row, cells);
            moved[2 * row] = 1e6 + 1e-3 * cells[0];
            moved[2 * row + 1] = 1e5 * cells[1];
        }
        int[] labels = [.. Enumerable.Range(0, 300).Select(row => rows.GetChunk(0)[row, 0] > 1.5 ? 1 : 0)];
        GaussianMixtureOptions options = new() { StartLabels = labels, Stopping = StoppingRule.RemainingGain(1e-10) };
        RowSource shifted = RowSource.From(moved, 2);
        ParameterEstimates plain = GaussianMixture.Fit(rows, 2, options).StandardErrors(rows);
        ParameterEstimates far = GaussianMixture.Fit(shifted, 2, options).StandardErrors(shifted);
        Assert.Equal(plain["weight[1]"].StandardError, far["weight[1]"].StandardError, 1e-6);
        Assert.Equal(1, 1e-3 * plain["mean[1, x1]"].StandardError / far["mean[1, x1]"].StandardError, 1e-4);
        Assert.Equal(1, 1e10 * plain["variance[2, x2]"].StandardError / far["variance[2, x2]"].StandardError, 1e-4);
    }

    private static void Compare<TComponent>(IFamily<TComponent, RowTile> family, TComponent[] start, RowSource rows)
    {
        MixtureModel<TComponent> model = new(family, 2, 2);
        Mixture<TComponent> fit = Em.Fit(model, rows, new Mixture<TComponent>([.5, .5], start), _tight).Parameters;
        ParameterEstimates scored = StandardErrors.Of(model, rows, fit);
        ParameterEstimates bare = StandardErrors.Of(new Bare<TComponent>(model), rows, fit);
        Assert.Contains("objective", bare.Method);
        Assert.InRange(scored.RemainingGain, 0, 1e-9);
        foreach (ParameterEstimate parameter in scored.Parameters)
        {
            Close.Equal(1, bare[parameter.Name].StandardError / parameter.StandardError, 1e-6, parameter.Name);
            Close.Equal(bare[parameter.Name].MissingInformation, parameter.MissingInformation, 1e-5, parameter.Name);
        }
    }

    internal static RowSource Draw(ulong seed, double[] weights, int count)
    {
        Gaussian[] components = [new([0, 0], [1, .3, .3, .8]), new([3, 2], [.7, -.2, -.2, 1.2])];
        return RowSource.From(new GaussianMixture(CovarianceStructure.Full, weights, components[..weights.Length]).Sample(count, seed).Values, 2);
    }

    /// <summary>A mixture of which inference knows the objective alone.</summary>
    private sealed class Bare<TComponent>(MixtureModel<TComponent> inner)
        : IEmModel<Mixture<TComponent>, RowChunk>, ICoordinates<Mixture<TComponent>>, INaturalParameters<Mixture<TComponent>>
    {
        public int StatisticLength => inner.StatisticLength;

        public double Expect(Mixture<TComponent> parameters, RowChunk chunk, Span<double> statistic) => inner.Expect(parameters, chunk, statistic);

        public Mixture<TComponent> Maximize(ReadOnlySpan<double> statistic, Mixture<TComponent> current) => inner.Maximize(statistic, current);

        public int CoordinateCount(Mixture<TComponent> parameters) => inner.CoordinateCount(parameters);

        public void WriteCoordinates(Mixture<TComponent> parameters, Span<double> point) => inner.WriteCoordinates(parameters, point);

        public bool TryReadCoordinates(ReadOnlySpan<double> point, Mixture<TComponent> like, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out Mixture<TComponent> parameters) =>
            inner.TryReadCoordinates(point, like, out parameters);

        public IReadOnlyList<NaturalParameter> NaturalParameters(Mixture<TComponent> parameters) => inner.NaturalParameters(parameters);

        public void WriteNaturalParameters(Mixture<TComponent> parameters, Span<double> values) => inner.WriteNaturalParameters(parameters, values);
    }
}
