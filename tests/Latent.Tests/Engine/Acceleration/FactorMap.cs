using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Nine tests, four factors with two patterns of zero loadings [Jöreskog, Psychometrika 32 (1967) 443; correlations, zeros and start as
/// in Rubin and Thayer, Psychometrika 47 (1982) 69, and Liu and Rubin, Statistica Sinica 8 (1998) 729; printed in the SQUAREM vignette];
/// θ = (9 columns of 4 loadings, 9 uniquenesses), n = 145.
/// </summary>
/// <param name="strict">Answer "infeasible" unless Σ is positive definite and all uniquenesses positive.</param>
/// <param name="ecme">Maximise the observed likelihood over the uniquenesses by a Newton step on their logarithms, instead of EM.</param>
internal sealed class FactorMap(bool strict, bool ecme = false) : IGradientEmMap
{
    public const double Maximum = -327.690628475216;

    public static readonly double[] Uniquenesses =
        [.47908212, .40490196, .08990147, .30474425, .44071987, .46065066, .51553634, .31711357, .31613649];

    private const double Rows = 145;

    private static readonly Matrix<double> _covariance = Symmetric(
        .554, .227, .296, .189, .219, .769, .461, .479, .237, .212, .506, .530, .243, .226, .520, .408, .425, .304,
        .291, .514, .473, .280, .311, .718, .681, .313, .348, .374, .241, .311, .730, .661, .245, .290, .306, .672);

    // the loadings that are free for the first four variables, and for the other five
    private static readonly int[][] _free = [[0, 1, 2], [0, 1, 3]];

    public int Length => 45;

    /// <summary>The start of Liu and Rubin, with all uniquenesses equal.</summary>
    public static double[] Start(double uniqueness) =>
    [
        .5954912, -.4893347, -.3848925, 0, .6449102, -.4408213, -.3555598, 0, .7630006, .5053083, -.0535340, 0,
        .7163828, .5258722, .0219100, 0, .6175647, -.4714808, 0, .1931459, .6464100, -.4628659, 0, .4606456,
        .6452737, -.3260013, 0, -.3622682, .7868222, .3690580, 0, .0630371, .7482302, .4326963, 0, .0431256,
        .. Enumerable.Repeat(uniqueness, 9),
    ];

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        Matrix<double> loadings = Matrix<double>.Build.DenseOfColumnMajor(4, 9, point[..36].ToArray());
        Vector<double> uniquenesses = Vector<double>.Build.DenseOfArray(point[36..].ToArray());
        Matrix<double> sigma = Implied(loadings, uniquenesses);
        objective = double.NaN;
        if (strict && (uniquenesses.Minimum() <= 0 || !IsPositiveDefinite(sigma)))
        {
            return false;
        }
        Matrix<double> inverse = sigma.Inverse();
        objective = -Rows / 2 * (Math.Log(sigma.Determinant()) + (inverse * _covariance).Trace());

        Matrix<double> regression = inverse * loadings.Transpose();
        Matrix<double> residual = Matrix<double>.Build.DenseIdentity(4) - loadings * regression;
        Matrix<double> factors = regression.Transpose() * _covariance * regression + residual;
        Matrix<double> cross = regression.Transpose() * _covariance;
        Matrix<double> next = Matrix<double>.Build.Dense(4, 9);
        Vector<double> nextUniquenesses = uniquenesses.Clone();
        for (int variable = 0; variable < 9; variable++)
        {
            int[] free = _free[variable < 4 ? 0 : 1];
            Matrix<double> block = Matrix<double>.Build.Dense(3, 3, (i, j) => factors[free[i], free[j]]);
            Vector<double> right = Vector<double>.Build.Dense(3, i => cross[free[i], variable]);
            Vector<double> solution = block.Solve(right);
            for (int i = 0; i < 3; i++)
            {
                next[free[i], variable] = solution[i];
            }
            nextUniquenesses[variable] = _covariance[variable, variable] - right * solution;
        }
        if (ecme)
        {
            nextUniquenesses = NewtonUniquenesses(next, uniquenesses);
        }
        next.AsColumnMajorArray().CopyTo(image);
        nextUniquenesses.ToArray().CopyTo(image[36..]);
        return true;
    }

    /// <summary>The pass with ∂L/∂Σ = −(n/2)(Σ⁻¹ − Σ⁻¹SΣ⁻¹) carried on to loadings, 0 where they are fixed, and uniquenesses.</summary>
    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, Span<double> gradient, out double objective)
    {
        if (!TryPass(point, image, out objective))
        {
            return false;
        }
        Matrix<double> loadings = Matrix<double>.Build.DenseOfColumnMajor(4, 9, point[..36].ToArray());
        Matrix<double> inverse = Implied(loadings, Vector<double>.Build.DenseOfArray(point[36..].ToArray())).Inverse();
        Matrix<double> slope = -Rows / 2 * (inverse - inverse * _covariance * inverse);
        Matrix<double> byLoading = 2 * loadings * slope;
        gradient.Clear();
        for (int variable = 0; variable < 9; variable++)
        {
            foreach (int factor in _free[variable < 4 ? 0 : 1])
            {
                gradient[4 * variable + factor] = byLoading[factor, variable];
            }
            gradient[36 + variable] = slope[variable, variable];
        }
        return true;
    }

    private static Vector<double> NewtonUniquenesses(Matrix<double> loadings, Vector<double> uniquenesses)
    {
        Matrix<double> a = Implied(loadings, uniquenesses).Inverse();
        Matrix<double> b = a * (Rows * _covariance) * a;
        Vector<double> gradient = -uniquenesses.PointwiseMultiply(Rows * a.Diagonal() - b.Diagonal()) / 2;
        Matrix<double> hessian = (0.5 * uniquenesses.OuterProduct(uniquenesses)).PointwiseMultiply(a.PointwiseMultiply(Rows * a - 2 * b));
        hessian.SetDiagonal(hessian.Diagonal() + gradient);
        return (uniquenesses.PointwiseLog() - hessian.Solve(gradient)).PointwiseExp();
    }

    private static Matrix<double> Implied(Matrix<double> loadings, Vector<double> uniquenesses) =>
        Matrix<double>.Build.DenseOfDiagonalVector(uniquenesses) + loadings.Transpose() * loadings;

    private static bool IsPositiveDefinite(Matrix<double> sigma)
    {
        try
        {
            sigma.Cholesky();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Matrix<double> Symmetric(params double[] upperByColumn)
    {
        Matrix<double> result = Matrix<double>.Build.DenseIdentity(9);
        int next = 0;
        for (int column = 1; column < 9; column++)
        {
            for (int row = 0; row < column; row++)
            {
                result[row, column] = result[column, row] = upperByColumn[next++];
            }
        }
        return result;
    }
}
