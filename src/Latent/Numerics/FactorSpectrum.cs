namespace Latent.Numerics;

/// <summary>
/// The eigenvalues and eigenvectors of F·Fᵀ from F itself, whose rows are rotated until they are orthogonal (one-sided Jacobi [Golub2013, sec. 8.6.3]): the product
/// would lose the small eigenvalues to rounding once they are sixteen digits below the large ones, the factor has them to eight digits even there.
/// </summary>
internal static class FactorSpectrum
{
    private const int MostSweeps = 60;

    // Rows this close to orthogonal are so to rounding.
    private const double Orthogonal = 1e-15;

    /// <summary>Decomposes F·Fᵀ = V·diag(λ)·Vᵀ.</summary>
    /// <param name="factor">F, row-major d × m.</param>
    /// <param name="dimension">d.</param>
    /// <returns>The eigenvalues, ascending, and V row-major, its columns the eigenvectors in the same order.</returns>
    public static (double[] Values, double[] Vectors) Decompose(ReadOnlySpan<double> factor, int dimension)
    {
        int columns = factor.Length / dimension;
        double[] rows = factor.ToArray();
        // Vᵀ, whose rows turn with those of F.
        double[] turned = SquareMatrix.Unit(dimension);
        bool rotated = true;
        for (int sweep = 0; rotated && sweep < MostSweeps; sweep++)
        {
            rotated = false;
            for (int p = 0; p < dimension - 1; p++)
            {
                for (int q = p + 1; q < dimension; q++)
                {
                    rotated |= Rotate(rows, columns, turned, dimension, p, q);
                }
            }
        }
        double[] squares = SquareMatrix.RowSquares(rows, dimension);
        int[] order = [.. Enumerable.Range(0, dimension).OrderBy(j => squares[j])];
        double[] vectors = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < dimension; j++)
            {
                vectors[i * dimension + j] = turned[order[j] * dimension + i];
            }
        }
        return ([.. order.Select(j => squares[j])], vectors);
    }

    private static bool Rotate(Span<double> rows, int columns, Span<double> turned, int dimension, int p, int q)
    {
        Span<double> first = rows.Slice(p * columns, columns);
        Span<double> second = rows.Slice(q * columns, columns);
        (double a, double b, double c) = SquareMatrix.Products(first, second);
        if (!(Math.Abs(c) > Orthogonal * Math.Sqrt(a) * Math.Sqrt(b)))
        {
            return false;
        }
        double tau = (b - a) / (2 * c);
        double tangent = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + tau * tau));
        double cosine = 1 / Math.Sqrt(1 + tangent * tangent);
        double sine = tangent * cosine;
        SquareMatrix.Rotate(first, second, cosine, -sine);
        SquareMatrix.Rotate(turned.Slice(p * dimension, dimension), turned.Slice(q * dimension, dimension), cosine, -sine);
        return true;
    }
}
