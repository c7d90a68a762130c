using System.Runtime.InteropServices;
using Latent.Data;

namespace Latent.IO;

/// <summary>Chunks of documents added one at a time: in memory while they fit there, else in a file without a name that is mapped. Only where each chunk lies stays in memory.</summary>
internal sealed class ChunkSpool(long memory) : IDisposable
{
    private readonly long _most = Math.Max(1 << 18, memory);
    private readonly List<Entry> _entries = [];
    private readonly List<int[]> _held = [];
    private long _length;
    private int _documents;
    private WrittenFile? _file;
    private string? _path;
    private MappedFile? _mapped;

    /// <summary>How many chunks there are.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds a chunk.</summary>
    /// <param name="offsets">Where each of its documents starts, from 0, and at the end the number of cells.</param>
    /// <param name="terms">The terms of the cells.</param>
    /// <param name="counts">How often each occurs.</param>
    /// <exception cref="UnwritableException">The disk is full.</exception>
    public void Add(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<int> counts)
    {
        _entries.Add(new Entry(_length, _documents, offsets.Length - 1, terms.Length));
        int[] values = [.. offsets, .. terms, .. counts];
        _length += (long)values.Length * sizeof(int);
        _documents += offsets.Length - 1;
        if (_file is null && _length <= _most)
        {
            _held.Add(values);
            return;
        }
        try
        {
            if (_file is null)
            {
                _path = Path.Join(Path.GetTempPath(), $"latent-{Environment.ProcessId}-{Guid.NewGuid():N}.documents");
                _file = WrittenFile.CreateNew(_path);
                foreach (int[] held in _held)
                {
                    _file.Write(MemoryMarshal.AsBytes<int>(held));
                }
                _held.Clear();
            }
            _file.Write(MemoryMarshal.AsBytes<int>(values));
        }
        catch (IOException cause)
        {
            throw new UnwritableException(
                _path ?? Path.GetTempPath(), "a file that takes the documents which do not fit into memory", cause, "", SpoolFile.Remedy);
        }
    }

    /// <summary>The chunks; add nothing afterwards.</summary>
    /// <param name="vocabulary">The number of terms there are.</param>
    public IDataSource<DocumentChunk> ToChunks(int vocabulary)
    {
        if (_file is not null && _mapped is null)
        {
            _file.Flush();
            _mapped = new MappedFile(_path!, "the temporary copy of the corpus", memory, removed: true);
            _file.Dispose();
            _path = null;
        }
        return new Chunks(this, vocabulary);
    }

    /// <summary>Removes what was written: nothing may refer to the chunks any more, unless they are in memory.</summary>
    public void Dispose()
    {
        try
        {
            _file?.Dispose();
        }
        catch (IOException)
        {
            // What a full disk does not take is of no more use.
        }
        _mapped?.Dispose();
        if (_path is not null && File.Exists(_path))
        {
            File.Delete(_path);
        }
    }

    /// <summary>Where a chunk lies.</summary>
    private readonly record struct Entry(long Position, int FirstDocument, int Documents, int Cells);

    private sealed class Chunks(ChunkSpool spool, int vocabulary) : IDataSource<DocumentChunk>
    {
        public int ChunkCount => spool._entries.Count;

        public DocumentChunk GetChunk(int index)
        {
            Entry entry = spool._entries[index];
            int offsets = entry.Documents + 1;
            int length = offsets + 2 * entry.Cells;
            ReadOnlyMemory<int> values;
            if (spool._mapped is { } file)
            {
                file.Prepare(entry.Position, (long)length * sizeof(int));
                values = new MappedMemory<int>(file, entry.Position, length).Memory;
            }
            else
            {
                values = spool._held[index];
            }
            return DocumentChunk.From(values[..offsets], values.Slice(offsets, entry.Cells), values[(offsets + entry.Cells)..], vocabulary, entry.FirstDocument);
        }
    }
}
