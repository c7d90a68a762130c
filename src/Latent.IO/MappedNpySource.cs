using Latent.Data;

namespace Latent.IO;

/// <summary>
/// The rows of a NumPy array file (.npy) of float64 or float32 in C order, mapped into memory: read from the disk when
/// they are used, never copied, so that a table may be larger than the machine's memory. One dimension is one column.
/// </summary>
/// <remarks>
/// Copies made by <see cref="RowSource.WithWeights"/> and the like share the mapping: disposing one closes all. A file that changes
/// while it is mapped is an error (<see cref="DataFormatException"/>) when its rows are next asked for; one that is removed or replaced by another stays as it was.
/// </remarks>
public sealed class MappedNpySource : RowSource, IDisposable
{
    private readonly MappedArray _array;

    private MappedNpySource(MappedFile file, NpyHeader header) : base(Schema.Numbered(header.Columns), header.Rows) =>
        _array = new MappedArray(file, header.Offset, header.Type == "f4", header.Rows, header.Columns);

    /// <summary>Maps a file; columns x1, x2, …. Its cells are not looked at yet.</summary>
    /// <param name="path">The file.</param>
    /// <param name="memory">The most memory that may hold parts of it, in bytes; null: half of <see cref="MemoryBudget.Default"/> and at most 1 GiB.</param>
    /// <exception cref="DataFormatException">The file is no array of float64 or float32 in C order, or cannot be read.</exception>
    public static MappedNpySource Open(string path, long? memory = null)
    {
        NpyHeader header = NpyTableReader.ReadHeader(path, path);
        if (!header.IsMappable)
        {
            throw new DataFormatException(
                path, "float64 or float32 in C order", $"type {header.Type}{(header.IsFortran ? " in Fortran order" : "")}",
                "convert it with numpy.ascontiguousarray(x, dtype='<f8'), or read it into memory");
        }
        return Open(path, header, memory);
    }

    internal static MappedNpySource Open(string path, NpyHeader header, long? memory, bool holdWriters = false) =>
        InputFile.Guard(path, () => new MappedNpySource(new MappedFile(path, memory: memory, holdWriters: holdWriters), header));

    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count) => _array.Read(firstRow, count);

    /// <summary>Closes the file. Chunks of it must not be used afterwards.</summary>
    public void Dispose() => _array.File.Dispose();
}
