using Latent.Numerics;
using Latent.Tests.Families;

namespace Latent.Tests.Numerics;

public class FactorSpectrumTests
{
    /// <summary>The eigenvalues and axes are those of the product, by the decomposition of matrices.</summary>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 9)]
    [InlineData(12, 12)]
    public void ThePartsMakeTheProduct(int dimension, int columns)
    {
        Random random = new(dimension);
        double[] factor = [.. Enumerable.Range(0, dimension * columns).Select(_ => random.NextDouble() - 0.5)];
        double[] product = SquareMatrix.Unit(dimension);
        for (int cell = 0; cell < product.Length; cell++)
        {
            product[cell] = Enumerable.Range(0, columns).Sum(j => factor[cell / dimension * columns + j] * factor[cell % dimension * columns + j]);
        }
        (double[] values, double[] vectors) = FactorSpectrum.Decompose(factor, dimension);
        double[] expected = [.. SymmetricEigen.Decompose([.. product], dimension).Values.Order()];
        double[] turned = SquareMatrix.Turned(product, vectors, dimension);
        for (int cell = 0; cell < turned.Length; cell++)
        {
            Assert.Equal(cell / dimension == cell % dimension ? values[cell / dimension] : 0, turned[cell], 1e-13);
            Assert.Equal(cell % (dimension + 1) == 0 ? expected[cell / dimension] : 0, cell % (dimension + 1) == 0 ? values[cell / dimension] : 0, 1e-13);
        }
    }

    /// <summary>Twenty digits between the eigenvalues: the factor has eight of the least, the product none.</summary>
    [Fact]
    public void SmallEigenvaluesKeepTheirDigits()
    {
        double[] axes = SymmetricEigen.Decompose(Naive.Covariance(3, 5), 3).Vectors;
        double[] values = [1e-20, 1e-8, 1];
        double[] factor = [.. axes.Select((value, cell) => value * Math.Sqrt(values[cell % 3]))];
        double[] found = FactorSpectrum.Decompose(factor, 3).Values;
        Assert.All(values.Zip(found), pair => Assert.Equal(1, pair.Second / pair.First, 1e-5));
        double[] product = SquareMatrix.Multiply(factor, SquareMatrix.Transpose(factor, 3), 3);
        Assert.True(Math.Abs(SymmetricEigen.Decompose(product, 3).Values.Min() / 1e-20 - 1) > 1);
    }

    /// <summary>A factor without full rank has eigenvalues of zero, and axes all the same.</summary>
    [Fact]
    public void MissingRankIsZero()
    {
        (double[] values, double[] vectors) = FactorSpectrum.Decompose([1, 2, 2, 4], 2);
        Assert.Equal(0, values[0], 1e-30);
        Assert.Equal(25, values[1], 1e-12);
        Assert.Equal(1, vectors[1] * vectors[1] + vectors[3] * vectors[3], 1e-14);
    }
}
