using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Latent.Engine.Acceleration;

/// <summary>Eigenvalues of J = F′ on the subspace that differences of iterates span.</summary>
internal static class RitzValues
{
    // directions whose squared extent is less than this part of the widest are left out
    private const double Cutoff = 1e-10;

    /// <summary>
    /// The largest eigenvalue: with ΔX = X₁ − X₀, Δf = (J − I)ΔX and ΔXᵀΔX = V d² Vᵀ, that of I + d⁻¹Vᵀ(ΔXᵀΔF)V d⁻¹, leaving out directions
    /// that rounding would blur. NaN when nothing is spanned.
    /// </summary>
    /// <param name="metric">The inner product.</param>
    /// <param name="point">An iterate: gives the size against which rounding is judged.</param>
    /// <param name="imageChanges">ΔX + ΔF, one column each.</param>
    /// <param name="residualChanges">ΔF.</param>
    public static double LargestRate(Metric metric, double[] point, double[][] imageChanges, double[][] residualChanges)
    {
        int columns = imageChanges.Length;
        if (columns == 0)
        {
            return double.NaN;
        }
        double[][] displacements = new double[columns][];
        for (int i = 0; i < columns; i++)
        {
            displacements[i] = [.. imageChanges[i]];
            VectorMath.AddScaled(-1, residualChanges[i], displacements[i]);
        }
        Evd<double> gram = Gram(metric, displacements, displacements).Evd(Symmetricity.Symmetric);
        double[] squares = [.. gram.EigenValues.Select(value => value.Real)];
        double floor = Math.Max(Cutoff * squares.Max(), 1e-20 * metric.Dot(point, point));
        int[] kept = [.. Enumerable.Range(0, columns).Where(k => squares[k] > floor)];
        if (kept.Length == 0)
        {
            return double.NaN;
        }
        Matrix<double> basis = Matrix<double>.Build.Dense(columns, kept.Length, (i, k) => gram.EigenVectors[i, kept[k]] / Math.Sqrt(squares[kept[k]]));
        Matrix<double> projected = basis.TransposeThisAndMultiply(Gram(metric, displacements, residualChanges) * basis);
        return 1 + projected.Evd().EigenValues.Max(value => value.Real);
    }

    private static Matrix<double> Gram(Metric metric, double[][] left, double[][] right) =>
        Matrix<double>.Build.Dense(left.Length, right.Length, (i, j) => metric.Dot(left[i], right[j]));
}
