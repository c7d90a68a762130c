namespace Latent.Numerics;

/// <summary>
/// Eigenvalues and eigenvectors of a small symmetric matrix by cyclic Jacobi rotations [Golub2013, alg. 8.5.3]: slow to grow, but small
/// eigenvalues come out with high relative accuracy and the order of operations is fixed.
/// </summary>
internal static class SymmetricEigen
{
    private const int MostSweeps = 60;

    /// <summary>Decomposes A = V·diag(λ)·Vᵀ.</summary>
    /// <param name="matrix">A, row-major d × d, both triangles; destroyed.</param>
    /// <param name="dimension">d.</param>
    /// <returns>The eigenvalues in no particular order, and V row-major, its columns the eigenvectors.</returns>
    public static (double[] Values, double[] Vectors) Decompose(Span<double> matrix, int dimension)
    {
        double[] vectors = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            vectors[i * dimension + i] = 1;
        }
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            bool rotated = false;
            for (int p = 0; p < dimension - 1; p++)
            {
                for (int q = p + 1; q < dimension; q++)
                {
                    rotated |= Rotate(matrix, vectors, dimension, p, q);
                }
            }
            if (!rotated)
            {
                break;
            }
        }
        double[] values = new double[dimension];
        for (int i = 0; i < dimension; i++)
        {
            values[i] = matrix[i * dimension + i];
        }
        return (values, vectors);
    }

    private static bool Rotate(Span<double> a, Span<double> v, int d, int p, int q)
    {
        double off = a[p * d + q];
        double app = a[p * d + p];
        double aqq = a[q * d + q];
        // Negligible against both diagonal elements: the criterion that keeps small eigenvalues accurate.
        if (Math.Abs(off) <= 1e-17 * Math.Sqrt(Math.Abs(app)) * Math.Sqrt(Math.Abs(aqq)) || off == 0)
        {
            return false;
        }
        double tau = (aqq - app) / (2 * off);
        double t = (tau >= 0 ? 1 : -1) / (Math.Abs(tau) + Math.Sqrt(1 + tau * tau));
        double c = 1 / Math.Sqrt(1 + t * t);
        double s = t * c;
        for (int k = 0; k < d; k++)
        {
            (double kp, double kq) = (a[k * d + p], a[k * d + q]);
            (a[k * d + p], a[k * d + q]) = (c * kp - s * kq, s * kp + c * kq);
            (kp, kq) = (v[k * d + p], v[k * d + q]);
            (v[k * d + p], v[k * d + q]) = (c * kp - s * kq, s * kp + c * kq);
        }
        for (int k = 0; k < d; k++)
        {
            (double pk, double qk) = (a[p * d + k], a[q * d + k]);
            (a[p * d + k], a[q * d + k]) = (c * pk - s * qk, s * pk + c * qk);
        }
        a[p * d + q] = 0;
        a[q * d + p] = 0;
        return true;
    }
}
