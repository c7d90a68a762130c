using Latent.Numerics;
using Latent.Tests.Families;

namespace Latent.Tests.Numerics;

public class SymmetricEigenTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(20)]
    public void ThePartsMakeTheMatrix(int dimension)
    {
        double[] matrix = Naive.Covariance(dimension, 3);
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([.. matrix], dimension);
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < dimension; j++)
            {
                double product = 0;
                double inner = 0;
                for (int k = 0; k < dimension; k++)
                {
                    product += vectors[i * dimension + k] * values[k] * vectors[j * dimension + k];
                    inner += vectors[k * dimension + i] * vectors[k * dimension + j];
                }
                Assert.Equal(matrix[i * dimension + j], product, 1e-12 * dimension);
                Assert.Equal(i == j ? 1 : 0, inner, 1e-13);
            }
        }
    }

    /// <summary>The second difference matrix has the eigenvalues 2 − 2cos(πk/(n+1)).</summary>
    [Fact]
    public void EigenvaluesAreThoseKnown()
    {
        const int n = 12;
        double[] matrix = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            matrix[i * n + i] = 2;
            if (i > 0)
            {
                matrix[i * n + i - 1] = matrix[(i - 1) * n + i] = -1;
            }
        }
        (double[] values, _) = SymmetricEigen.Decompose(matrix, n);
        Array.Sort(values);
        for (int k = 1; k <= n; k++)
        {
            Assert.Equal(2 - 2 * Math.Cos(Math.PI * k / (n + 1)), values[k - 1], 1e-14);
        }
    }

    /// <summary>A graded matrix keeps the digits of its least eigenvalue, which its size alone would not let one expect.</summary>
    [Fact]
    public void SmallEigenvaluesKeepTheirDigits()
    {
        // D·A·D with D = diag(1, 1e-8): the least eigenvalue is 1e-16·(2 − 1/2) to a relative 1e-16.
        (double[] values, _) = SymmetricEigen.Decompose([2, 1e-8, 1e-8, 2e-16], 2);
        Assert.Equal(1.5e-16, values.Min(), 1e-30);
    }

    [Fact]
    public void AMatrixThatIsNotPositiveDefiniteHasNoFactor()
    {
        Assert.False(Cholesky.Factor([1, 2, 2, 1], 2));
        Assert.False(Cholesky.Factor([1, 1, 1, 1 + 1e-15], 2, 1e-14));
        Assert.False(Cholesky.Factor([double.NaN], 1));
        Assert.False(Cholesky.Factor([0.0], 1));
        double[] lower = [4, 2, 2, 5];
        Assert.True(Cholesky.Factor(lower, 2));
        Assert.Equal([2.0, 0, 1, 2], lower);
        Assert.Equal([0.5, 0, -0.25, 0.5], Cholesky.InvertLower(lower, 2));
    }
}
