using Latent.Data;
using Latent.Kernels;
using Latent.Mixtures;
using Latent.Regression;
using Latent.Testing;

namespace Latent.Tests.Regression;

/// <summary>Regressions obey the laws of families: densities of the response given terms that are drawn beside it.</summary>
public abstract class RegressionFamilyLaws : FamilyLaws<RegressionComponent>
{
    private protected abstract ResponseFamily Response { get; }

    protected override IFamily<RegressionComponent, RowTile> Family => Subject;

    protected override int Columns => Subject.Design.Width;

    private RegressionFamily Subject => field ??= Of(Response, "y ~ x");

    internal static RegressionFamily Of(ResponseFamily response, string formula, string? concomitant = null)
    {
        RegressionDesign design = new(ModelFormula.Parse(formula), concomitant is null ? null : ModelFormula.Parse(concomitant), response, Schema.Numeric("y", "x", "z"));
        int terms = design.TermNames.Count;
        return new RegressionFamily(design, Standardization.None(terms), [.. Enumerable.Repeat(3.0, terms)], 1e-12);
    }

    protected override RegressionComponent Component(Random random) => new(
        [0.5 + 0.3 * Simulate.Normal(random), 0.4 * Simulate.Normal(random)], Response.DispersionName is null ? 1 : 0.5 + random.NextDouble());

    protected override void DrawRow(Random random, RegressionComponent component, Span<double> row)
    {
        double x = 2 * random.NextDouble() - 1;
        double y = Response.Sample(component.Coefficients[0] + component.Coefficients[1] * x, 1, component.Dispersion, random);
        Fill(y, x, row);
    }

    protected override double[] Flatten(RegressionComponent component) => [.. component.Coefficients, component.Dispersion];

    protected override (double Mass, double Error) TotalMass(RegressionComponent component, Random random)
    {
        double x = 2 * random.NextDouble() - 1;
        bool counts = Response.Name is "poisson" or "negative-binomial" or "binomial";
        double step = counts ? 1 : 0.01;
        double[] points = counts ? [.. Enumerable.Range(0, Response.Name == "binomial" ? 2 : 150).Select(count => (double)count)]
            : [.. Enumerable.Range(0, 8000).Select(point => (Response.Name == "gamma" ? 0 : -40) + (point + 0.5) * step)];
        double mass = 0;
        for (int start = 0; start < points.Length; start += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, points.Length - start);
            double[] values = new double[count * Columns];
            for (int row = 0; row < count; row++)
            {
                Fill(points[start + row], x, values.AsSpan(row * Columns, Columns));
            }
            RowTile tile = new(Columns);
            tile.Load(new RowChunk(values, Columns), 0, count);
            AlignedBuffer scratch = new(Family.ScratchLength(RowTile.Capacity));
            AlignedBuffer density = new(RowTile.Capacity);
            Family.LogDensity(component, tile, scratch.Span, density.Span[..tile.PaddedRows]);
            mass += step * density.Span[..count].ToArray().Sum(Math.Exp);
        }
        return (mass, Response.Name == "gamma" ? 0.02 : 1e-4);
    }

    private void Fill(double y, double x, Span<double> row)
    {
        RegressionColumns columns = Subject.Design.Columns;
        row[0] = y;
        if (columns.Trials >= 0)
        {
            row[columns.Trials] = 1;
        }
        if (columns.Base >= 0)
        {
            row[columns.Base] = Response.Base(y, 1);
        }
        row[columns.First] = 1;
        row[columns.First + 1] = x;
    }
}

public sealed class GaussianRegressionLaws : RegressionFamilyLaws
{
    private protected override ResponseFamily Response => ResponseFamily.Gaussian;

    protected override RegressionComponent Neighbour(Random random, RegressionComponent component, double scale) => new(
        [.. component.Coefficients.Select(coefficient => coefficient + scale * Simulate.Normal(random))], component.Dispersion * Math.Exp(scale * Simulate.Normal(random)));
}

public sealed class PoissonRegressionLaws : RegressionFamilyLaws
{
    private protected override ResponseFamily Response => ResponseFamily.Poisson;
}

public sealed class NegativeBinomialRegressionLaws : RegressionFamilyLaws
{
    private protected override ResponseFamily Response => ResponseFamily.NegativeBinomial;
}

public sealed class BinomialRegressionLaws : RegressionFamilyLaws
{
    private protected override ResponseFamily Response => ResponseFamily.Binomial;
}

public sealed class GammaRegressionLaws : RegressionFamilyLaws
{
    private protected override ResponseFamily Response => ResponseFamily.Gamma;
}

/// <summary>Mixtures whose weights depend on the row obey the laws of models.</summary>
public sealed class ConcomitantModelLaws : RowModelLaws<ConcomitantMixture<RegressionComponent>>
{
    private const int Count = 3;

    private readonly ConcomitantModel<RegressionComponent> _model = Create();

    protected override IEmModel<ConcomitantMixture<RegressionComponent>, RowChunk> Model => _model;

    protected override int Columns => 5;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double x = 2 * random.NextDouble() - 1;
        double z = Simulate.Normal(random);
        int k = random.Next(3);
        row[0] = (k - 1) * 2 + x + 0.4 * Simulate.Normal(random);
        (row[1], row[2], row[3], row[4]) = (1, x, 1, z);
    }

    protected override ConcomitantMixture<RegressionComponent> Parameters(Random random) => new(
        [.. Enumerable.Range(0, 2 * Count).Select(_ => 0.5 * Simulate.Normal(random))],
        [.. Enumerable.Range(0, Count).Select(k => new RegressionComponent([(k - 1) * 2 + 0.3 * Simulate.Normal(random), 1 + 0.3 * Simulate.Normal(random)], 0.2 + random.NextDouble()))]);

    protected override double[] Flatten(ConcomitantMixture<RegressionComponent> parameters) =>
        [.. parameters.Gate, .. parameters.Components.SelectMany(component => (double[])[.. component.Coefficients, component.Dispersion])];

    protected override ICoordinates<ConcomitantMixture<RegressionComponent>> OwnCoordinates => _model;

    protected override int Components(ConcomitantMixture<RegressionComponent> parameters) => Count;

    protected override ConcomitantMixture<RegressionComponent> Relabel(ConcomitantMixture<RegressionComponent> parameters, int[] permutation) => new(
        [.. permutation.SelectMany(k => parameters.Gate.AsSpan(2 * k, 2).ToArray())], [.. permutation.Select(k => parameters.Components[k])]);

    private static ConcomitantModel<RegressionComponent> Create()
    {
        RegressionFamily family = RegressionFamilyLaws.Of(ResponseFamily.Gaussian, "y ~ x", "~ z");
        return new ConcomitantModel<RegressionComponent>(
            new MixtureModel<RegressionComponent>(family, Count, 5), family.Design.FirstConcomitant, Standardization.None(2), family.Design.ConcomitantNames, [1, 5]);
    }
}
