using System.Text;
using Latent.Data;

namespace Latent.IO.Tests;

public sealed class CsvReadingTests : IDisposable
{
    private const double Missing = double.NaN;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("plain", "t.csv", "a,b\n1,2\n3,4\n")]
    [InlineData("no line end", "t.csv", "a,b\n1,2\n3,4")]
    [InlineData("CRLF", "t.csv", "a,b\r\n1,2\r\n3,4\r\n")]
    [InlineData("byte order mark", "t.csv", "\uFEFFa,b\n1,2\n3,4\n")]
    [InlineData("quotes", "t.csv", "\"a\",\"b\"\n\"1\",2\n3,\"4\"\n")]
    [InlineData("spaces", "t.csv", "a, \"b\"\n 1 ,\t2\n3,  \"4\"\n")]
    [InlineData("empty lines", "t.csv", "\n\na,b\n\n1,2\n\n\n3,4\n\n")]
    [InlineData("tabs", "t.tsv", "a\tb\n1\t2\n3\t4\n")]
    [InlineData("semicolons", "t.txt", "a;b\n1;2\n3;4\n")]
    [InlineData("no ending", "table", "a,b\n1,2\n3,4\n")]
    [InlineData("exponents", "t.csv", "a,b\n1e0,+2.0\n.3E+1,4.\n")]
    public void Ways_to_write_one_table(string way, string name, string text)
    {
        using RowTable table = DataFiles.Read(_folder.Write(name, text));
        Assert.True(table.RowCount == 2, way);
        Assert.Equal(["a", "b"], table.Rows.Schema.Names);
        Tables.SameBits([1, 2, 3, 4], Tables.Cells(table.Rows));
    }

    [Fact]
    public void Other_encodings_are_known_by_their_mark()
    {
        byte[] text = [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("a,größe\n1,2\n")];
        using RowTable table = DataFiles.Read(_folder.Write("t.csv", text));
        Assert.Equal(["a", "größe"], table.Rows.Schema.Names);
    }

    [Fact]
    public void An_empty_field_NaN_and_the_named_texts_are_missing()
    {
        string path = _folder.Write("t.csv", "a,b,c\n1,,NaN\nNA, ,3\n-999,5,nan\n4,\"\",?\n");
        using RowTable table = DataFiles.Read(path, new DataOptions { Missing = ["NA", "?", "-999"] });
        Tables.SameBits([1, Missing, Missing, Missing, Missing, 3, Missing, 5, Missing, 4, Missing, Missing], Tables.Cells(table.Rows));
        Assert.Equal([2L, 3, 3], table.Rows.Summary.MissingIn);
        Assert.Equal("NA", Assert.Throws<DataFormatException>(() => DataFiles.Read(path)).Found.Trim('\''));
    }

    [Fact]
    public void An_empty_line_is_a_missing_value_in_the_middle_of_a_single_column()
    {
        using RowTable table = DataFiles.Read(_folder.Write("t.csv", "\nx\n\n1\n\n\n2\n\"\"\n\n"));
        Tables.SameBits([Missing, 1, Missing, Missing, 2, Missing], Tables.Cells(table.Rows));
        Assert.Equal($"{_folder["t.csv"]}, line 3", table.Where(0));
        Assert.Equal($"{_folder["t.csv"]}, line 6", table.Where(3));
        Assert.Equal($"{_folder["t.csv"]}, line 8", table.Where(5));
    }

    [Fact]
    public void Columns_have_the_parts_that_the_options_give_them()
    {
        string path = _folder.Write("t.csv", "name,x,w,y,series,class,note\np,1,0.5,2,b,1,hi\nq,3,2,4,a,,\"l1\nl2\"\nr,5,0,6,b,10,hi\ns,7,1,8,a,2,\n");
        var options = new DataOptions { Id = "name", Weights = "w", Sequence = "series", Labels = "class", Text = ["note"] };
        using RowTable table = DataFiles.Read(path, options);
        Assert.Equal(["x", "y"], table.Rows.Schema.Names);
        Tables.SameBits([1, 2, 3, 4, 5, 6, 7, 8], Tables.Cells(table.Rows));
        Assert.Equal([0.5, 2, 0, 1], table.Rows.Weights.ToArray());
        Assert.Equal(3.5, table.Rows.TotalWeight);
        Assert.Equal(["p", "q", "r", "s"], table.Ids!);
        Assert.Equal(["1", "2", "10"], table.Labels!.Levels);
        Assert.Equal([0, -1, 2, 1], table.Labels.Codes.ToArray());
        Assert.Equal(["b", "a"], table.Sequence!.Levels);
        Assert.Equal(["hi", "l1\nl2"], table.Text[0].Levels);
        Assert.Equal(("hi", "l1\nl2", "hi", null), (table.Text[0][0], table.Text[0][1], table.Text[0][2], table.Text[0][3]));
        Assert.Equal(($"{path}, line 3", $"{path}, line 5", $"{path}, line 6"), (table.Where(1), table.Where(2), table.Where(3)));

        SequenceSource sequences = table.ToSequences(out int[]? order);
        Assert.Equal([0, 2, 1, 3], order!);
        Assert.Equal([1, 2, 5, 6], sequences.GetChunk(0)[0].Values.ToArray());
        Assert.Equal([2, 1], sequences.GetChunk(0)[1].Weights.ToArray());

        using RowTable chosen = DataFiles.Read(path, options with { Columns = ["y", "w", "x"] });
        Tables.SameBits([2, 0.5, 1], Tables.Cells(chosen.Rows)[..3]);
        using RowTable dropped = DataFiles.Read(path, options with { Drop = ["x"] });
        Assert.Equal(["y"], dropped.Rows.Schema.Names);
        using RowTable none = DataFiles.Read(path, new DataOptions { Columns = [], Text = ["name"] });
        Assert.Equal((4L, "q"), (none.RowCount, none.Text[0][1]));
        Assert.Throws<InvalidOperationException>(() => none.Rows);
    }

    [Fact]
    public void Sequences_side_by_side_are_not_moved()
    {
        using RowTable table = DataFiles.Read(_folder.Write("t.csv", "s,x\nz,1\nz,2\na,3\n"), new DataOptions { Sequence = "s" });
        SequenceSource sequences = table.ToSequences(out int[]? order);
        Assert.Null(order);
        Assert.Equal([1, 2], sequences.GetChunk(0)[0].Values.ToArray());
        using RowTable one = DataFiles.Read(_folder["t.csv"], new DataOptions { Drop = ["s"] });
        Assert.Equal((3L, 1L), (one.ToSequences(out _).Steps, one.ToSequences(out _).Sequences));
    }

    [Fact]
    public void Without_a_header_columns_are_numbered()
    {
        string path = _folder.Write("t.csv", "1,2\n3,4\n");
        using RowTable table = DataFiles.Read(path, new DataOptions { HasHeader = false, Weights = "x2" });
        Assert.Equal(["x1"], table.Rows.Schema.Names);
        Tables.SameBits([1, 3], Tables.Cells(table.Rows));
        Assert.Equal($"{path}, line 2", table.Where(1));
        using RowTable years = DataFiles.Read(path, new DataOptions { HasHeader = true });
        Assert.Equal(["1", "2"], years.Rows.Schema.Names);
    }

    [Fact]
    public void A_delimiter_can_be_named()
    {
        string path = _folder.Write("t.csv", "a:b\n1:2\n");
        using RowTable table = DataFiles.Read(path, new DataOptions { Delimiter = ':' });
        Tables.SameBits([1, 2], Tables.Cells(table.Rows));
        using RowTable tabbed = DataFiles.Read(_folder.Write("u.tsv", "a\tb\n\t2\n1\t\n"));
        Tables.SameBits([Missing, 2, 1, Missing], Tables.Cells(tabbed.Rows));
    }

    [Fact]
    public void Several_files_and_patterns_are_one_table_in_order()
    {
        _folder.Write("p/b.csv", "a\n2\n");
        _folder.Write("p/a.csv", "a\n1\n");
        _folder.Write("q/c.csv.gz", TemporaryFolder.Gzip("a\n3\n4\n"));
        _folder.Write("q/.hidden.csv.gz", TemporaryFolder.Gzip("a\n9\n"));
        using RowTable table = DataFiles.Read([_folder["q/c.csv.gz"], _folder["p/*.csv"], _folder["?/c*.gz"]]);
        Tables.SameBits([3, 4, 1, 2, 3, 4], Tables.Cells(table.Rows));
        Assert.Equal($"{_folder["p/b.csv"]}, line 2", table.Where(3));
        Assert.Equal($"{_folder["q/c.csv.gz"]}, line 3", table.Where(5));
        Assert.Equal(4, table.Files.Count);
        Assert.Throws<ArgumentException>(() => DataFiles.Read([]));
    }

    [Fact]
    public void Standard_input_is_read_as_CSV()
    {
        var options = new DataOptions { StandardInput = () => new MemoryStream("a,b\n1,x\n"u8.ToArray()) };
        DataFormatException error = Assert.Throws<DataFormatException>(() => DataFiles.Read("-", options));
        Assert.Equal(("standard input", 2L, "b"), (error.File, error.Line!.Value, error.Column));
        using RowTable table = DataFiles.Read("-", options with { Drop = ["b"] });
        Tables.SameBits([1], Tables.Cells(table.Rows));
        Assert.Throws<DataFormatException>(() => DataFiles.Read(["-", "-"], options));
    }

    [Fact]
    public void Text_makes_a_column_categorical_where_that_is_wanted()
    {
        string path = _folder.Write("t.csv", "size,colour,mixed\n2.50,red,10\n1,,1.0\n1,blue,2\n,red,x\n");
        using RowTable table = DataFiles.Read(path, new DataOptions { TextCells = TextCells.Categories });
        Assert.Equal(Column.Numeric("size"), table.Rows.Schema[0]);
        Assert.Equal(Column.Categorical("colour", "blue", "red"), table.Rows.Schema[1]);
        Assert.Equal(Column.Categorical("mixed", "1", "10", "2", "x"), table.Rows.Schema[2]);
        Tables.SameBits([2.5, 1, 1, 1, Missing, 0, 1, 0, 2, Missing, 1, 3], Tables.Cells(table.Rows));

        using RowTable all = DataFiles.Read(path, new DataOptions { TextCells = TextCells.AllCategories });
        Assert.Equal(Column.Categorical("size", "1", "2.5"), all.Rows.Schema[0]);
        Tables.SameBits([1, 1, 1, 0, Missing, 0, 0, 0, 2, Missing, 1, 3], Tables.Cells(all.Rows));

        using RowTable numbers = DataFiles.Read(
            _folder.Write("n.csv", "item,w\n10,1\n9,2\n10,3\n"), new DataOptions { TextCells = TextCells.AllCategories, Weights = "w" });
        Assert.Equal(["9", "10"], numbers.Rows.Schema[0].Levels);
        Assert.Equal([1, 2, 3], numbers.Rows.Weights.ToArray());
    }

    [Fact]
    public void An_empty_column_is_accepted_on_request()
    {
        string path = _folder.Write("t.csv", "a,b\n1,\n2,\n");
        using RowTable table = DataFiles.Read(path, new DataOptions { AllowEmptyColumns = true });
        Assert.Equal([0L, 2], table.Rows.Summary.MissingIn);
    }

    [Fact]
    public void A_column_that_is_left_out_may_hold_anything()
    {
        using RowTable table = DataFiles.Read(_folder.Write("t.csv", "\"\",x1,t\n1,2,x\n2,3,inf\n"), new DataOptions { Drop = ["column1", "t"] });
        Tables.SameBits([2, 3], Tables.Cells(table.Rows));
    }
}
