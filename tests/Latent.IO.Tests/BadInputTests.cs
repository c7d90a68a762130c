using System.Text;
using Latent.Data;

namespace Latent.IO.Tests;

public sealed class BadInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", null, null, "an empty file")]
    [InlineData("\n\n", null, null, "an empty file")]
    [InlineData("a,b\n", null, null, "only a header")]
    [InlineData("a,b\n1,2\n3\n", 3, null, "expected 2 fields as in the first line, found 1")]
    [InlineData("a,b\n1,2\n\n3,4,5\n", 4, null, "expected 2 fields as in the first line, found 3")]
    [InlineData("a,b\n1,2\n3,abc\n", 3, "b", "expected a number, found 'abc'")]
    [InlineData("a,b\n\"1\",\"2\n2\"\n3,4\n", 2, "b", "expected a number, found '2 2'")]
    [InlineData("a,b\n1,\"1,5\"\n", 2, "b", "expected a number, found '1,5'")]
    [InlineData("a\n1 000\n", 2, "a", "expected a number, found '1 000'")]
    [InlineData("a,b\n1,\n3,\n", null, "b", "found only missing ones")]
    [InlineData("a,b\n1,2\n-inf,3\n", 3, "a", "expected a finite number, found '-inf'")]
    [InlineData("a\nInfinity\n", 2, "a", "expected a finite number")]
    [InlineData("a\n∞\n", 2, "a", "expected a number")]
    [InlineData("a\n1e400\n", 2, "a", "expected a finite number, found '1e400'")]
    [InlineData("a,b\n1,\"x\n2,3\n", 2, null, "found a quoted field that is never closed; close every quote")]
    [InlineData("a,b\n1,2\"x\n", 2, null, "found a quote inside an unquoted field")]
    [InlineData("1,2\n3,4\n", 1, null, "found only numbers ('1,2')")]
    [InlineData("\"\",a\n1,2\n", 1, null, "expected a name for column 1")]
    [InlineData("a,a\n1,2\n", null, null, "found 'a' twice")]
    public void A_damaged_table_is_one_line_that_says_where(string text, int? line, string? column, string part)
    {
        string path = _folder.Write("t.csv", text);
        DataFormatException error = Refused(() => DataFiles.Read(path));
        Assert.Equal(path, error.File);
        Assert.Equal(line, (int?)error.Line);
        Assert.Equal(column, error.Column);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
        Assert.StartsWith(path + (line is null ? "" : $", line {line}") + (column is null ? "" : $", column '{column}'") + ": expected ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("w", "x,w\n1,-1\n", "found '-1'")]
    [InlineData("w", "x,w\n1,\n", "found ''")]
    [InlineData("w", "x,w\n1,inf\n", "found 'inf'")]
    [InlineData("w", "x,w\n1,much\n", "found 'much'")]
    [InlineData("v", "x,w\n1,2\n", "expected a column for the weights called 'v', found the columns x, w")]
    public void A_bad_weight_is_refused(string weights, string text, string part)
    {
        string path = _folder.Write("t.csv", text);
        Assert.Contains(part, Refused(() => DataFiles.Read(path, new DataOptions { Weights = weights })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_without_its_sequence_is_refused()
    {
        string path = _folder.Write("t.csv", "x,s\n1,a\n2,\n");
        DataFormatException error = Refused(() => DataFiles.Read(path, new DataOptions { Sequence = "s" }));
        Assert.Equal((3L, "s"), (error.Line!.Value, error.Column));
    }

    [Fact]
    public void What_is_not_a_readable_file_is_refused()
    {
        Directory.CreateDirectory(_folder["folder.csv"]);
        _folder.Write("a.parquet", "PAR1");
        _folder.Write("cut.csv.gz", TemporaryFolder.Gzip("a\n1\n2\n")[..^9]);
        _folder.Write("not.csv.gz", "a\n1\n");
        byte[] damaged = TemporaryFolder.Gzip(string.Concat(Enumerable.Range(0, 5000).Select(n => $"{n * 7919 % 10007}\n")));
        damaged[damaged.Length / 2] ^= 0x55;
        _folder.Write("damaged.csv.gz", damaged);
        (string File, string Part)[] cases =
        [
            ("missing.csv", "expected a file, found none of that name"),
            ("folder.csv", "expected a file, found a directory"),
            ("a.parquet", "found the ending '.parquet'"),
            ("none*.csv", "expected files that match, found none"),
            ("cut.csv.gz", "expected whole gzip data"),
            ("not.csv.gz", "expected whole gzip data"),
            ("damaged.csv.gz", ""),
        ];
        foreach ((string file, string part) in cases)
        {
            Assert.Contains(part, Refused(() => DataFiles.Read(_folder[file])).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_without_permission_is_refused()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            // The superuser may read everything: a file that fails when it is read stands in for one.
            if (File.Exists("/proc/self/mem"))
            {
                Assert.Contains("expected a file that can be read", Refused(() => DataFiles.Read("/proc/self/mem")).Message, StringComparison.Ordinal);
            }
            return;
        }
        string path = _folder.Write("t.csv", "a\n1\n");
        File.SetUnixFileMode(path, UnixFileMode.None);
        Assert.Contains("without permission", Refused(() => DataFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_do_not_go_together_are_refused()
    {
        string first = _folder.Write("a.csv", "a,b\n1,2\n");
        string swapped = _folder.Write("b.csv", "b,a\n1,2\n");
        string array = _folder.Write("c.npy", stream => NpyWriter.Write(stream, RowSource.From([1.0, 2], 2)));
        string wide = _folder.Write("d.npy", stream => NpyWriter.Write(stream, RowSource.From([1.0, 2, 3], 3)));
        Assert.Contains($"expected the columns of {first} (a, b), found b, a", Refused(() => DataFiles.Read([first, swapped])).Message, StringComparison.Ordinal);
        Assert.Contains("only a header", Refused(() => DataFiles.Read([first, _folder.Write("e.csv", "a,b\n")])).Message, StringComparison.Ordinal);
        Assert.Contains("an empty file", Refused(() => DataFiles.Read([first, _folder.Write("f.csv", "")])).Message, StringComparison.Ordinal);
        Assert.Contains("expected a file of the same kind", Refused(() => DataFiles.Read([first, array])).Message, StringComparison.Ordinal);
        Assert.Contains($"expected 2 columns as in {array}, found 3", Refused(() => DataFiles.Read([array, wide])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<f8", "(10, 2)", 100, "it was not written or copied completely")]
    [InlineData("<c16", "(1, 2)", 32, "found elements of type <c16")]
    [InlineData("|O", "(1, 2)", 16, "found elements of type |O")]
    [InlineData("<U4", "(1, 1)", 16, "found elements of type <U4")]
    [InlineData(">f8", "(1, 2)", 16, "expected little-endian numbers, found type >f8")]
    [InlineData("<f8", "(1, 2, 3)", 48, "found shape (1, 2, 3)")]
    [InlineData("<f8", "()", 8, "found shape ()")]
    [InlineData("<f8", "(2, 0)", 0, "found shape (2, 0)")]
    [InlineData("<f8", "(0, 2)", 0, "found an array without rows")]
    [InlineData("<f8", "(-1, 2)", 16, "found shape (-1, 2)")]
    [InlineData("<f8", "(9223372036854775807, 2147483647)", 16, "found shape (9223372036854775807, 2147483647)")]
    public void A_bad_array_is_refused(string type, string shape, int bytes, string part)
    {
        string path = _folder.Write("t.npy", NpyFiles.Make($"'{type}'", "False", shape, new byte[bytes]));
        Assert.Contains(part, Refused(() => DataFiles.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_array_is_refused()
    {
        byte[] good = NpyFiles.Make("'<f8'", "False", "(1,)", new byte[8]);
        byte[] version = [.. good];
        version[6] = 9;
        byte[] text = [.. good[..10], .. Encoding.ASCII.GetBytes(new string('x', 118)), .. new byte[8]];
        foreach ((byte[] bytes, string part) in new[]
        {
            (Array.Empty<byte>(), "found an empty file"),
            (Encoding.ASCII.GetBytes("a,b\n1,2\n3,4\n5,6\n"), "does not begin as one"),
            (good[..5], "does not begin as one"),
            (good[..60], "found 60"),
            (version, "found version 9"),
            (text, "descr, fortran_order and shape"),
            (NpyFiles.Make("[('a', '<f8')]", "False", "(1,)", new byte[8]), "a structured type"),
        })
        {
            Assert.Contains(part, Refused(() => DataFiles.Read(_folder.Write("t.npy", bytes))).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_array_with_infinite_or_only_missing_cells_is_refused(bool map)
    {
        var options = new DataOptions { MapFiles = map };
        byte[] Bytes(params double[] cells) => NpyFiles.Make("'<f8'", "False", $"({cells.Length / 2}, 2)", NpyFiles.Bytes(cells));
        string first = _folder.Write("a.npy", Bytes(1, 2));
        string infinite = _folder.Write("b.npy", Bytes(1, 2, double.NegativeInfinity, 4));
        string empty = _folder.Write("c.npy", Bytes(1, double.NaN, 3, double.NaN));
        DataFormatException error = Refused(() => DataFiles.Read(infinite, options));
        Assert.Equal((infinite, "x1"), (error.File, error.Column));
        Assert.Contains("in row 2 (of 1 to 2)", error.Message, StringComparison.Ordinal);
        Assert.Equal(infinite, Refused(() => DataFiles.Read([first, infinite], options)).File);
        Assert.Equal("x2", Refused(() => DataFiles.Read(empty, options)).Column);
        Assert.Contains("found NaN in row 1", Refused(() => DataFiles.Read(empty, options with { Weights = "x2" })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_the_answer_is_a_table_or_one_line()
    {
        string[] pieces = ["a", "b", "x,y", "\"", "\"\"", ",", ";", "\t", "\n", "\r", "\r\n", "1", "-2.5", "1e5", "NaN", "inf", " ", "\0", "é", "sep=;", "|", "\uFEFF"];
        var random = new Random(6);
        int tables = 0;
        for (int turn = 0; turn < 3000; turn++)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => pieces[random.Next(pieces.Length)])));
            if (turn % 3 == 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            var options = new DataOptions
            {
                StandardInput = () => new MemoryStream(bytes),
                HasHeader = turn % 2 == 0 ? false : null,
                TextCells = (TextCells)(turn / 2 % 3),
            };
            tables += IsTable("-", options) ? 1 : 0;
        }
        Assert.InRange(tables, 100, 2900);
    }

    [Fact]
    public void Whatever_the_header_the_answer_is_a_table_or_one_line()
    {
        byte[] good = NpyFiles.Make("'<f8'", "False", "(3, 2)", NpyFiles.Bytes<double>(1, 2, 3, 4, 5, 6));
        var random = new Random(7);
        int tables = 0;
        for (int turn = 0; turn < 600; turn++)
        {
            byte[] bytes = good[..random.Next(good.Length / 2, good.Length + 1)];
            bytes = turn % 2 == 0 ? [.. good] : bytes;
            for (int change = turn % 4; change >= 0; change--)
            {
                bytes[random.Next(Math.Min(bytes.Length, 75))] = (byte)(turn % 5 == 0 ? random.Next(256) : random.Next(32, 127));
            }
            tables += IsTable(_folder.Write("t.npy", bytes), DataOptions.Default) ? 1 : 0;
        }
        Assert.InRange(tables, 5, 595);
    }

    private static bool IsTable(string path, DataOptions options)
    {
        try
        {
            using RowTable table = DataFiles.Read(path, options);
            Assert.Equal(table.RowCount, table.Rows.Rows);
            return true;
        }
        catch (DataFormatException error)
        {
            Assert.DoesNotContain('\n', error.Message);
            return false;
        }
    }

    private static DataFormatException Refused(Func<object> read)
    {
        DataFormatException error = Assert.Throws<DataFormatException>(read);
        Assert.DoesNotContain('\n', error.Message);
        return error;
    }
}
