using Latent.Data;
using Latent.Numerics;

namespace Latent.Families;

/// <content>Covariances along axes, and what they say of missing cells.</content>
public sealed partial class Covariance
{
    /// <summary>Numbers that remembered frames may hold together, in units of Σ.</summary>
    private const int MostFrameCells = 1 << 20;

    [NotSaved]
    private PatternMemory<MissingFrame>? _frames;

    /// <summary>What Σ says of a pattern of missing cells. The first few thousand patterns are remembered; a frame depends on Σ and the pattern alone.</summary>
    internal MissingFrame FrameOf(MissingCells missing) =>
        (_frames ??= new(MostFrameCells / (Dimension * Dimension))).Of(missing, this, static (covariance, cells) => MissingFrame.Of(covariance, cells));

    /// <summary>Axes along which the covariance was estimated, row-major, the columns unit vectors; null where no structure asked for them.</summary>
    internal double[]? Axes { get; private init; }

    /// <summary>The axes from which a run counts the turn of <see cref="Axes"/>; null where turns are not counted.</summary>
    internal double[]? Origin { get; private init; }

    /// <summary>The maximum-likelihood covariance under a floor, from a factor of the covariance of the rows.</summary>
    /// <param name="factor">F, the rows' covariance being F·Fᵀ: row-major d × m.</param>
    /// <param name="dimension">d.</param>
    /// <param name="floor">The bound.</param>
    /// <exception cref="NumericalException">The product is singular and there is no floor, or it is not finite.</exception>
    internal static Covariance FromFactor(double[] factor, int dimension, CovarianceFloor floor)
    {
        RequireFinite(factor);
        double[] lower = Cholesky.LowerOf([.. factor], dimension);
        if (IsResolved(lower, dimension, floor))
        {
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
        return Raised(factor, dimension, floor);
    }

    /// <summary>Whether the rows of a factor are independent by more than rounding.</summary>
    internal static bool AreIndependent(double[] factor, int dimension) => IsResolved(Cholesky.LowerOf([.. factor], dimension), dimension, CovarianceFloor.None);

    private static bool IsResolved(double[] lower, int dimension, CovarianceFloor floor)
    {
        double least = floor.IsActive ? Resolved : Trusted;
        double[] squares = SquareMatrix.RowSquares(lower, dimension);
        for (int j = 0; j < dimension; j++)
        {
            if (!(lower[j * dimension + j] * lower[j * dimension + j] > least * squares[j]))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The covariance times a number.</summary>
    /// <param name="factor">Positive.</param>
    /// <param name="held">Whether a floor then holds it.</param>
    internal Covariance Times(double factor, bool held)
    {
        double root = Math.Sqrt(factor);
        return new Covariance([.. _lower.Select(value => root * value)], [.. _matrix.Select(value => factor * value)], Dimension, held);
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

    /// <summary>
    /// U·D·diag(s)·Dᵀ·U with U the columns' units: axes and eigenvalues as they are in these units. From a factor and not from the matrix, whose rounding would change the volume where eigenvalues span
    /// many digits.
    /// </summary>
    /// <param name="axes">D, row-major, its columns orthonormal.</param>
    /// <param name="values">s, none below the bound.</param>
    /// <param name="floor">The bound, and the units.</param>
    /// <exception cref="NumericalException">A value is too small beside another to be told from zero.</exception>
    internal static Covariance FromUnitAxes(double[] axes, double[] values, CovarianceFloor floor)
    {
        int dimension = values.Length;
        double[] factor = new double[dimension * dimension];
        for (int cell = 0; cell < factor.Length; cell++)
        {
            factor[cell] = floor.Unit(cell / dimension) * axes[cell] * Math.Sqrt(values[cell % dimension]);
        }
        double[] matrix = SquareMatrix.Multiply(factor, SquareMatrix.Transpose(factor, dimension), dimension);
        double[] lower = Cholesky.LowerOf(factor, dimension);
        for (int j = 0; j < dimension; j++)
        {
            if (!(lower[j * dimension + j] > 0) || !double.IsFinite(1 / lower[j * dimension + j]))
            {
                throw Collapsed();
            }
        }
        return new Covariance(lower, matrix, dimension, Array.Exists(values, floor.Holds));
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

    /// <summary>F with F·Fᵀ = L·C·Lᵀ, C given by its lower triangle: a scatter of whitened deviations in the units of the data, its least eigenvalues to all digits.</summary>
    /// <exception cref="NumericalException">It is not finite.</exception>
    internal double[] FactorOf(double[] symmetric) =>
        RequireFinite(SquareMatrix.Multiply(_lower, Cholesky.Root(symmetric, Dimension, Resolved), Dimension));

    /// <summary>(DᵀΣD)ⱼⱼ: the variances along axes.</summary>
    internal double[] AlongAxes(double[] axes) => SquareMatrix.RowSquares(SquareMatrix.TransposeMultiply(axes, _lower, Dimension), Dimension);

    private static double[] RequireFinite(double[] factor) => Array.TrueForAll(factor, double.IsFinite)
        ? factor
        : throw new NumericalException("Expected finite moments, found a covariance that overflows. Rescale the data.");
}
