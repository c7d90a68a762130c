using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Latent.Data;

namespace Latent.IO;

/// <summary>
/// Numbers of text files in binary form, beside them: rows of float64, then weights, then what they were made from. One that is damaged, or made from other
/// files or with other options, is named and made anew.
/// </summary>
internal sealed class CacheFile
{
    private const string Ending = ".latent-cache";
    private const string Damaged = "it is damaged";
    private const int HeadLength = 40;
    private const int Part = 1 << 20;

    private readonly string _path;
    private readonly CacheKey _key;

    private CacheFile(string path, CacheKey key)
    {
        _path = path;
        _key = key;
    }

    /// <summary>Where it is written before it takes its name.</summary>
    public string TemporaryPath => _path + ".tmp";

    private static ReadOnlySpan<byte> Magic => "latentc1"u8;

    /// <summary>The cache of files under options; null where there is none to be, and why.</summary>
    public static CacheFile? For(IReadOnlyList<InputFile> files, DataOptions options, out string? reason)
    {
        reason = files.Any(file => file.IsStandardInput) ? "standard input cannot be read again"
            : options.Id is not null || options.Labels is not null || options.Sequence is not null || options.Text.Count > 0 ? "texts beside the data are read anew each time"
            : null;
        return reason is null ? new CacheFile(NameFor(files), CacheKey.Of(files, options)) : null;
    }

    /// <summary>The table in the cache; null where there is none that can be used.</summary>
    /// <param name="memory">The most memory that may hold parts of it.</param>
    /// <param name="reason">Why one that is there cannot be used.</param>
    public RowTable? TryOpen(long memory, out string? reason)
    {
        reason = null;
        if (!File.Exists(_path))
        {
            return null;
        }
        MappedFile? file = null;
        try
        {
            if (new FileInfo(_path).Length < SpoolFile.DataOffset)
            {
                reason = Damaged;
                return null;
            }
            file = new MappedFile(_path, memory: memory);
            CacheContent? content = ReadContent(file);
            reason = content is null ? Damaged : _key.Difference(content.Key) ?? (ChecksumsHold(file, content) ? null : Damaged);
            if (reason is null)
            {
                return ToTable(file, content!, memory);
            }
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            reason = cause.Message.TrimEnd('.');
        }
        file?.Dispose();
        return null;
    }

