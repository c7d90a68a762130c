using System.Numerics.Tensors;
using Latent.Data;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Data;

public class RowSourceTests
{
    private static readonly double[,] _rectangle = { { 1, 2, 3 }, { 4, double.NaN, 6 } };

    private sealed record Person(double Age, double? Height, double Weight);

    public static TheoryData<string, RowSource> Origins() => new()
    {
        { "double[,]", RowSource.From(_rectangle) },
        { "double[][]", RowSource.From([[1, 2, 3], [4, double.NaN, 6]]) },
        { "double[]", RowSource.From([1, 2, 3, 4, double.NaN, 6], 3) },
        { "float[]", RowSource.From([1f, 2, 3, 4, float.NaN, 6], 3) },
        { "memory", RowSource.From(new double[] { 0, 1, 2, 3, 4, double.NaN, 6 }.AsMemory(1), 3) },
        { "tensor", RowSource.From(Tensor.Create<double>([1, 2, 3, 4, double.NaN, 6], [2, 3])) },
        { "matrix", RowSource.From(Matrix<double>.Build.DenseOfArray(_rectangle)) },
        { "items", RowSource.From([new Person(1, 2, 3), new Person(4, null, 6)], ("x1", p => p.Age), ("x2", p => p.Height ?? double.NaN), ("x3", p => p.Weight)) },
        { "implicit double[,]", _rectangle },
        { "implicit double[][]", new double[][] { [1, 2, 3], [4, double.NaN, 6] } },
        { "implicit matrix", Matrix<double>.Build.DenseOfArray(_rectangle) },
        { "picked", RowSource.From(new double[,] { { 3, 0, 2, 1 }, { 6, 0, double.NaN, 4 } }).Select("x4", "x3", "x1").WithNames("x1", "x2", "x3") },
    };

    [Theory]
    [MemberData(nameof(Origins))]
    public void Every_origin_gives_the_same_table(string origin, RowSource rows)
    {
        Assert.True(rows.Rows == 2 && rows.Columns == 3 && rows.ChunkCount == 1, origin);
        Assert.Equal(["x1", "x2", "x3"], rows.Schema.Names);
        Assert.Equal(1, rows.MissingCells);
        Assert.Equal([0L, 1, 0], rows.Summary.MissingIn);
        Assert.True(rows.HasMissing);
        Assert.False(rows.HasWeights);
        Assert.Equal(2, rows.TotalWeight);
        var row = new double[3];
        for (int index = 0; index < 2; index++)
        {
            rows.CopyRow(index, row);
            for (int column = 0; column < 3; column++)
            {
                Assert.Equal(_rectangle[index, column], row[column]);
                Assert.Equal(_rectangle[index, column], rows.GetChunk(0)[index, column]);
            }
        }
    }

    [Fact]
    public void A_transposed_tensor_is_read_through_its_strides()
    {
        Tensor<double> tensor = Tensor.Create<double>([1, 2, 3, 4, 5, 6], [2, 3]);
        RowSource rows = RowSource.From(Tensor.PermuteDimensions<double>(tensor, [1, 0]));
        Assert.Equal((3L, 2), (rows.Rows, rows.Columns));
        Assert.Equal([1, 4, 2, 5, 3, 6], rows.GetChunk(0).Values.ToArray());
        Assert.Equal([1, 2, 3], RowSource.From(Tensor.Create<double>([1, 2, 3], [3])).GetChunk(0).Values.ToArray());
        Assert.Throws<ArgumentException>(() => RowSource.From(Tensor.Create<double>([1, 2], [1, 1, 2])));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(12288)]
    [InlineData(12289)]
    public void Chunks_depend_on_the_number_of_rows_alone(int count)
    {
        double[] cells = [.. Enumerable.Range(0, count * 2).Select(cell => (double)cell)];
        var builder = new RowBuilder(2);
        for (int row = 0; row < count; row++)
        {
            builder.Add(cells.AsSpan(2 * row, 2));
        }
        foreach (RowSource rows in new[] { RowSource.From(cells, 2), builder.ToRows(Schema.Numbered(2)), RowSource.From([.. cells.Select(cell => (float)cell)], 2) })
        {
            Assert.Equal((count + 4095) / 4096, rows.ChunkCount);
            long next = 0;
            for (int index = 0; index < rows.ChunkCount; index++)
            {
                RowChunk chunk = rows.GetChunk(index);
                Assert.Equal(next, chunk.FirstRow);
                Assert.Equal(Math.Min(4096, count - next), chunk.Rows);
                for (int row = 0; row < chunk.Rows; row++, next++)
                {
                    Assert.True(chunk[row, 0] == 2 * next && chunk[row, 1] == 2 * next + 1);
                }
            }
            Assert.Equal(count, next);
            Assert.Throws<ArgumentOutOfRangeException>(() => rows.GetChunk(rows.ChunkCount));
            Assert.Throws<ArgumentOutOfRangeException>(() => rows.GetChunk(-1));
        }
    }

