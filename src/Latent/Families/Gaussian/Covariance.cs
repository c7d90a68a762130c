using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>A positive definite covariance matrix Σ with what follows from it. Immutable; components may share one.</summary>
public sealed partial class Covariance
{
    private readonly double[] _lower;
    private readonly double[] _whitening;
    private readonly double[] _matrix;

    private Covariance(double[] lower, double[] matrix, int dimension, bool floorActive)
    {
        Dimension = dimension;
        _lower = lower;
        _matrix = matrix;
        _whitening = Cholesky.InvertLower(lower, dimension);
        Packed = WhiteningKernel.Pack(_whitening, dimension);
        FloorActive = floorActive;
        double logDeterminant = 0;
        for (int i = 0; i < dimension; i++)
        {
            logDeterminant += 2 * Elementary.Log(lower[i * dimension + i]);
        }
        LogDeterminant = logDeterminant;
        if (!double.IsFinite(logDeterminant) || Array.Exists(_whitening, value => !double.IsFinite(value)))
        {
            throw new NumericalException("Expected a covariance whose inverse can be represented, found one that over- or underflows. Rescale the data.");
        }
    }

    // Pivots below this part of the largest are rounding. Under a floor they are raised all the same; without one their errors would be those of the density.
    internal const double Resolved = 1e-14;
    internal const double Trusted = 1e-11;

    // What a matrix read from coordinates may lie below the bound, relatively: by rounding, and where raising it is harmless.
    private const double Rounded = 1e-9;
    private const double NearBound = 1e-3;

    /// <summary>d.</summary>
    public int Dimension { get; }

    /// <summary>Σ, row-major d × d.</summary>
    public ReadOnlySpan<double> Matrix => _matrix;

    /// <summary>The Cholesky factor L, Σ = L·Lᵀ: lower triangular, row-major d × d.</summary>
    public ReadOnlySpan<double> Lower => _lower;

    /// <summary>W = L⁻¹: lower triangular, row-major d × d. W(x − μ) has unit covariance.</summary>
    public ReadOnlySpan<double> Whitening => _whitening;

    /// <summary>log |Σ|.</summary>
    public double LogDeterminant { get; }

    /// <summary>The log-density at the mean: −½(d·log 2π + log |Σ|), in nats.</summary>
    public double LogNormalizer => GaussianConstants.LogNormalizer(Dimension, LogDeterminant);

    /// <summary>Whether a <see cref="CovarianceFloor"/> holds the matrix away from a singular one.</summary>
    public bool FloorActive { get; }

    /// <summary>W as the kernel reads it.</summary>
    internal double[] Packed { get; }

    /// <summary>Σ⁻¹, made when first asked for.</summary>
    internal Precision Precision => field ??= Precision.Of(this);

    /// <summary>A covariance from its matrix.</summary>
    /// <param name="matrix">Σ, row-major d × d, symmetric and positive definite.</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="ArgumentException">The matrix has another size, is not symmetric (to 1e-8 of its diagonal) or not positive definite.</exception>
    public static Covariance FromMatrix(ReadOnlySpan<double> matrix, int dimension)
    {
        CheckMatrix(matrix, dimension);
        double[] lower = matrix.ToArray();
        if (!Cholesky.Factor(lower, dimension))
        {
            throw new ArgumentException("Expected a positive definite covariance, found one that is singular or indefinite.", nameof(matrix));
        }
        return new Covariance(lower, matrix.ToArray(), dimension, floorActive: false);
    }