    /// <summary>Writes what belongs to the rows of a table that was spooled to <see cref="TemporaryPath"/>, and gives the cache its name.</summary>
    public void Complete(SpoolFile file, RowTable table)
    {
        RowSource rows = table.Rows;
        var content = new CacheContent(
            _key, rows.Rows, [.. rows.Schema.Select(column => new CacheColumn(column.Name, column.Kind == ColumnKind.Categorical ? [.. column.Levels] : null))],
            rows.HasWeights ? WeightsChecksum(rows.Weights.Span) : null, [.. file.Checksums], [.. table.Files], [.. table.Origins]);
        long weightsAt = file.End;
        for (int first = 0; first < rows.Weights.Length; first += Part)
        {
            file.Write(MemoryMarshal.AsBytes(rows.Weights.Span.Slice(first, Math.Min(Part, rows.Weights.Length - first))));
        }
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(content, CacheJson.Default.CacheContent);
        byte[] padded = new byte[(json.Length + 7) / 8 * 8];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        file.Write(padded);
        Span<byte> head = stackalloc byte[HeadLength];
        Magic.CopyTo(head);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], weightsAt);
        BinaryPrimitives.WriteInt64LittleEndian(head[16..], weightsAt + (rows.HasWeights ? rows.Rows * sizeof(double) : 0));
        BinaryPrimitives.WriteInt64LittleEndian(head[24..], padded.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], SpoolFile.Checksum(padded));
        BinaryPrimitives.WriteUInt32LittleEndian(head[36..], SpoolFile.Checksum(head[..32]) ^ BinaryPrimitives.ReadUInt32LittleEndian(head[32..]));
        file.WriteHead(head);
        file.Keep();
        file.Dispose();
        File.Move(TemporaryPath, _path, overwrite: true);
    }

    /// <summary>What to say of a cache that could not be used.</summary>
    public string Notice(string reason) => $"{_path} cannot be used: {reason}. It is made anew.";

    private static string NameFor(IReadOnlyList<InputFile> files) =>
        files.Count == 1 ? files[0].Path + Ending : $"{files[0].Path}.and-{files.Count - 1}-more{Ending}";

    private static unsafe ReadOnlySpan<byte> Bytes(MappedFile file, long offset, long length) => new(file.Start + offset, checked((int)length));

    private static CacheContent? ReadContent(MappedFile file)
    {
        ReadOnlySpan<byte> head = Bytes(file, 0, HeadLength);
        uint sum = BinaryPrimitives.ReadUInt32LittleEndian(head[32..]);
        if (!head.StartsWith(Magic) || (SpoolFile.Checksum(head[..32]) ^ sum) != BinaryPrimitives.ReadUInt32LittleEndian(head[36..]))
        {
            return null;
        }
        long offset = BinaryPrimitives.ReadInt64LittleEndian(head[16..]);
        long length = BinaryPrimitives.ReadInt64LittleEndian(head[24..]);
        if (offset + length != file.Length || SpoolFile.Checksum(Bytes(file, offset, length)) != sum)
        {
            return null;
        }
        return JsonSerializer.Deserialize(Bytes(file, offset, length), CacheJson.Default.CacheContent);
    }

    private static bool ChecksumsHold(MappedFile file, CacheContent content)
    {
        long block = RowSource.ChunkRows * (long)content.Columns.Length * sizeof(double);
        long end = SpoolFile.DataOffset + content.Rows * content.Columns.Length * sizeof(double);
        if (content.Checksums.Length != (end - SpoolFile.DataOffset + block - 1) / block)
        {
            return false;
        }
        if (content.WeightsChecksum is { } weights && WeightsChecksum(new MappedMemory<double>(file, end, checked((int)content.Rows)).GetSpan()) != weights)
        {
            return false;
        }
        return Parallel.For(0, content.Checksums.Length, (index, loop) =>
        {
            long first = SpoolFile.DataOffset + index * block;
            long length = Math.Min(block, end - first);
            file.Prepare(first, length);
            if (SpoolFile.Checksum(Bytes(file, first, length)) != content.Checksums[index])
            {
                loop.Stop();
            }
        }).IsCompleted;
    }

    // In parts, since the bytes of many weights are more than a span can hold.
    private static uint WeightsChecksum(ReadOnlySpan<double> weights)
    {
        uint sum = 0;
        for (int first = 0; first < weights.Length; first += Part)
        {
            sum = SpoolFile.Checksum(MemoryMarshal.AsBytes(weights.Slice(first, Math.Min(Part, weights.Length - first))), sum);
        }
        return sum;
    }

    private RowTable ToTable(MappedFile file, CacheContent content, long memory)
    {
        var schema = new Schema(content.Columns.Select(column => column.Levels is { } levels ? Column.Categorical(column.Name, levels) : Column.Numeric(column.Name)));
        RowSource rows = new MappedRows(schema, file, SpoolFile.DataOffset, content.Rows);
        if (content.WeightsChecksum is not null)
        {
            long offset = SpoolFile.DataOffset + content.Rows * content.Columns.Length * sizeof(double);
            rows = rows.WithWeights(new MappedMemory<double>(file, offset, checked((int)content.Rows)).Memory);
        }
        long bytes = content.Rows * content.Columns.Length * sizeof(double);
        return new RowTable(rows, content.Rows, null, null, null, [], content.Files, content.Origins)
        {
            Storage = new TableStorage(TablePlace.Cache, bytes, memory, _path),
        };
    }
}

/// <summary>What a cache is of.</summary>
internal sealed record CacheKey(CacheSource[] Sources, string Options)
{
    public static CacheKey Of(IReadOnlyList<InputFile> files, DataOptions options) => new(
        [.. files.Select(CacheSource.Of)],
        string.Join('\u001f',
            [
                .. options.Columns ?? ["*"], "\u001e", .. options.Drop, "\u001e", options.Weights ?? "", options.Delimiter?.ToString() ?? "",
                options.HasHeader?.ToString() ?? "", options.TextCells.ToString(), "\u001e", .. options.Missing,
            ]));

    /// <summary>In what the key of a cache differs, in words; null where it does not.</summary>
    public string? Difference(CacheKey other)
    {
        if (other.Options != Options)
        {
            return "it was made with other options";
        }
        if (other.Sources.Length != Sources.Length)
        {
            return "it was made from other files";
        }
        for (int index = 0; index < Sources.Length; index++)
        {
            if (Sources[index] != other.Sources[index])
            {
                return $"{Sources[index].Path} has changed since it was made";
            }
        }
        return null;
    }
}

/// <summary>A file as it was.</summary>
internal sealed record CacheSource(string Path, long Length, DateTime Modified)
{
    public static CacheSource Of(InputFile file)
    {
        FileStamp stamp = FileStamp.Of(file.Path);
        return new CacheSource(System.IO.Path.GetFullPath(file.Path), stamp.Length, stamp.Modified);
    }
}

/// <summary>What stands after the rows.</summary>
internal sealed record CacheContent(CacheKey Key, long Rows, CacheColumn[] Columns, uint? WeightsChecksum, uint[] Checksums, string[] Files, Origin[] Origins);

/// <summary>A column, with its levels where it has such.</summary>
internal sealed record CacheColumn(string Name, string[]? Levels);

/// <summary>Readers and writers of that, generated when it is compiled.</summary>
[JsonSerializable(typeof(CacheContent))]
internal sealed partial class CacheJson : JsonSerializerContext;
