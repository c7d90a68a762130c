using Latent.Data;

namespace Latent.IO;

/// <summary>
/// The rows of a NumPy array file (.npy) of float64 or float32 in C order, mapped into memory: read from the disk when
/// they are used, never copied, so that a table may be larger than the machine's memory. One dimension is one column.
/// </summary>
/// <remarks>
/// Copies made by <see cref="RowSource.WithWeights"/> and the like share the mapping: disposing one closes all. The file must
/// not be changed while it is mapped.
/// </remarks>
public sealed class MappedNpySource : RowSource, IDisposable
{
    private readonly MappedFile _file;
    private readonly NpyHeader _header;
    private readonly RowChunk[] _chunks;

    private MappedNpySource(MappedFile file, NpyHeader header) : base(Schema.Numbered(header.Columns), header.Rows)
    {
        _file = file;
        _header = header;
        _chunks = new RowChunk[ChunkCount];
        for (int index = 0; index < _chunks.Length; index++)
        {
            long first = (long)index * ChunkRows;
            _chunks[index] = View(first, (int)Math.Min(ChunkRows, Rows - first));
        }
    }

    /// <summary>Maps a file; columns x1, x2, …. Its cells are not looked at yet.</summary>
    /// <exception cref="DataFormatException">The file is no array of float64 or float32 in C order, or cannot be read.</exception>
    public static MappedNpySource Open(string path)
    {
        NpyHeader header = NpyTableReader.ReadHeader(path, path);
        if (!header.IsMappable)
        {
            throw new DataFormatException(
                path, "float64 or float32 in C order", $"type {header.Type}{(header.IsFortran ? " in Fortran order" : "")}",
                "convert it with numpy.ascontiguousarray(x, dtype='<f8'), or read it into memory");
        }
        return Open(path, header);
    }

    internal static MappedNpySource Open(string path, NpyHeader header) =>
        InputFile.Guard(path, () => new MappedNpySource(new MappedFile(path), header));

    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count)
    {
        int index = (int)(firstRow / ChunkRows);
        int offset = (int)(firstRow % ChunkRows);
        return index < _chunks.Length && offset + count <= _chunks[index].Rows ? _chunks[index].Slice(offset, count) : View(firstRow, count);
    }

    /// <summary>Closes the file. Chunks of it must not be used afterwards.</summary>
    public void Dispose() => _file.Dispose();

    private RowChunk View(long firstRow, int count)
    {
        int length = checked(count * Columns);
        long first = firstRow * Columns;
        return _header.Type == "f4"
            ? new RowChunk(new MappedMemory<float>(_file, _header.Offset + first * sizeof(float), length).Memory, Columns, default, firstRow)
            : new RowChunk(new MappedMemory<double>(_file, _header.Offset + first * sizeof(double), length).Memory, Columns, default, firstRow);
    }
}
