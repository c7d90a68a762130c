using System.Globalization;
using System.Text;
using Latent.Data;
using Latent.Numerics;

namespace Latent.IO.Tests;

/// <summary>Tables that do not fit into the memory they may have: the same rows, from the disk.</summary>
public sealed class LargerThanMemoryTests : IDisposable
{
    private const int Rows = 10_000;

    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void TextThatDoesNotFitHasTheSameRowsFromATemporaryFile()
    {
        string path = _folder.Write("x.csv", Numbers("a,b,w", Rows));
        DataOptions options = new() { Weights = "w" };
        using RowTable inMemory = DataFiles.Read(path, options);
        using RowTable spooled = DataFiles.Read(path, options with { Memory = 1 });
        Assert.Equal(TablePlace.Memory, inMemory.Storage.Place);
        Assert.Equal(new TableStorage(TablePlace.TemporaryFile, Rows * 2 * 8, 1), spooled.Storage);
        Tables.SameBits(Tables.Cells(inMemory.Rows), Tables.Cells(spooled.Rows));
        Assert.Equal(inMemory.Rows.Weights.ToArray(), spooled.Rows.Weights.ToArray());
        Assert.Equal($"{path}, line {Rows + 1}", spooled.Where(Rows - 1));
        Assert.Equal(3, spooled.Rows.ChunkCount);
    }

