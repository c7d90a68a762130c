using Latent.Data;
using Latent.Families;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>Full covariances obey the laws of families.</summary>
public sealed class FullGaussianFamilyLaws : FamilyLaws<Gaussian>
{
    protected override IFamily<Gaussian, RowTile> Family { get; } = new FullGaussianFamily(3);

    protected override int Columns => 3;

    protected override Gaussian Component(Random random) =>
        new([Simulate.Normal(random), 5 + Simulate.Normal(random), Simulate.Normal(random)], Flat(Simulate.Covariance(random, 3)));

    protected override void DrawRow(Random random, Gaussian component, Span<double> row) =>
        Simulate.GaussianMixture(random, 1, [1], [component.Mean.ToArray()], [Square(component.Covariance.Matrix)]).Values.CopyTo(row);

    protected override double[] Flatten(Gaussian component) => [.. component.Mean, .. component.Covariance.Matrix];

    protected override double ReferenceLogDensity(Gaussian component, double[] row) =>
        NaiveGaussianMixture.LogDensity(row, component.Mean.ToArray(), Square(component.Covariance.Matrix));

    protected override Gaussian Neighbour(Random random, Gaussian component, double scale)
    {
        // Σ' = (I + E)Σ(I + E)ᵀ is a covariance for any small E.
        double[,] covariance = Square(component.Covariance.Matrix);
        double[,] change = new double[3, 3];
        double[] mean = component.Mean.ToArray();
        for (int row = 0; row < 3; row++)
        {
            mean[row] += scale * Math.Sqrt(covariance[row, row]) * Simulate.Normal(random);
            for (int column = 0; column < 3; column++)
            {
                change[row, column] = (row == column ? 1 : 0) + 0.3 * scale * Simulate.Normal(random);
            }
        }
        return new Gaussian(mean, Flat(Product(Product(change, covariance), Transposed(change))));
    }

    protected override Gaussian Translate(Gaussian component, double offset) =>
        new([.. component.Mean.ToArray().Select(value => value + offset)], component.Covariance);

    internal static double[] Flat(double[,] matrix) => [.. matrix.Cast<double>()];

    internal static double[,] Square(ReadOnlySpan<double> flat)
    {
        int size = (int)Math.Round(Math.Sqrt(flat.Length));
        double[,] matrix = new double[size, size];
        for (int index = 0; index < flat.Length; index++)
        {
            matrix[index / size, index % size] = flat[index];
        }
        return matrix;
    }

    internal static double[,] Product(double[,] left, double[,] right)
    {
        double[,] product = new double[left.GetLength(0), right.GetLength(1)];
        for (int row = 0; row < product.GetLength(0); row++)
        {
            for (int column = 0; column < product.GetLength(1); column++)
            {
                for (int inner = 0; inner < left.GetLength(1); inner++)
                {
                    product[row, column] += left[row, inner] * right[inner, column];
                }
            }
        }
        return product;
    }

    internal static double[,] Transposed(double[,] matrix)
    {
        double[,] transposed = new double[matrix.GetLength(1), matrix.GetLength(0)];
        for (int row = 0; row < matrix.GetLength(0); row++)
        {
            for (int column = 0; column < matrix.GetLength(1); column++)
            {
                transposed[column, row] = matrix[row, column];
            }
        }
        return transposed;
    }
}

/// <summary>Diagonal covariances obey the laws of families.</summary>
public sealed class DiagonalGaussianFamilyLaws : FamilyLaws<DiagonalGaussian>
{
    protected override IFamily<DiagonalGaussian, RowTile> Family { get; } = new DiagonalGaussianFamily(2);

    protected override int Columns => 2;

    protected override DiagonalGaussian Component(Random random) =>
        new([Simulate.Normal(random), 5 + Simulate.Normal(random)], [0.5 + random.NextDouble(), 2 + random.NextDouble()]);

    protected override void DrawRow(Random random, DiagonalGaussian component, Span<double> row)
    {
        for (int column = 0; column < 2; column++)
        {
            row[column] = component.Mean[column] + Math.Sqrt(component.Variances[column]) * Simulate.Normal(random);
        }
    }

    protected override double[] Flatten(DiagonalGaussian component) => [.. component.Mean, .. component.Variances];

    protected override double ReferenceLogDensity(DiagonalGaussian component, double[] row) =>
        NaiveGaussianMixture.LogDensity(row, component.Mean.ToArray(), new double[,] { { component.Variances[0], 0 }, { 0, component.Variances[1] } });

    protected override DiagonalGaussian Neighbour(Random random, DiagonalGaussian component, double scale) => new(
        [component.Mean[0] + scale * Simulate.Normal(random), component.Mean[1] + scale * Simulate.Normal(random)],
        [component.Variances[0] * Math.Exp(scale * Simulate.Normal(random)), component.Variances[1] * Math.Exp(scale * Simulate.Normal(random))]);

    protected override DiagonalGaussian Translate(DiagonalGaussian component, double offset) =>
        new([component.Mean[0] + offset, component.Mean[1] + offset], component.Variances);
}

/// <summary>Spherical covariances obey the laws of families.</summary>
public sealed class SphericalGaussianFamilyLaws : FamilyLaws<SphericalGaussian>
{
    protected override IFamily<SphericalGaussian, RowTile> Family { get; } = new SphericalGaussianFamily(2);

    protected override int Columns => 2;

    protected override SphericalGaussian Component(Random random) => new([Simulate.Normal(random), 5 + Simulate.Normal(random)], 0.5 + random.NextDouble());

    protected override void DrawRow(Random random, SphericalGaussian component, Span<double> row)
    {
        for (int column = 0; column < 2; column++)
        {
            row[column] = component.Mean[column] + Math.Sqrt(component.Variance) * Simulate.Normal(random);
        }
    }

    protected override double[] Flatten(SphericalGaussian component) => [.. component.Mean, component.Variance];

    protected override double ReferenceLogDensity(SphericalGaussian component, double[] row) =>
        NaiveGaussianMixture.LogDensity(row, component.Mean.ToArray(), new double[,] { { component.Variance, 0 }, { 0, component.Variance } });

    protected override SphericalGaussian Neighbour(Random random, SphericalGaussian component, double scale) => new(
        [component.Mean[0] + scale * Simulate.Normal(random), component.Mean[1] + scale * Simulate.Normal(random)],
        component.Variance * Math.Exp(scale * Simulate.Normal(random)));

    protected override SphericalGaussian Translate(SphericalGaussian component, double offset) =>
        new([component.Mean[0] + offset, component.Mean[1] + offset], component.Variance);
}
