using System.Numerics.Tensors;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Data;

public abstract partial class RowSource
{
    /// <summary>Rows of a two-dimensional array, copied; columns x1, x2, ….</summary>
    /// <exception cref="ArgumentException">There is no column, or a cell is infinite.</exception>
    public static RowSource From(double[,] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        return From(new ReadOnlyTensorSpan<double>(rows));
    }

    /// <summary>Rows of equal length, copied; columns x1, x2, ….</summary>
    /// <exception cref="ArgumentException">There is no row (so no number of columns), rows differ in length, or a cell is infinite.</exception>
    public static RowSource From(double[][] rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        if (rows.Length == 0)
        {
            throw new ArgumentException("Expected at least one row, found none; an empty table with columns is From(new double[0, columns]).", nameof(rows));
        }
        RowBuilder builder = Builder(rows[0]?.Length ?? 0);
        for (int row = 0; row < rows.Length; row++)
        {
            if (rows[row]?.Length != builder.Columns)
            {
                throw new ArgumentException(
                    $"Expected rows of {builder.Columns} values like the first, found {rows[row]?.Length.ToString() ?? "null"} at row index {row}.", nameof(rows));
            }
            builder.Add(rows[row]);
        }
        return builder.ToRows(Schema.Numbered(builder.Columns));
    }

    /// <summary>Row-major values; columns x1, x2, …. The array is not copied: do not change it afterwards.</summary>
    /// <inheritdoc cref="From(ReadOnlyMemory{double}, int)"/>
    public static RowSource From(double[] values, int columns = 1)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From((ReadOnlyMemory<double>)values, columns);
    }

    /// <summary>Row-major values; columns x1, x2, …. The memory is not copied: do not change it afterwards.</summary>
    /// <param name="values">Rows × <paramref name="columns"/> values.</param>
    /// <param name="columns">Values per row.</param>
    /// <exception cref="ArgumentException">The number of values is no multiple of the columns, or a cell is infinite.</exception>
    public static RowSource From(ReadOnlyMemory<double> values, int columns) =>
        new MemoryRows(Schema.Numbered(columns), new RowChunk(values, columns)).Checked();

    /// <summary>Row-major float32 values, kept as such; columns x1, x2, …. The array is not copied: do not change it afterwards.</summary>
    /// <inheritdoc cref="From(ReadOnlyMemory{double}, int)"/>
    public static RowSource From(float[] values, int columns = 1)
    {
        ArgumentNullException.ThrowIfNull(values);
        return From((ReadOnlyMemory<float>)values, columns);
    }

    /// <summary>Row-major float32 values, kept as such; columns x1, x2, …. The memory is not copied: do not change it afterwards.</summary>
    /// <inheritdoc cref="From(ReadOnlyMemory{double}, int)"/>
    public static RowSource From(ReadOnlyMemory<float> values, int columns) =>
        new MemoryRows(Schema.Numbered(columns), new RowChunk(values, columns)).Checked();

    /// <summary>A tensor of rows × columns, or of one dimension (one column), copied; columns x1, x2, ….</summary>
    /// <exception cref="ArgumentException">The tensor has another number of dimensions, no column, or an infinite cell.</exception>
    public static RowSource From(in ReadOnlyTensorSpan<double> tensor)
    {
        if (tensor.Rank is not (1 or 2))
        {
            throw new ArgumentException($"Expected a tensor of 1 or 2 dimensions, found {tensor.Rank}.", nameof(tensor));
        }
        int rows = checked((int)tensor.Lengths[0]);
        RowBuilder builder = Builder(tensor.Rank == 1 ? 1 : checked((int)tensor.Lengths[1]));
        Span<nint> at = stackalloc nint[tensor.Rank];
        for (int row = 0; row < rows; row++)
        {
            Span<double> target = builder.Add();
            at[0] = row;
            for (int column = 0; column < target.Length; column++)
            {
                at[^1] = tensor.Rank == 1 ? row : column;
                target[column] = tensor[at];
            }
        }
        return builder.ToRows(Schema.Numbered(builder.Columns));
    }

    /// <inheritdoc cref="From(in ReadOnlyTensorSpan{double})"/>
    public static RowSource From(Tensor<double> tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return From(tensor.AsReadOnlyTensorSpan());
    }

    /// <summary>The rows of a Math.NET matrix, copied; columns x1, x2, ….</summary>
    /// <exception cref="ArgumentException">A cell is infinite.</exception>
    public static RowSource From(Matrix<double> matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        RowBuilder builder = Builder(matrix.ColumnCount);
        for (int row = 0; row < matrix.RowCount; row++)
        {
            Span<double> target = builder.Add();
            for (int column = 0; column < target.Length; column++)
            {
                target[column] = matrix.At(row, column);
            }
        }
        return builder.ToRows(Schema.Numbered(builder.Columns));
    }

    /// <summary>One row per item and one column per selector, which gives NaN for a missing cell.</summary>
    /// <example><code>RowSource.From(people, ("age", p => p.Age), ("height", p => p.Height ?? double.NaN))</code></example>
    /// <exception cref="ArgumentException">There is no selector, a name is blank or appears twice, or a cell is infinite.</exception>
    public static RowSource From<T>(IEnumerable<T> items, params (string Name, Func<T, double> Value)[] selectors)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(selectors);
        var schema = Schema.Numeric(selectors.Select(selector => selector.Name));
        var builder = new RowBuilder(schema.Count);
        foreach (T item in items)
        {
            Span<double> target = builder.Add();
            for (int column = 0; column < target.Length; column++)
            {
                target[column] = selectors[column].Value(item);
            }
        }
        return builder.ToRows(schema);
    }

    /// <inheritdoc cref="From(double[,])"/>
    public static implicit operator RowSource(double[,] rows) => From(rows);

    /// <inheritdoc cref="From(double[][])"/>
    public static implicit operator RowSource(double[][] rows) => From(rows);

    /// <summary>One column of values. The array is not copied: do not change it afterwards.</summary>
    /// <exception cref="ArgumentException">A cell is infinite.</exception>
    public static implicit operator RowSource(double[] values) => From(values);

    /// <inheritdoc cref="From(Matrix{double})"/>
    public static implicit operator RowSource(Matrix<double> matrix) => From(matrix);

    /// <inheritdoc cref="From(Tensor{double})"/>
    public static implicit operator RowSource(Tensor<double> tensor) => From(tensor);

    internal static RowSource FromBlocks(RowChunk[] blocks, Schema schema)
    {
        RowSource rows = new MemoryRows(schema, blocks).Checked();
        for (int column = 0; column < schema.Count; column++)
        {
            if (schema[column].Kind == ColumnKind.Categorical)
            {
                rows.CheckCodes(column);
            }
        }
        return rows;
    }

    private static RowBuilder Builder(int columns) => columns > 0
        ? new RowBuilder(columns)
        : throw new ArgumentException("Expected at least one column, found none.");
}
