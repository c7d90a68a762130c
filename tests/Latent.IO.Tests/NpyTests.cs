using System.Globalization;
using Latent.Data;

namespace Latent.IO.Tests;

public sealed class NpyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string, byte[]> Types() => new()
    {
        { "<f8", NpyFiles.Bytes<double>(1, 2, 3, 4, 5, 6) },
        { "<f4", NpyFiles.Bytes<float>(1, 2, 3, 4, 5, 6) },
        { "<f2", NpyFiles.Bytes<Half>((Half)1, (Half)2, (Half)3, (Half)4, (Half)5, (Half)6) },
        { "|i1", NpyFiles.Bytes<sbyte>(1, 2, 3, 4, 5, 6) },
        { "<i2", NpyFiles.Bytes<short>(1, 2, 3, 4, 5, 6) },
        { "<i4", NpyFiles.Bytes<int>(1, 2, 3, 4, 5, 6) },
        { "<i8", NpyFiles.Bytes<long>(1, 2, 3, 4, 5, 6) },
        { "|u1", NpyFiles.Bytes<byte>(1, 2, 3, 4, 5, 6) },
        { "<u2", NpyFiles.Bytes<ushort>(1, 2, 3, 4, 5, 6) },
        { "<u4", NpyFiles.Bytes<uint>(1, 2, 3, 4, 5, 6) },
        { "<u8", NpyFiles.Bytes<ulong>(1, 2, 3, 4, 5, 6) },
    };

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_order_and_version_is_read(string type, byte[] data)
    {
        for (int version = 1; version <= 3; version++)
        {
            string path = _folder.Write("c.npy", NpyFiles.Make($"'{type}'", "False", "(2, 3)", data, version));
            using RowTable rows = DataFiles.Read(path);
            Assert.Equal(["x1", "x2", "x3"], rows.Rows.Schema.Names);
            Assert.Equal(type is "<f8" or "<f4", rows.Rows is MappedNpySource);
            Assert.Equal(type == "<f4", rows.Rows.GetChunk(0).IsSingle);
            Tables.SameBits([1, 2, 3, 4, 5, 6], Tables.Cells(rows.Rows));

            using RowTable copied = DataFiles.Read(path, new DataOptions { MapFiles = false });
            Assert.IsNotType<MappedNpySource>(copied.Rows);
            Tables.SameBits([1, 2, 3, 4, 5, 6], Tables.Cells(copied.Rows));
        }
        using RowTable column = DataFiles.Read(_folder.Write("one.npy", NpyFiles.Make($"'{type}'", "False", "(6,)", data)));
        Assert.Equal((6L, 1), (column.Rows.Rows, column.Rows.Columns));
        using RowTable transposed = DataFiles.Read(_folder.Write("f.npy", NpyFiles.Make($"'{type}'", "True", "(2, 3)", data)));
        Tables.SameBits([1, 3, 5, 2, 4, 6], Tables.Cells(transposed.Rows));
    }

    [Fact]
    public void Several_arrays_are_one_table()
    {
        string first = _folder.Write("a.npy", NpyFiles.Make("'<f8'", "False", "(2, 2)", NpyFiles.Bytes<double>(1, 2, 3, 4)));
        string second = _folder.Write("b.npy", NpyFiles.Make("'<i4'", "True", "(2, 2)", NpyFiles.Bytes<int>(5, 7, 6, 8)));
        using RowTable table = DataFiles.Read([first, second]);
        Tables.SameBits([1, 2, 3, 4, 5, 6, 7, 8], Tables.Cells(table.Rows));
        Assert.Equal(($"{first}, row 2", $"{second}, row 1"), (table.Where(1), table.Where(2)));
    }

    [Fact]
    public void Columns_have_parts_as_in_text()
    {
        double[] cells = [1, 10, 0.5, 7, double.NaN, 20, 2, 7, 3, 30, 1, 8];
        string path = _folder.Write("a.npy", NpyFiles.Make("'<f8'", "False", "(3, 4)", NpyFiles.Bytes(cells)));
        using RowTable table = DataFiles.Read(path, new DataOptions { Labels = "x1", Weights = "x3", Sequence = "x4", Id = "x2", Columns = ["x2"] });
        Tables.SameBits([10, 20, 30], Tables.Cells(table.Rows));
        Assert.Equal([0.5, 2, 1], table.Rows.Weights.ToArray());
        Assert.Equal(("1", null, "3"), (table.Labels![0], table.Labels[1], table.Labels[2]));
        Assert.Equal(["10", "20", "30"], table.Ids!);
        Assert.Equal([0, 0, 1], table.Sequence!.Codes.ToArray());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_mapped_file_gives_the_chunks_of_memory(bool single)
    {
        const int Count = 9000;
        var random = new Random(4);
        double[] cells = [.. Enumerable.Range(0, 3 * Count).Select(_ => (double)(float)random.NextDouble())];
        RowSource memory = single ? RowSource.From([.. cells.Select(cell => (float)cell)], 3) : RowSource.From(cells, 3);
        string path = _folder.Write("a.npy", stream => NpyWriter.Write(stream, memory));
        using MappedNpySource mapped = MappedNpySource.Open(path);
        Assert.Equal((memory.Rows, memory.ChunkCount, single), (mapped.Rows, mapped.ChunkCount, mapped.GetChunk(0).IsSingle));
        RowSource weighted = mapped.WithWeights(Enumerable.Range(0, Count).Select(row => (double)row).ToArray());
        for (int index = 0; index < memory.ChunkCount; index++)
        {
            Assert.True(memory.GetChunk(index).Values.SequenceEqual(mapped.GetChunk(index).Values));
            Assert.True(memory.GetChunk(index).Singles.SequenceEqual(mapped.GetChunk(index).Singles));
            Assert.Equal(index * 4096 + 5, weighted.GetChunk(index).Weights[5]);
        }
        foreach ((int first, int count) in new[] { (0, 9000), (4000, 200), (8999, 1), (4096, 4096) })
        {
            Assert.True(memory.GetRows(first, count).Values.SequenceEqual(mapped.GetRows(first, count).Values));
            Assert.True(memory.GetRows(first, count).Singles.SequenceEqual(mapped.GetRows(first, count).Singles));
        }
        RowChunk chunk = mapped.GetChunk(1);
        mapped.Dispose();
        Assert.Throws<ObjectDisposedException>(() => chunk[0, 0]);
    }

    [Fact]
    public void A_mapped_file_takes_no_memory_of_its_own()
    {
        const int Count = 400_000;
        string path = _folder.Write("a.npy", stream => NpyWriter.Write(stream, RowSource.From(new double[Count * 4], 4)));
        DataFiles.Read(path).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        using RowTable table = DataFiles.Read(path);
        double sum = 0;
        for (int index = 0; index < table.Rows.ChunkCount; index++)
        {
            sum += table.Rows.GetChunk(index).Values[0];
        }
        Assert.Equal(0, sum);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, new FileInfo(path).Length / 100);
        before = GC.GetAllocatedBytesForCurrentThread();
        sum += table.Rows.GetChunk(7).Values[0];
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void What_cannot_be_mapped_says_so()
    {
        string path = _folder.Write("a.npy", NpyFiles.Make("'<i4'", "False", "(2,)", NpyFiles.Bytes<int>(1, 2)));
        Assert.Contains("found type i4", Assert.Throws<DataFormatException>(() => MappedNpySource.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_header_follows_the_format()
    {
        using var stream = new MemoryStream();
        NpyWriter.Write(stream, RowSource.From([1.5, 2, 3], 1));
        byte[] bytes = stream.ToArray();
        Assert.Equal(0, (bytes.Length - 24) % 64);
        string header = System.Text.Encoding.ASCII.GetString(bytes, 10, bytes.Length - 34);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f8', 'fortran_order': False, 'shape': ({3}, {1}), }}"), header.TrimEnd());
        Assert.Equal('\n', header[^1]);
        Assert.Equal(header.Length, bytes[8] + 256 * bytes[9]);
        Assert.Equal([1.5, 2, 3], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, double>(bytes.AsSpan(^24..)).ToArray());
    }
}