    [Fact]
    public void CategoriesFoundLateAreCodedInTheFileToo()
    {
        StringBuilder text = new("a,b\n");
        for (int row = 0; row < Rows; row++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(row == 9_000 ? "red" : (row % 3).ToString(CultureInfo.InvariantCulture))},{row % 7}\n");
        }
        string path = _folder.Write("x.csv", text.ToString());
        DataOptions options = new() { TextCells = TextCells.Categories };
        using RowTable inMemory = DataFiles.Read(path, options);
        using RowTable spooled = DataFiles.Read(path, options with { Memory = 1 });
        Assert.Equal(TablePlace.TemporaryFile, spooled.Storage.Place);
        Assert.Equal(["0", "1", "2", "red"], spooled.Rows.Schema[0].Levels);
        Tables.SameBits(Tables.Cells(inMemory.Rows), Tables.Cells(spooled.Rows));
    }

    [Fact]
    public void NoTemporaryFileStaysBehind()
    {
        string[] before = Temporary();
        using (RowTable table = DataFiles.Read(_folder.Write("x.csv", Numbers("a,b", Rows)), new DataOptions { Memory = 1 }))
        {
            Assert.Equal(TablePlace.TemporaryFile, table.Storage.Place);
        }
        string broken = _folder.Write("broken.csv", Numbers("a,b", Rows) + "1,oops\n");
        Assert.Throws<DataFormatException>(() => DataFiles.Read(broken, new DataOptions { Memory = 1 }));
        Assert.Equal(before, Temporary());
    }

    [Fact]
    public void AFullDiskIsNamedAndLeavesNothing()
    {
        string path = _folder.Write("x.csv", Numbers("a,b", Rows));
        List<string> made = [];
        DataOptions options = new()
        {
            Memory = 1,
            CreateFile = name =>
            {
                made.Add(name);
                return new FullDisk(File.Create(name), room: 100_000);
            },
        };
        UnwritableException full = Assert.Throws<UnwritableException>(() => DataFiles.Read(path, options));
        Assert.Equal(made[0], full.File);
        Assert.Contains("No space left on device", full.Message);
        Assert.Contains("--memory", full.Message);
        Assert.False(File.Exists(Assert.Single(made)));
    }

    [Fact]
    public void SeveralArraysAreOneSourceWithoutACopy()
    {
        double[] values = Values(3 * Rows);
        string first = _folder.Write("1.npy", stream => NpyWriter.Write(stream, RowSource.From(values[..(3 * 5000)], 3)));
        string second = _folder.Write("2.npy", stream => NpyWriter.Write(stream, RowSource.From(values[(3 * 5000)..], 3)));
        using RowTable joined = DataFiles.Read([first, second]);
        Assert.Equal(TablePlace.MappedFiles, joined.Storage.Place);
        Tables.SameBits(values, Tables.Cells(joined.Rows));
        RowSource whole = RowSource.From(values, 3);
        for (int chunk = 0; chunk < whole.ChunkCount; chunk++)
        {
            Assert.Equal(whole.GetChunk(chunk).FirstRow, joined.Rows.GetChunk(chunk).FirstRow);
            Tables.SameBits(whole.GetChunk(chunk).Values.ToArray(), joined.Rows.GetChunk(chunk).Values.ToArray());
        }
        Assert.Equal($"{second}, row 1", joined.Where(5000));
    }

    [Fact]
    public void ArraysOfBothPrecisionsAreJoinedAsDoubles()
    {
        float[] singles = [1.5f, 2.25f, float.NaN];
        string first = _folder.Write("1.npy", stream => NpyWriter.Write(stream, RowSource.From(singles)));
        string second = _folder.Write("2.npy", stream => NpyWriter.Write(stream, RowSource.From([0.1, 0.2])));
        using RowTable joined = DataFiles.Read([first, second]);
        Tables.SameBits([1.5, 2.25, double.NaN, 0.1, 0.2], Tables.Cells(joined.Rows));
        Assert.False(joined.Rows.GetRows(0, 2).IsSingle);
    }

    [Fact]
    public void AnInfiniteCellOfALaterArrayIsNamedThere()
    {
        string first = _folder.Write("1.npy", NpyFiles.Make("'<f8'", "False", "(2, 1)", NpyFiles.Bytes(1.0, 2.0)));
        string second = _folder.Write("2.npy", NpyFiles.Make("'<f8'", "False", "(2, 1)", NpyFiles.Bytes(3.0, double.PositiveInfinity)));
        string message = Assert.Throws<DataFormatException>(() => DataFiles.Read([first, second])).Message;
        Assert.Contains("2.npy", message);
        Assert.Contains("row 2 (of 1 to 2)", message);
    }

    [Fact]
    public void ColumnsOfALargeArrayArePickedAsTheyAreRead()
    {
        double[] values = Values(3 * Rows);
        string path = _folder.Write("x.npy", stream => NpyWriter.Write(stream, RowSource.From(values, 3)));
        DataOptions options = new() { Columns = ["x3", "x1"] };
        using RowTable copied = DataFiles.Read(path, options);
        using RowTable picked = DataFiles.Read(path, options with { Memory = 1 });
        Assert.Equal(["x3", "x1"], picked.Rows.Schema.Names);
        Tables.SameBits(Tables.Cells(copied.Rows), Tables.Cells(picked.Rows));
    }

    [Fact]
    public void WholeNumbersThatDoNotFitGoToATemporaryFile()
    {
        int[] values = [.. Enumerable.Range(0, Rows)];
        string path = _folder.Write("x.npy", NpyFiles.Make("'<i4'", "False", $"({Rows}, 1)", NpyFiles.Bytes(values)));
        using RowTable table = DataFiles.Read(path, new DataOptions { Memory = 1 });
        Assert.Equal(TablePlace.TemporaryFile, table.Storage.Place);
        Tables.SameBits(values.Select(value => (double)value), Tables.Cells(table.Rows));
    }

    [Fact]
    public void ALongArrayIsReadThroughAFewWindows()
    {
        // 160 MB in a file that takes no room on the disk; two windows of 32 MB may be held.
        const long LongRows = 20_000_000;
        string path = _folder["long.npy"];
        using (FileStream stream = File.Create(path))
        {
            stream.Write(NpyFiles.Make("'<f8'", "False", $"({LongRows}, 1)", []));
            long offset = stream.Length;
            foreach (long row in (long[])[0, 9_999_999, LongRows - 1])
            {
                stream.Position = offset + row * 8;
                stream.Write(BitConverter.GetBytes(row + 0.5));
            }
        }
        using MappedNpySource rows = MappedNpySource.Open(path, memory: 1);
        for (int pass = 0; pass < 2; pass++)
        {
            double sum = 0;
            for (int chunk = 0; chunk < rows.ChunkCount; chunk++)
            {
                foreach (double value in rows.GetChunk(chunk).Values)
                {
                    sum += value;
                }
            }
            Assert.Equal(0.5 + 9_999_999.5 + LongRows - 0.5, sum);
        }
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    public void AnArrayThatIsNotWhatItWasIsNamed(string what)
    {
        string path = _folder.Write("x.npy", stream => NpyWriter.Write(stream, RowSource.From(Values(Rows))));
        using MappedNpySource rows = MappedNpySource.Open(path);
        _ = rows.GetChunk(0);
        using (FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            if (what == "cut")
            {
                stream.SetLength(5000);
            }
            else
            {
                stream.Position = 1000;
                stream.WriteByte(1);
            }
        }
        File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
        string message = Assert.Throws<DataFormatException>(() => rows.GetChunk(1)).Message;
        Assert.Contains("expected the file to stay as it was", message);
        Assert.Contains("x.npy", message);
    }

    [Fact]
    public void AnArrayThatIsRemovedIsReadOn()
    {
        double[] values = Values(Rows);
        string path = _folder.Write("x.npy", stream => NpyWriter.Write(stream, RowSource.From(values)));
        using MappedNpySource rows = MappedNpySource.Open(path);
        File.Delete(path);
        Tables.SameBits(values, Tables.Cells(rows));
    }

    [Fact]
    public void TextThatGrowsWhileItIsReadIsNamed()
    {
        string path = _folder.Write("x.csv", Numbers("a,b", Rows));
        bool grown = false;
        DataOptions options = new()
        {
            Memory = 1,
            CreateFile = name =>
            {
                if (!grown)
                {
                    grown = true;
                    File.AppendAllText(path, "1,2\n");
                    File.SetLastWriteTimeUtc(path, DateTime.UtcNow.AddMinutes(1));
                }
                return new FileStream(name, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            },
        };
        string message = Assert.Throws<DataFormatException>(() => DataFiles.Read(path, options)).Message;
        Assert.Contains("expected the file to stay as it was", message);
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("500MB", 500_000_000)]
    [InlineData("1.5 GB", 1_500_000_000)]
    [InlineData("2GiB", 2L << 30)]
    [InlineData("64k", 64_000)]
    public void SizesAreReadAsPeopleWriteThem(string text, long bytes)
    {
        Assert.True(MemoryBudget.TryParse(text, out long read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("0")]
    [InlineData("3 apples")]
    [InlineData("1e40")]
    public void OtherTextsAreNoSizes(string text) => Assert.False(MemoryBudget.TryParse(text, out _));

    [Theory]
    [InlineData(999, "999 bytes")]
    [InlineData(1_500_000, "1.5 MB")]
    [InlineData(20_000_000_000, "20 GB")]
    public void SizesAreSaidInWords(long bytes, string words) => Assert.Equal(words, MemoryBudget.Describe(bytes));

    public void Dispose() => _folder.Dispose();

    internal static string Numbers(string header, int rows)
    {
        RandomGenerator random = new(3);
        int columns = header.Split(',').Length;
        StringBuilder text = new(header + "\n");
        for (int row = 0; row < rows; row++)
        {
            text.AppendJoin(',', Enumerable.Range(0, columns).Select(_ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }

    private static double[] Values(int count)
    {
        RandomGenerator random = new(5);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextGaussian())];
    }

    private static string[] Temporary() => Directory.GetFiles(Path.GetTempPath(), $"latent-{Environment.ProcessId}-*.rows");

    /// <summary>A disk with a little room.</summary>
    private sealed class FullDisk(FileStream file, long room) : Stream
    {
        private long _room = room;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => true;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override void Flush() => file.Flush();

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => file.SetLength(value);

        public override void Write(byte[] buffer, int offset, int count)
        {
            _room -= count;
            if (_room < 0)
            {
                throw new IOException("No space left on device");
            }
            file.Write(buffer, offset, count);
        }

        protected override void Dispose(bool disposing)
        {
            file.Dispose();
            base.Dispose(disposing);
        }
    }
}
