using System.Collections.Immutable;
using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>What a uniform noise component spreads over.</summary>
public enum NoiseVolume
{
    /// <summary>The smaller of the other two, as mclust's <c>hypvol</c> has it.</summary>
    Smaller,

    /// <summary>The box of the columns' ranges.</summary>
    BoundingBox,

    /// <summary>The box of the ranges along the principal axes.</summary>
    PrincipalBox,
}

/// <summary>
/// Noise: a constant density 1/V for rows that belong to no component [BanfieldRaftery1993]. With missing cells it is that of the observed ones, one over the product of their columns' ranges.
/// </summary>
/// <remarks>The density does not end at the box: a new row outside it has the same.</remarks>
public sealed class UniformNoise
{
    private readonly double[] _logSides;

    /// <summary>Noise over a box.</summary>
    /// <param name="logVolume">log V, in natural units of the columns.</param>
    /// <param name="lower">The least value of each column.</param>
    /// <param name="upper">The largest value of each column.</param>
    /// <exception cref="ArgumentException">The volume is not finite, or a column has no extent.</exception>
    public UniformNoise(double logVolume, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper)
    {
        if (!double.IsFinite(logVolume) || lower.IsEmpty || lower.Length != upper.Length)
        {
            throw new ArgumentException($"Expected a finite log-volume and as many lower as upper bounds, found {logVolume:R}, {lower.Length} and {upper.Length}.", nameof(logVolume));
        }
        for (int column = 0; column < lower.Length; column++)
        {
            if (!(upper[column] - lower[column] > 0) || !double.IsFinite(upper[column] - lower[column]))
            {
                throw new ArgumentException($"Expected columns that vary for a noise component, found column {column + 1} from {lower[column]:R} to {upper[column]:R}. Leave the column out.", nameof(lower));
            }
        }
        LogVolume = logVolume;
        _logSides = new double[lower.Length];
        for (int column = 0; column < lower.Length; column++)
        {
            _logSides[column] = Elementary.Log(upper[column] - lower[column]);
        }
        Lower = ImmutableArray.Create(lower);
        Upper = ImmutableArray.Create(upper);
    }

    /// <summary>log V.</summary>
    public double LogVolume { get; }

    /// <summary>The least value of each column.</summary>
    public ImmutableArray<double> Lower { get; }

    /// <summary>The largest value of each column.</summary>
    public ImmutableArray<double> Upper { get; }

    /// <summary>The noise over the hull of rows of positive weight.</summary>
    /// <param name="rows">The rows. With missing cells the box of the columns' ranges is taken, whatever is asked for.</param>
    /// <param name="volume">Which box.</param>
    /// <exception cref="ArgumentException">A column does not vary.</exception>
    public static UniformNoise Of(IRowSource rows, NoiseVolume volume = NoiseVolume.Smaller)
    {
        ArgumentNullException.ThrowIfNull(rows);
        int columns = rows.Columns;
        (double[] lower, double[] upper) = Ranges(rows, Identity(columns), columns);
        UniformNoise box = new(LogSides(lower, upper), lower, upper);
        if (volume == NoiseVolume.BoundingBox || columns == 1 || rows.MissingCells > 0)
        {
            return box;
        }
        (double[] least, double[] most) = Ranges(rows, PrincipalAxes(rows), columns);
        double principal = LogSides(least, most);
        return volume == NoiseVolume.PrincipalBox || principal < box.LogVolume ? new UniformNoise(principal, lower, upper) : box;
    }

    /// <summary>The same box with a volume of one's own.</summary>
    /// <param name="volume">V, positive and finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public UniformNoise WithVolume(double volume) => volume > 0 && double.IsFinite(volume)
        ? new UniformNoise(Elementary.Log(volume), Lower.AsSpan(), Upper.AsSpan())
        : throw new ArgumentOutOfRangeException(nameof(volume), volume, "Expected a positive finite volume.");