    [Fact]
    public void An_empty_table_is_valid()
    {
        RowSource rows = new double[0, 3];
        Assert.Equal((0L, 3, 0, 0.0, 0L), (rows.Rows, rows.Columns, rows.ChunkCount, rows.TotalWeight, rows.MissingCells));
        Assert.Equal(0, rows.WithWeights(default).TotalWeight);
        Assert.Equal(0, rows.Select("x2").Rows);
        Assert.Equal(0, rows.GetRows(0, 0).Rows);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_range_of_rows_can_be_asked_for(bool single)
    {
        const int Count = 10000;
        RowSource flat = single
            ? RowSource.From([.. Enumerable.Range(0, Count).Select(row => (float)row)])
            : RowSource.From([.. Enumerable.Range(0, Count).Select(row => (double)row)]);
        flat = flat.WithWeights(Enumerable.Range(0, Count).Select(row => row + 0.5).ToArray());
        RowSource blocks = RowSource.From(Enumerable.Range(0, Count), ("row", row => row), ("twice", row => 2.0 * row)).Select("row");
        foreach ((int first, int count) in new[] { (0, Count), (4090, 20), (4096, 4096), (4095, 4098), (9999, 1), (500, 0) })
        {
            RowChunk rows = flat.GetRows(first, count);
            Assert.Equal(single, rows.IsSingle);
            Assert.Equal(first, rows.FirstRow);
            Assert.Equal(count, rows.Rows);
            RowChunk copied = blocks.GetRows(first, count);
            for (int row = 0; row < count; row++)
            {
                Assert.True(rows[row, 0] == first + row && rows.Weights[row] == first + row + 0.5 && copied[row, 0] == first + row);
            }
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => flat.GetRows(Count - 1, 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => flat.CopyRow(Count, new double[1]));
    }

    [Fact]
    public void Weights_travel_with_their_rows_and_leave_the_original_alone()
    {
        RowSource plain = RowSource.From([.. Enumerable.Range(0, 5000).Select(row => (double)row)]);
        RowSource weighted = plain.WithWeights(Enumerable.Range(0, 5000).Select(row => row % 3.0).ToArray());
        Assert.False(plain.HasWeights);
        Assert.True(plain.GetChunk(1).Weights.IsEmpty);
        Assert.Equal(1, plain.Weight(7));
        Assert.Equal(4999, weighted.TotalWeight);
        Assert.Equal(4097 % 3, weighted.GetChunk(1).Weights[1]);
        Assert.Equal(2, weighted.Weight(5));
        Assert.Equal(2, weighted.Select("x1").WithNames("a").Weight(5));
        Assert.Equal(5000, weighted.WithoutWeights().TotalWeight);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_bad_weight_is_named(double bad)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => RowSource.From([1.0, 2, 3]).WithWeights(new[] { 1, 0, bad }));
        Assert.Contains($"found {bad} at index 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Wrong_shapes_are_named()
    {
        Message("Expected a multiple of 2 values, found 3", () => RowSource.From([1.0, 2, 3], 2));
        Message("Expected rows of 2 values like the first, found 1 at row index 1", () => RowSource.From([[1, 2], [3]]));
        Message("found null at row index 1", () => RowSource.From([[1, 2], null!]));
        Message("Expected at least one row", () => RowSource.From(Array.Empty<double[]>()));
        Message("Expected at least one column", () => RowSource.From(new double[3, 0]));
        Message("Expected at least one column", () => RowSource.From([1, 2], Array.Empty<(string, Func<int, double>)>()));
        Message("'a' twice", () => RowSource.From([1], ("a", x => x), ("a", x => x)));
        Message("Expected 3 weights, one per row, found 1", () => RowSource.From([1.0, 2, 3]).WithWeights(new double[1]));
        Message("Expected 1 names, one per column, found 2", () => RowSource.From([1.0]).WithNames("a", "b"));
        Message("Expected one of the columns x1, x2, found 'z'", () => RowSource.From([1.0, 2], 2).Select("z"));
        Message("'x1' twice", () => RowSource.From([1.0, 2], 2).Select("x1", "x1"));

        static void Message(string part, Func<RowSource> make) =>
            Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(make).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void An_infinite_cell_is_found_wherever_it_stands(double infinite)
    {
        for (int length = 1; length < 40; length++)
        {
            for (int at = 0; at < length; at++)
            {
                double[] cells = new double[length];
                cells[at] = infinite;
                cells[length - 1] = at == length - 1 ? infinite : double.NaN;
                Assert.Contains($"row index {at} ", Assert.Throws<ArgumentException>(() => RowSource.From(cells)).Message, StringComparison.Ordinal);
                Assert.Throws<ArgumentException>(() => RowSource.From([.. cells.Select(cell => (float)cell)]));
                cells[at] = double.NaN;
                Assert.Equal(at == length - 1 ? 1 : 2, RowSource.From(cells).MissingCells);
            }
        }
        Assert.Equal(0, RowSource.From([double.MaxValue, double.MinValue, double.Epsilon, -0.0]).MissingCells);
    }

    [Fact]
    public void Codes_of_categories_are_checked()
    {
        RowSource rows = RowSource.From([0.0, 2, double.NaN, 1]);
        RowSource coded = rows.WithSchema(new Schema(Column.Categorical("colour", "red", "green", "blue")));
        Assert.Equal(ColumnKind.Categorical, coded.Schema[0].Kind);
        Assert.Equal(ColumnKind.Numeric, rows.Schema[0].Kind);
        ArgumentException error = Assert.Throws<ArgumentException>(() => rows.WithSchema(new Schema(Column.Categorical("colour", "red", "green"))));
        Assert.Contains("found 2 at row index 1", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RowSource.From([0.5]).WithSchema(new Schema(Column.Categorical("c", "a", "b"))));
        Assert.Throws<ArgumentException>(() => rows.WithSchema(Schema.Numbered(2)));
    }

    [Fact]
    public void Reading_a_chunk_allocates_nothing()
    {
        RowSource rows = RowSource.From(new double[3 * 5000], 3).WithWeights(new double[5000]);
        double sum = rows.GetChunk(0).Weights[0] + rows.GetChunk(1).Values[0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int turn = 0; turn < 100; turn++)
        {
            sum += rows.GetChunk(turn % 2).Values[0] + rows.Weight(turn);
        }
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(0, sum);
    }

    [Fact]
    public void A_builder_maps_a_column_over_all_blocks()
    {
        var builder = new RowBuilder(2);
        for (int row = 0; row < 9000; row++)
        {
            Span<double> cells = builder.Add();
            (cells[0], cells[1]) = (row, row);
        }
        builder.Transform(1, value => -value);
        RowSource rows = builder.ToRows(Schema.Numeric("a", "b"));
        for (long row = 0; row < rows.Rows; row++)
        {
            RowChunk one = rows.GetRows(row, 1);
            Assert.True(one[0, 0] == row && one[0, 1] == -row);
        }
        Assert.Throws<ArgumentException>(() => builder.Add([1.0]));
        Assert.Throws<ArgumentException>(() => builder.ToRows(Schema.Numbered(3)));
    }

    [Fact]
    public void Schemas_compare_by_content_and_refuse_doubles()
    {
        var schema = new Schema(Column.Numeric("a"), Column.Categorical("b", "x", "y"));
        Assert.Equal(schema, new Schema(Column.Numeric("a"), Column.Categorical("b", "x", "y")));
        Assert.NotEqual(schema, new Schema(Column.Numeric("a"), Column.Categorical("b", "y", "x")));
        Assert.NotEqual(schema, new Schema(Column.Numeric("a"), Column.Numeric("b")));
        Assert.Equal((1, -1, 0), (schema.IndexOf("b"), schema.IndexOf("B"), schema.Require("a")));
        Assert.True(schema.HasCategories);
        Assert.Throws<ArgumentException>(() => new Schema());
        Assert.Throws<ArgumentException>(() => Schema.Numeric("a", " "));
        Assert.Throws<ArgumentException>(() => Column.Categorical("c", "x", "x"));
    }
}
