using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>Products obey the laws of families: two linear parts, one sparse, and a Gaussian block.</summary>
public sealed class ProductFamilyLaws : FamilyLaws<Product>
{
    private static readonly ProductFamily _family = Families();

    protected override IFamily<Product, RowTile> Family => _family;

    protected override int Columns => 5;

    internal static ProductFamily Families() => new(
        ProductPart.Of(new PoissonFamily()),
        ProductPart.Of<FullGaussianFamily, Gaussian>(new FullGaussianFamily(2), 2),
        ProductPart.Of(new CategoricalFamily(3)),
        ProductPart.Of(new CategoricalFamily(20)));

    protected override Product Component(Random random) => _family.Join(
        new Poisson(1 + 5 * random.NextDouble()),
        new Gaussian([random.NextDouble(), 3 * random.NextDouble()], [1.0, 0.3, 0.3, 0.5 + random.NextDouble()]),
        new Categorical(Simulate.Probabilities(random, 3)),
        new Categorical(Simulate.Probabilities(random, 20)));

    protected override void DrawRow(Random random, Product component, Span<double> row) =>
        _family.Sample(component, new RandomGenerator((ulong)random.NextInt64()), row);

    protected override double[] Flatten(Product component)
    {
        double[] values = new double[_family.NaturalParameters(1, Schema.Numbered(5).Names).Count];
        _family.WriteNaturalParameters(component, values);
        return values;
    }

    protected override double ReferenceLogDensity(Product component, double[] row) =>
        MathNet.Numerics.Distributions.Poisson.PMFLn(component.Part<Poisson>(0).Rate, (int)row[0])
        + component.Part<Gaussian>(1).LogDensity(row.AsSpan(1, 2))
        + Math.Log(component.Part<Categorical>(2).Probabilities[(int)row[3]])
        + Math.Log(component.Part<Categorical>(3).Probabilities[(int)row[4]]);

    protected override (double Mass, double Error) TotalMass(Product component, Random random)
    {
        // The mass of a product is that of its blocks, which have laws of their own; here that the blocks are all there: the density of a row of
        // missing cells is one, and dropping a block leaves the others' density.
        RowTile tile = new(5);
        tile.Load(new RowChunk(Enumerable.Repeat(double.NaN, 5).ToArray(), 5), 0, 1);
        double[] logDensity = new double[8];
        _family.LogDensity(component, tile, new double[_family.ScratchLength(RowTile.Capacity)], logDensity);
        return (Math.Exp(logDensity[0]), 1e-12);
    }
}

public sealed class ProductFamilyTests
{
    private static readonly ProductFamily _family = ProductFamilyLaws.Families();

    /// <summary>A missing cell leaves the density of the others, wherever it stands, and no trace in the statistic of its block.</summary>
    [Fact]
    public void MissingCellsHaveNoPart()
    {
        Product component = _family.Join(
            new Poisson(2), new Gaussian([0, 1], [1.0, 0.3, 0.3, 2]), new Categorical(0.2, 0.3, 0.5), new Categorical(Enumerable.Range(1, 20).Select(i => (double)i).ToArray()));
        double[] complete = [3, 0.5, -0.5, 2, 7];
        double[] alone = [Density(component, [3, double.NaN, double.NaN, double.NaN, double.NaN]), Density(component, [double.NaN, 0.5, -0.5, double.NaN, double.NaN]),
            Density(component, [double.NaN, double.NaN, double.NaN, 2, double.NaN]), Density(component, [double.NaN, double.NaN, double.NaN, double.NaN, 7])];

        Close.Equal(MathNet.Numerics.Distributions.Poisson.PMFLn(2, 3), alone[0], 1e-13);
        Close.Equal(Math.Log(0.5), alone[2], 1e-13);
        Close.Equal(Density(component, complete), alone.Sum(), 1e-12);

        RowTile tile = new(5);
        tile.Load(new RowChunk((double[])[3, 0.5, -0.5, 2, 7, double.NaN, 5, 5, double.NaN, 1, 1, double.NaN, double.NaN, 0, double.NaN], 5), 0, 3);
        double[] scratch = new double[_family.ScratchLength(RowTile.Capacity)];
        _family.LogDensity(component, tile, scratch, new double[8]);
        double[] statistic = new double[_family.StatisticLength];
        _family.Accumulate(component, tile, scratch, [1, 1, 1, 0, 0, 0, 0, 0], statistic);
        Assert.Equal([2, 4, 1, 0, 1], statistic[..5]); // Σ1 and Σx of the counts; the three categories.
        Assert.Equal(2, statistic[5]); // The Gaussian's Σw.
        Assert.Equal(2, statistic[^20..].Sum());
    }

    [Fact]
    public void PartOfABlockIsRefused()
    {
        ArgumentException refused = Assert.Throws<ArgumentException>(() =>
            Mixture.Fit(_family, RowSource.From((double[])[1, 2, double.NaN, 0, 1, 2, 3, 4, 1, 1], 5), 1));
        Assert.Contains("'x3'", refused.Message, StringComparison.Ordinal);
    }

    private static double Density(Product component, double[] row)
    {
        RowTile tile = new(5);
        tile.Load(new RowChunk(row, 5), 0, 1);
        double[] logDensity = new double[8];
        _family.LogDensity(component, tile, new double[_family.ScratchLength(RowTile.Capacity)], logDensity);
        return logDensity[0];
    }
}
