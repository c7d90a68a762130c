using System.Collections.Concurrent;
using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>A positive definite covariance matrix Σ with what follows from it. Immutable; components may share one.</summary>
public sealed class Covariance
{
    private readonly double[] _lower;
    private readonly double[] _whitening;
    private readonly double[] _matrix;
    private ConcurrentDictionary<MissingCells, MissingFrame>? _frames;
    private int _frameCount;

    /// <summary>Numbers that remembered frames may hold together, in units of Σ.</summary>
    private const int MostFrameCells = 1 << 20;

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

    /// <summary>What Σ says of a pattern of missing cells. The first few thousand patterns are remembered; a frame depends on Σ and the pattern alone.</summary>
    internal MissingFrame FrameOf(MissingCells missing)
    {
        ConcurrentDictionary<MissingCells, MissingFrame> frames = _frames ??= new ConcurrentDictionary<MissingCells, MissingFrame>();
        if (frames.TryGetValue(missing, out MissingFrame? known))
        {
            return known;
        }
        MissingFrame frame = MissingFrame.Of(this, missing);
        // An exact count would cost a lock, and only memory depends on it.
        if (_frameCount < MostFrameCells / (Dimension * Dimension))
        {
            _frameCount++;
            frames.TryAdd(missing, frame);
        }
        return frame;
    }

    /// <summary>Axes along which the covariance was estimated, row-major, the columns unit vectors; null where no structure asked for them.</summary>
    internal double[]? Axes { get; private init; }

    /// <summary>The axes from which a run counts the turn of <see cref="Axes"/>; null where turns are not counted.</summary>
    internal double[]? Origin { get; private init; }

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
    internal static Covariance? TryFromLower(double[] lower, int dimension, CovarianceFloor floor)
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
        double[] raised = [.. matrix];
        if (!floor.Raise(raised, dimension, out bool bound))
        {
            return new Covariance(lower, matrix, dimension, bound);
        }
        return floor.Agree(matrix, raised, dimension) && Cholesky.Factor(lower = [.. raised], dimension)
            ? new Covariance(lower, raised, dimension, floorActive: true)
            : null;
    }

    /// <summary>
    /// The maximum-likelihood covariance L·C·Lᵀ under a floor, from the covariance C of whitened deviations.
    /// </summary>
    /// <param name="current">The covariance that whitened.</param>
    /// <param name="whitened">C, row-major d × d; its lower triangle is read, and destroyed.</param>
    /// <param name="floor">The bound.</param>
    /// <exception cref="NumericalException">C is singular and there is no floor, or it is not finite.</exception>
    internal static Covariance FromWhitened(Covariance current, double[] whitened, CovarianceFloor floor)
    {
        int dimension = current.Dimension;
        double[] factor = [.. whitened];
        if (Cholesky.Factor(factor, dimension, tolerance: 1e-14))
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
        return Raised(current, whitened, floor);
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

    /// <summary>The maximum-likelihood covariance under a floor, from the covariance of the rows.</summary>
    /// <param name="matrix">Row-major d × d, both triangles; kept.</param>
    /// <param name="dimension">d.</param>
    /// <param name="floor">The bound.</param>
    /// <exception cref="NumericalException">The matrix is singular and there is no floor, or it is not finite.</exception>
    internal static Covariance FromScatter(double[] matrix, int dimension, CovarianceFloor floor)
    {
        double[] lower = [.. matrix];
        if (Cholesky.Factor(lower, dimension, tolerance: 1e-14))
        {
            Covariance covariance = new(lower, matrix, dimension, floorActive: false);
            if (!floor.IsActive || floor.Clears(covariance._whitening, dimension))
            {
                return covariance;
            }
        }
        else if (!floor.IsActive)
        {
            throw Collapsed();
        }
        return Raised(matrix, dimension, floor);
    }

    /// <summary>D·diag(s)·Dᵀ.</summary>
    /// <param name="axes">D, row-major, its columns orthonormal; kept.</param>
    /// <param name="values">s.</param>
    /// <param name="least">The bound of each value, zeros for none.</param>
    /// <param name="origin">Where the turn is counted from.</param>
    /// <exception cref="NumericalException">A value is too small beside another to be told from zero.</exception>
    internal static Covariance FromAxes(double[] axes, double[] values, double[] least, double[]? origin = null) => TryFromAxes(axes, values, least, origin) ?? throw Collapsed();

    /// <summary>As <see cref="FromAxes"/>, but null where it throws.</summary>
    internal static Covariance? TryFromAxes(double[] axes, double[] values, double[] least, double[]? origin = null)
    {
        int dimension = values.Length;
        double[] factor = new double[dimension * dimension];
        for (int cell = 0; cell < factor.Length; cell++)
        {
            factor[cell] = axes[cell] * Math.Sqrt(values[cell % dimension]);
        }
        double[] lower = Cholesky.LowerOf(factor, dimension);
        double[] matrix = Assemble(axes, values);
        bool held = false;
        for (int j = 0; j < dimension; j++)
        {
            if (!(lower[j * dimension + j] > 0) || !double.IsFinite(1 / lower[j * dimension + j]))
            {
                return null;
            }
            held |= least[j] > 0 && values[j] <= least[j] * (1 + 1e-6);
        }
        return new Covariance(lower, matrix, dimension, held) { Axes = axes, Origin = origin };
    }

    /// <summary>D·diag(s)·Dᵀ as a matrix.</summary>
    internal static double[] Assemble(double[] axes, double[] values)
    {
        int dimension = values.Length;
        double[] matrix = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < dimension; k++)
                {
                    sum += axes[i * dimension + k] * values[k] * axes[j * dimension + k];
                }
                matrix[i * dimension + j] = matrix[j * dimension + i] = sum;
            }
        }
        return matrix;
    }

    /// <summary>L·C·Lᵀ, C given by its lower triangle: a scatter of whitened deviations in the units of the data.</summary>
    internal double[] Unwhitened(double[] symmetric) => Congruence(_lower, symmetric, Dimension);

    private static NumericalException Collapsed() =>
        new("Expected a positive definite covariance, found a component that has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");

    private static Covariance Raised(Covariance current, double[] whitened, CovarianceFloor floor) =>
        Raised(Congruence(current._lower, whitened, current.Dimension), current.Dimension, floor);

    private static Covariance Raised(double[] matrix, int dimension, CovarianceFloor floor)
    {
        if (Array.Exists(matrix, value => !double.IsFinite(value)))
        {
            throw new NumericalException("Expected finite moments, found a covariance that overflows. Rescale the data.");
        }
        floor.Raise(matrix, dimension, out bool bound);
        double[] lower = [.. matrix];
        if (!Cholesky.Factor(lower, dimension))
        {
            throw new NumericalException($"Expected a covariance floor that keeps matrices positive definite, found that {floor.Epsilon} is below rounding. Use a larger floor.");
        }
        return new Covariance(lower, matrix, dimension, bound);
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