    /// <summary>A diagonal covariance.</summary>
    /// <exception cref="ArgumentException">A variance is not positive and finite.</exception>
    public static Covariance FromVariances(ReadOnlySpan<double> variances)
    {
        GaussianConstants.CheckVariances(variances);
        int dimension = variances.Length;
        double[] matrix = new double[dimension * dimension];
        double[] lower = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            matrix[i * dimension + i] = variances[i];
            lower[i * dimension + i] = Math.Sqrt(variances[i]);
        }
        return new Covariance(lower, matrix, dimension, floorActive: false);
    }

    /// <summary>L·Lᵀ, or null where it over- or underflows, or lies past the floor by more than rounding.</summary>
    /// <param name="lower">L, row-major d × d, with a positive diagonal; kept.</param>
    /// <param name="dimension">d.</param>
    /// <param name="floor">The bound.</param>
    /// <param name="free">Whether no other covariance has a share in this one, so that a matrix a thousandth below the bound may be raised to it.</param>
    internal static Covariance? TryFromLower(double[] lower, int dimension, CovarianceFloor floor, bool free = true)
    {
        double[] matrix = Cholesky.Square(lower, dimension);
        for (int i = 0; i < dimension; i++)
        {
            double variance = matrix[i * dimension + i];
            if (!(variance > 0) || !double.IsFinite(variance) || !(lower[i * dimension + i] > 0))
            {
                return null;
            }
        }
        double[] whitening = Cholesky.InvertLower(lower, dimension);
        if (Array.Exists(whitening, value => !double.IsFinite(value)))
        {
            return null;
        }
        if (!floor.IsActive || floor.Clears(whitening, dimension))
        {
            return new Covariance(lower, matrix, dimension, floorActive: false);
        }
        (double[] values, double[] axes) = FactorSpectrum.Decompose(floor.InUnits(lower, dimension), dimension);
        double share = values[0] / floor.Epsilon;
        if (share >= (free ? 1 : 1 - Rounded))
        {
            return new Covariance(lower, matrix, dimension, floor.Holds(values[0]));
        }
        if (!free || !(share >= 1 - NearBound))
        {
            return null;
        }
        floor.Raise(values);
        return FromUnitAxes(axes, values, floor);
    }

    /// <summary>
    /// The maximum-likelihood covariance L·C·Lᵀ under a floor, from the covariance C of whitened deviations.
    /// </summary>
    /// <param name="current">The covariance that whitened.</param>
    /// <param name="whitened">C, row-major d × d; its lower triangle is read.</param>
    /// <param name="floor">The bound.</param>
    /// <exception cref="NumericalException">C is singular and there is no floor, or it is not finite.</exception>
    internal static Covariance FromWhitened(Covariance current, double[] whitened, CovarianceFloor floor)
    {
        int dimension = current.Dimension;
        double[] factor = [.. whitened];
        if (Cholesky.Factor(factor, dimension, tolerance: floor.IsActive ? Resolved : Trusted))
        {
            double[] lower = Cholesky.MultiplyLower(current._lower, factor, dimension);
            Covariance covariance = new(lower, Cholesky.Square(lower, dimension), dimension, floorActive: false);
            if (!floor.IsActive || floor.Clears(covariance._whitening, dimension))
            {
                return covariance;
            }
        }
        else if (!floor.IsActive)
        {
            throw Collapsed();
        }
        return Raised(current.FactorOf(whitened), dimension, floor);
    }

    /// <summary>A covariance from its matrix, already under whatever bound there is.</summary>
    /// <exception cref="NumericalException">The matrix is singular to rounding, or not finite.</exception>
    internal static Covariance FromBounded(double[] matrix, int dimension, bool floorActive)
    {
        double[] lower = [.. matrix];
        if (Array.Exists(matrix, value => !double.IsFinite(value)) || !Cholesky.Factor(lower, dimension))
        {
            throw new NumericalException("Expected a positive definite covariance, found one that is singular or overflows. Use a CovarianceFloor, or a smaller ratio of eigenvalues.");
        }
        return new Covariance(lower, matrix, dimension, floorActive);
    }

    internal static NumericalException Collapsed() =>
        new("Expected a positive definite covariance, found a component that has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");

    /// <summary>F·Fᵀ with the eigenvalues raised that lie below the floor, from the factor, in which the smallest keep their digits.</summary>
    private static Covariance Raised(double[] factor, int dimension, CovarianceFloor floor)
    {
        (double[] values, double[] axes) = FactorSpectrum.Decompose(floor.InUnits(factor, dimension), dimension);
        floor.Raise(values);
        return FromUnitAxes(axes, values, floor);
    }

    /// <summary>L·C·Lᵀ, C given by its lower triangle.</summary>
    private static double[] Congruence(double[] lower, double[] symmetric, int dimension)
    {
        double[] half = new double[dimension * dimension];
        double[] result = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < dimension; j++)
            {
                double sum = 0;
                for (int k = 0; k <= i; k++)
                {
                    sum += lower[i * dimension + k] * symmetric[Math.Max(k, j) * dimension + Math.Min(k, j)];
                }
                half[i * dimension + j] = sum;
            }
        }
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k <= j; k++)
                {
                    sum += half[i * dimension + k] * lower[j * dimension + k];
                }
                result[i * dimension + j] = result[j * dimension + i] = sum;
            }
        }
        return result;
    }

    private static void CheckMatrix(ReadOnlySpan<double> matrix, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimension);
        if (matrix.Length != dimension * dimension)
        {
            throw new ArgumentException($"Expected {dimension} × {dimension} values, found {matrix.Length}.", nameof(matrix));
        }
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j < i; j++)
            {
                (double below, double above) = (matrix[i * dimension + j], matrix[j * dimension + i]);
                double scale = Math.Sqrt(Math.Abs(matrix[i * dimension + i])) * Math.Sqrt(Math.Abs(matrix[j * dimension + j]));
                if (!(Math.Abs(below - above) <= 1e-8 * scale))
                {
                    throw new ArgumentException($"Expected a symmetric matrix, found {below} at ({i}, {j}) and {above} at ({j}, {i}).", nameof(matrix));
                }
            }
        }
    }
}
