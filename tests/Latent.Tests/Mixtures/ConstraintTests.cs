using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>Held, bounded and shared parameters beside direct maximisation.</summary>
public sealed class ConstraintTests
{
    private static readonly double[] _values = Draw();
    private static readonly RowSource _rows = RowSource.From(_values);

    /// <summary>A shared gamma shape: the maximum of a direct search over (π, α, β₁, β₂).</summary>
    [Fact]
    public void ASharedShape()
    {
        ConstrainedFamily<Gamma> family = new(new GammaFamily(), Constraint.Tied("shape"));

        MixtureFit<Gamma> fit = Mixture.Fit(family, _rows, 2);

        Assert.Equal(4, fit.FreeParameters);
        Assert.Equal(fit.Components[0].Shape, fit.Components[1].Shape);
        double Direct(double[] x) => LogLikelihood(1 / (1 + Math.Exp(-x[0])), Math.Exp(x[1]), Math.Exp(x[2]), Math.Exp(x[1]), Math.Exp(x[3]));
        double[] found = DirectMaximizer.Maximize(Direct, [0.3, Math.Log(fit.Components[0].Shape) + 0.2, Math.Log(fit.Components[0].Rate) - 0.1, Math.Log(fit.Components[1].Rate) + 0.1]);
        Close.Equal(Direct(found), fit.LogLikelihood, 2e-6);
        Close.Equal(Math.Exp(found[1]), fit.Components[0].Shape, 2e-3);
        Assert.True(fit.LogLikelihood < Mixture.Fit(new GammaFamily(), _rows, 2).LogLikelihood - 0.1);
        ParameterEstimates errors = fit.StandardErrors(_rows);
        Assert.Single(errors.Parameters, parameter => parameter.Name == "shape[x1]" && parameter.StandardError > 0);
    }

    /// <summary>A held parameter keeps its value in its component, and the rest is the maximum given it.</summary>
    [Fact]
    public void AHeldShape()
    {
        ConstrainedFamily<Gamma> family = new(new GammaFamily(), Constraint.Fixed("shape", 1, component: 0));
        MixtureFit<Gamma> fit = Mixture.Fit(family, _rows, 2, new MixtureOptions<Gamma> { Start = new Mixture<Gamma>([0.5, 0.5], [new Gamma(1, 1), new Gamma(5, 0.5)]) });

        Assert.Equal(4, fit.FreeParameters);
        Assert.Equal(1, fit.Components[0].Shape);
        double Direct(double[] x) => LogLikelihood(1 / (1 + Math.Exp(-x[0])), 1, Math.Exp(x[1]), Math.Exp(x[2]), Math.Exp(x[3]));
        double[] found = DirectMaximizer.Maximize(
            Direct, [Math.Log(fit.Weights[0] / fit.Weights[1]) + 0.1, Math.Log(fit.Components[0].Rate), Math.Log(fit.Components[1].Shape) + 0.1, Math.Log(fit.Components[1].Rate)]);
        Close.Equal(Direct(found), fit.LogLikelihood, 2e-6);
    }

    /// <summary>A bound that the maximum lies beyond is where the estimate ends; one that it does not touch changes nothing.</summary>
    [Fact]
    public void ABoundedRate()
    {
        double[] counts = [.. _values.Select(value => Math.Floor(value))];
        MixtureFit<Poisson> free = Mixture.Fit(new PoissonFamily(), RowSource.From(counts), 2);
        double largest = free.Components.Max(component => component.Rate);

        MixtureFit<Poisson> bounded = Mixture.Fit(new ConstrainedFamily<Poisson>(new PoissonFamily(), Constraint.Between("rate", 0, largest - 1)), RowSource.From(counts), 2);
        MixtureFit<Poisson> loose = Mixture.Fit(new ConstrainedFamily<Poisson>(new PoissonFamily(), Constraint.Between("rate", 0, largest + 1)), RowSource.From(counts), 2);

        Assert.Equal(largest - 1, bounded.Components.Max(component => component.Rate));
        Assert.True(bounded.LogLikelihood < free.LogLikelihood - 0.1);
        Close.Equal(free.LogLikelihood, loose.LogLikelihood, 1e-5);
        Close.Equal(largest, loose.Components.Max(component => component.Rate), 1e-2);
    }

    [Fact]
    public void WrongNamesAreRefused() =>
        Assert.Contains("found 'shap'", Assert.Throws<ArgumentException>(() => new ConstrainedFamily<Gamma>(new GammaFamily(), Constraint.Tied("shap"))).Message, StringComparison.Ordinal);

    private static double LogLikelihood(double share, double shape1, double rate1, double shape2, double rate2) => _values.Sum(x => Math.Log(
        share * MathNet.Numerics.Distributions.Gamma.PDF(shape1, rate1, x) + (1 - share) * MathNet.Numerics.Distributions.Gamma.PDF(shape2, rate2, x)));

    private static double[] Draw()
    {
        RandomGenerator random = new(17);
        GammaFamily family = new();
        double[] values = new double[400];
        for (int row = 0; row < values.Length; row++)
        {
            family.Sample(row % 2 == 0 ? new Gamma(1.5, 1) : new Gamma(9, 1), random, values.AsSpan(row, 1));
        }
        return values;
    }
}
