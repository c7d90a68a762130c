using Latent.Data;

namespace Latent.IO;

/// <summary>Rows of float64 in a mapped file of our own.</summary>
internal sealed class MappedRows : RowSource, IDisposable
{
    private readonly MappedArray _array;

    public MappedRows(Schema schema, MappedFile file, long offset, long rows) : base(schema, rows) =>
        _array = new MappedArray(file, offset, single: false, rows, schema.Count);

    /// <inheritdoc/>
    protected override RowChunk ReadRows(long firstRow, int count) => _array.Read(firstRow, count);

    public void Dispose() => _array.File.Dispose();
}
