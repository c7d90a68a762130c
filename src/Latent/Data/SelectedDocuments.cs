namespace Latent.Data;

/// <summary>Some documents of a source, put together chunk by chunk when they are asked for; chunks close where they would if the documents were a source of their own.</summary>
internal sealed class SelectedDocuments : IDataSource<DocumentChunk>
{
    private readonly DocumentSource _source;
    private readonly int[] _documents;
    private readonly List<(int End, int Cells)> _chunks = [];

    /// <summary>Finds where chunks close.</summary>
    /// <param name="source">All documents.</param>
    /// <param name="documents">Those chosen, in their order.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such document.</exception>
    public SelectedDocuments(DocumentSource source, int[] documents)
    {
        (_source, _documents) = (source, documents);
        int cells = 0;
        DocumentCursor cursor = new(source);
        for (int i = 0; i < documents.Length; i++)
        {
            cells += cursor.Find(documents[i]).Terms.Length;
            if (cells >= DocumentSource.ChunkCells || i == documents.Length - 1)
            {
                _chunks.Add((i + 1, cells));
                cells = 0;
            }
        }
    }

    /// <inheritdoc/>
    public int ChunkCount => _chunks.Count;

    /// <inheritdoc/>
    public DocumentChunk GetChunk(int index)
    {
        int first = index == 0 ? 0 : _chunks[index - 1].End;
        (int end, int cells) = _chunks[index];
        int[] offsets = new int[end - first + 1];
        int[] terms = new int[cells];
        int[] counts = new int[cells];
        DocumentCursor cursor = new(_source);
        for (int i = 1; i < offsets.Length; i++)
        {
            Cells document = cursor.Find(_documents[first + i - 1]);
            document.Terms.CopyTo(terms.AsSpan(offsets[i - 1]));
            document.Counts.CopyTo(counts.AsSpan(offsets[i - 1]));
            offsets[i] = offsets[i - 1] + document.Terms.Length;
        }
        return new DocumentChunk(offsets, terms, counts, _source.Vocabulary, first);
    }

    private readonly ref struct Cells(ReadOnlySpan<int> terms, ReadOnlySpan<int> counts)
    {
        public ReadOnlySpan<int> Terms { get; } = terms;

        public ReadOnlySpan<int> Counts { get; } = counts;
    }

    /// <summary>Finds documents; those of one chunk, one after the other, ask for it once.</summary>
    private struct DocumentCursor(DocumentSource source)
    {
        private int _index = -1;
        private DocumentChunk _chunk;

        public Cells Find(int number)
        {
            (int index, int document) = source.Find(number);
            if (index != _index)
            {
                (_index, _chunk) = (index, source.GetChunk(index));
            }
            Range cells = _chunk[document];
            return new Cells(_chunk.Terms[cells], _chunk.Counts[cells]);
        }
    }
}