    /// <summary>The noise of some columns alone, in the order given, over the box of their ranges.</summary>
    /// <param name="columns">The columns.</param>
    public UniformNoise Marginal(params ReadOnlySpan<int> columns)
    {
        double[] lower = new double[columns.Length];
        double[] upper = new double[columns.Length];
        for (int i = 0; i < columns.Length; i++)
        {
            (lower[i], upper[i]) = (Lower[columns[i]], Upper[columns[i]]);
        }
        return new UniformNoise(LogSides(lower, upper), lower, upper);
    }

    /// <summary>The log-density of every row of a tile, in nats.</summary>
    internal void LogDensity(RowTile tile, Span<double> logDensity)
    {
        logDensity.Fill(-LogVolume);
        for (int column = 0; column < tile.Columns; column++)
        {
            ReadOnlySpan<double> values = tile.Column(column);
            for (int row = 0; row < values.Length; row++)
            {
                logDensity[row] += double.IsNaN(values[row]) ? _logSides[column] : 0;
            }
        }
    }

    /// <summary>Draws a row uniformly from the box of the columns' ranges.</summary>
    internal void Sample(RandomGenerator random, Span<double> row)
    {
        for (int column = 0; column < row.Length; column++)
        {
            row[column] = Lower[column] + (Upper[column] - Lower[column]) * random.NextDouble();
        }
    }

    private static double LogSides(double[] lower, double[] upper)
    {
        double sum = 0;
        for (int column = 0; column < lower.Length; column++)
        {
            sum += Elementary.Log(upper[column] - lower[column]);
        }
        return sum;
    }

    private static double[] Identity(int columns)
    {
        double[] axes = new double[columns * columns];
        for (int column = 0; column < columns; column++)
        {
            axes[column * columns + column] = 1;
        }
        return axes;
    }

    /// <summary>The range of the rows along each axis, the columns of a matrix; cells that are missing count for none.</summary>
    private static (double[] Lower, double[] Upper) Ranges(IRowSource rows, double[] axes, int columns)
    {
        double[] lower = new double[columns];
        double[] upper = new double[columns];
        Array.Fill(lower, double.PositiveInfinity);
        Array.Fill(upper, double.NegativeInfinity);
        bool turned = columns > 1 && axes.AsSpan().IndexOfAnyExcept(0.0, 1.0) >= 0;
        double[] cells = new double[columns];
        Visit(rows, cells, _ =>
        {
            for (int axis = 0; axis < columns; axis++)
            {
                double value = turned ? 0 : cells[axis];
                for (int column = 0; column < columns && turned; column++)
                {
                    value = Math.FusedMultiplyAdd(cells[column], axes[column * columns + axis], value);
                }
                lower[axis] = value < lower[axis] ? value : lower[axis];
                upper[axis] = value > upper[axis] ? value : upper[axis];
            }
        });
        return (lower, upper);
    }

    /// <summary>Eigenvectors of the covariance of all rows, in columns. Row weights play no part, as in mclust.</summary>
    private static double[] PrincipalAxes(IRowSource rows)
    {
        int columns = rows.Columns;
        double[] mean = new double[columns];
        double[] scatter = new double[columns * columns];
        double[] cells = new double[columns];
        long count = 0;
        Visit(rows, cells, _ =>
        {
            count++;
            for (int i = 0; i < columns; i++)
            {
                mean[i] += cells[i];
            }
        });
        for (int i = 0; i < columns; i++)
        {
            mean[i] /= count;
        }
        Visit(rows, cells, _ =>
        {
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    scatter[i * columns + j] = Math.FusedMultiplyAdd(cells[i] - mean[i], (cells[j] - mean[j]) / count, scatter[i * columns + j]);
                    scatter[j * columns + i] = scatter[i * columns + j];
                }
            }
        });
        return SymmetricEigen.Decompose(scatter, columns).Vectors;
    }

    private static void Visit(IRowSource rows, double[] cells, Action<long> visit)
    {
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                if (chunk.Weights.IsEmpty || chunk.Weights[row] > 0)
                {
                    chunk.CopyRow(row, cells);
                    visit(chunk.FirstRow + row);
                }
            }
        }
    }
}
