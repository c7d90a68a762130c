using MathNet.Numerics.LinearAlgebra;

namespace Latent.Numerics;

/// <summary>
/// The point of a simplex, x ≥ 0 and Σx = 1, with the least xᵀHx for a positive semidefinite H: by the active-set method for least squares that are not negative, with the sum as one more equation [LawsonHanson1974].
/// </summary>
internal static class SimplexLeastSquares
{
    /// <summary>The minimiser.</summary>
    /// <param name="quadratic">H, of about unit size.</param>
    public static double[] Minimize(Matrix<double> quadratic)
    {
        int m = quadratic.RowCount;
        // ‖Px‖² + (1 − Σx)² has its least value over x ≥ 0 in the direction of the answer, whatever its length.
        Matrix<double> gram = quadratic + 1;
        double ridge = 1e-15 * gram.Diagonal().Sum() / m;
        Vector<double> x = Vector<double>.Build.Dense(m);
        List<int> free = [];
        for (int step = 0; step < 10 * m; step++)
        {
            Vector<double> slope = 1 - gram * x;
            int best = Enumerable.Range(0, m).Except(free).DefaultIfEmpty(-1).MaxBy(j => j < 0 ? double.NegativeInfinity : slope[j]);
            if (best < 0 || !(slope[best] > 1e-13))
            {
                break;
            }
            free.Add(best);
            while (free.Count > 0)
            {
                Matrix<double> own = Matrix<double>.Build.Dense(free.Count, free.Count, (i, j) => gram[free[i], free[j]] + (i == j ? ridge : 0));
                Vector<double> found = own.Solve(Vector<double>.Build.Dense(free.Count, 1));
                double length = 1;
                for (int i = 0; i < free.Count; i++)
                {
                    length = found[i] <= 0 ? Math.Min(length, x[free[i]] / (x[free[i]] - found[i])) : length;
                }
                for (int i = 0; i < free.Count; i++)
                {
                    x[free[i]] += length * (found[i] - x[free[i]]);
                }
                int before = free.Count;
                free.RemoveAll(j => length < 1 && x[j] <= 1e-15);
                x = Vector<double>.Build.Dense(m, j => free.Contains(j) ? x[j] : 0);
                if (length >= 1 || free.Count == before)
                {
                    break;
                }
            }
        }
        double sum = x.Sum();
        return [.. x.Select(value => value / sum)];
    }
}
