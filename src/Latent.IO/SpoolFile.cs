using System.Numerics;
using System.Runtime.InteropServices;
using Latent.Data;

namespace Latent.IO;

/// <summary>Blocks of rows in a file, each with a checksum: first written, then mapped.</summary>
internal sealed class SpoolFile : IDisposable
{
    /// <summary>Where rows begin: what stands before them says what they are.</summary>
    public const int DataOffset = 4096;

    /// <summary>What to do where a temporary file finds no room.</summary>
    public const string Remedy = "make room, name another folder (TMPDIR), or allow more memory (--memory)";

    private readonly Stream _stream;
    private readonly bool _temporary;
    private readonly List<uint> _checksums = [];
    private readonly List<int> _lengths = [];
    private bool _mapped;

    private SpoolFile(string path, Stream stream, bool temporary)
    {
        Path = path;
        _stream = stream;
        _temporary = temporary;
    }

    public string Path { get; }

    /// <summary>Where the rows end.</summary>
    public long End => DataOffset + _lengths.Sum(length => (long)length);

    /// <summary>One checksum (CRC-32C) per block of <see cref="RowSource.ChunkRows"/> rows.</summary>
    public IReadOnlyList<uint> Checksums => _checksums;

    public static SpoolFile Create(SpoolOptions options)
    {
        string path = options.Path ?? System.IO.Path.Join(System.IO.Path.GetTempPath(), $"latent-{Environment.ProcessId}-{Guid.NewGuid():N}.rows");
        bool temporary = options.Path is null;
        return Guard(path, temporary, () =>
        {
            var file = new SpoolFile(path, options.Create(path), temporary);
            try
            {
                file._stream.Write(new byte[DataOffset]);
            }
            catch
            {
                file.Dispose();
                throw;
            }
            return file;
        });
    }

    /// <summary>CRC-32C of whole 8-byte words, continued from that of the words before them.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        uint sum = ~before;
        foreach (ulong word in MemoryMarshal.Cast<byte, ulong>(bytes))
        {
            sum = BitOperations.Crc32C(sum, word);
        }
        return ~sum;
    }

    /// <summary>Writes a block after the last.</summary>
    public void Append(ReadOnlySpan<byte> block)
    {
        _checksums.Add(Checksum(block));
        _lengths.Add(block.Length);
        Write(block);
    }

    /// <summary>Writes bytes that are no rows, at the end.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (IOException cause)
        {
            throw Full(cause);
        }
    }

    /// <summary>Writes the description before the rows, and waits until all is on the disk where it is to stay.</summary>
    public void WriteHead(ReadOnlySpan<byte> head)
    {
        try
        {
            _stream.Position = 0;
            _stream.Write(head);
            if (_stream is WrittenFile file)
            {
                file.FlushToDisk();
            }
        }
        catch (IOException cause)
        {
            throw Full(cause);
        }
    }

    /// <summary>Replaces every value so far of one column, block by block.</summary>
    public void Transform(int column, int columns, Func<double, double> map)
    {
        long position = DataOffset;
        for (int block = 0; block < _lengths.Count; block++)
        {
            var cells = new double[_lengths[block] / sizeof(double)];
            Span<byte> bytes = MemoryMarshal.AsBytes(cells.AsSpan());
            try
            {
                _stream.Position = position;
                _stream.ReadExactly(bytes);
                for (int cell = column; cell < cells.Length; cell += columns)
                {
                    cells[cell] = map(cells[cell]);
                }
                _stream.Position = position;
                _stream.Write(bytes);
            }
            catch (IOException cause)
            {
                throw Full(cause);
            }
            _checksums[block] = Checksum(bytes);
            position += bytes.Length;
        }
        _stream.Position = position;
    }

    /// <summary>The rows, mapped. A temporary file loses its name at once, so that it cannot stay behind.</summary>
    public RowSource ToRows(Schema schema, long rows, long memory)
    {
        try
        {
            _stream.Flush();
        }
        catch (IOException cause)
        {
            throw Full(cause);
        }
        if (_temporary)
        {
            RowSource mapped = Guard(Path, _temporary, () => new MappedRows(schema, new MappedFile(Path, "the temporary copy of the data", memory, removed: true), DataOffset, rows));
            _mapped = true;
            _stream.Dispose();
            return mapped;
        }
        return new MappedRows(schema, new MappedFile(Path, memory: memory), DataOffset, rows);
    }

    /// <summary>Closes the file, and removes it unless it was made into rows.</summary>
    public void Dispose()
    {
        try
        {
            _stream.Dispose();
        }
        catch (IOException)
        {
            // What a full disk does not take is of no more use.
        }
        if (!_mapped && File.Exists(Path))
        {
            File.Delete(Path);
        }
    }

    /// <summary>Keeps the file when this is closed.</summary>
    public void Keep() => _mapped = true;

    private UnwritableException Full(IOException cause) => Failed(Path, cause, $", after {MemoryBudget.Describe(End)}", _temporary);

    private static T Guard<T>(string path, bool temporary, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, cause, "", temporary);
        }
    }

    private static UnwritableException Failed(string path, Exception cause, string where, bool temporary) => temporary
        ? new(path, "a file that takes the rows which do not fit into memory", cause, where, Remedy)
        : new(path, "a file that takes the numbers of the text", cause, where, "make room, or leave the cache out (--cache)");
}
