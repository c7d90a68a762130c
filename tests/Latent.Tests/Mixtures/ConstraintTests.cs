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

    /// <summary>As a block of a product it is what it is alone; a second column, without constraint, has its own shapes.</summary>
    [Fact]
    public void ConstrainedBlocksOfAProduct()
    {
        ConstrainedFamily<Gamma> alone = new(new GammaFamily(), Constraint.Tied("shape"));
        ProductFamily one = FamilyCatalog.Create([new FamilyChoice("gamma")], Schema.Numeric("x"), constraints: FamilyConstraint.ParseAll("shape=equal"));
        MixtureFit<Product> fit = Mixture.Fit(one, _rows, 2);
        Assert.Equal(4, fit.FreeParameters);
        Close.Equal(Mixture.Fit(alone, _rows, 2).LogLikelihood, fit.LogLikelihood, 1e-6);
        Assert.Single(fit.StandardErrors(_rows).Parameters, parameter => parameter.Name.StartsWith("shape", StringComparison.Ordinal));

        RowSource two = RowSource.From([.. _values.SelectMany((value, row) => (double[])[value, row % 3 + 1 + 0.1 * (row % 7)])], 2);
        ProductFamily both = FamilyCatalog.Create([new FamilyChoice("gamma"), new FamilyChoice("gamma")], Schema.Numeric("x", "y"), constraints: FamilyConstraint.ParseAll("shape[x]=equal; rate[y]<=1.5"));
        MixtureFit<Product> joint = Mixture.Fit(both, two, 2);
        Gamma Part(int k, int column) => (Gamma)joint.Components[k].Parts[column];
        Assert.Equal(Part(0, 0).Shape, Part(1, 0).Shape);
        Assert.NotEqual(Part(0, 1).Shape, Part(1, 1).Shape);
        Assert.Equal(1.5, Part(0, 1).Rate, 9);
        Assert.Equal(1.5, Part(1, 1).Rate, 9);
        Assert.Equal(8, joint.FreeParameters);
    }

    /// <summary>What is held in one component stays there: components are not put in the order of their weights, and none of them can go.</summary>
    [Fact]
    public void ComponentsWithAPlaceKeepIt()
    {
        foreach (int held in (int[])[0, 1])
        {
            ProductFamily family = FamilyCatalog.Create([new FamilyChoice("gamma")], Schema.Numeric("x"), constraints: FamilyConstraint.ParseAll($"shape[{held + 1}]=9"));
            MixtureFit<Product> fit = Mixture.Fit(family, _rows, 2, new MixtureOptions<Product> { Starts = 6 });
            Assert.Equal(9, ((Gamma)fit.Components[held].Parts[0]).Shape);
            Assert.NotEqual(9, ((Gamma)fit.Components[1 - held].Parts[0]).Shape);
            Assert.Throws<ArgumentException>(() => Mixture.Fit(family, _rows, 2, new MixtureOptions<Product> { Annihilate = true }));
        }
    }

    /// <summary>A start that breaks a constraint is put right before the first step.</summary>
    [Fact]
    public void AStartFromElsewhereIsMadeToObey()
    {
        ConstrainedFamily<Gamma> family = new(new GammaFamily(), Constraint.Tied("shape"), Constraint.Between("rate", 0, 2));
        Gamma[] moved = family.Constrain([0.25, 0.75], [new Gamma(2, 1), new Gamma(6, 3)]);
        Assert.Equal([5.0, 1, 5, 2], [moved[0].Shape, moved[0].Rate, moved[1].Shape, moved[1].Rate]);
        Gamma[] obeying = [new Gamma(2, 1), new Gamma(2, 1.5)];
        Assert.Equal(obeying, family.Constrain([0.5, 0.5], obeying));
        Mixture.Fit(family, _rows, 2, new MixtureOptions<Gamma> { Start = new Mixture<Gamma>([0.5, 0.5], [new Gamma(1, 1), new Gamma(5, 5)]) });
    }

    [Theory]
    [InlineData("shape=equal")]
    [InlineData("rate=2.5")]
    [InlineData("rate<=5")]
    [InlineData("rate>=0.125")]
    [InlineData("rate[2]=1E-05")]
    [InlineData("rate[x]>=1")]
    [InlineData("rate[3, a column]=1")]
    public void TextsComeBack(string text) => Assert.Equal(text, FamilyConstraint.Parse(text).ToString());

    [Theory]
    [InlineData("shape")]
    [InlineData("shape=same")]
    [InlineData("shape<5")]
    [InlineData("shape[1]=equal")]
    [InlineData("shape[0]=1")]
    [InlineData("[1]=1")]
    [InlineData("shape[1=2")]
    [InlineData("shape=NaN")]
    public void OtherTextsAreRefused(string text) =>
        Assert.Contains($"found '{text}'", Assert.Throws<ArgumentException>(() => FamilyConstraint.Parse(text)).Message, StringComparison.Ordinal);

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
