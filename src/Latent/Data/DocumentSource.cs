namespace Latent.Data;

/// <summary>
/// Documents as bags of words, in chunks of whole documents: a chunk closes with the document that brings it to at
/// least <see cref="ChunkCells"/> cells (distinct terms of a document), so its borders depend on the data alone.
/// </summary>
public sealed class DocumentSource : IDataSource<DocumentChunk>
{
    /// <summary>A chunk closes once it holds this many cells.</summary>
    public const int ChunkCells = 16384;

    private readonly IDataSource<DocumentChunk> _chunks;
    private readonly int[] _firsts;

    private DocumentSource(IDataSource<DocumentChunk> chunks, int[] firsts, int documents, int vocabulary, IReadOnlyList<string>? words, long tokens)
    {
        _chunks = chunks;
        _firsts = firsts;
        Documents = documents;
        Vocabulary = vocabulary;
        Words = words;
        Tokens = tokens;
    }

    /// <summary>The number of documents, empty ones included.</summary>
    public int Documents { get; }

    /// <summary>The number of terms there are: term numbers are below it.</summary>
    public int Vocabulary { get; }

    /// <summary>The terms in words, if known.</summary>
    public IReadOnlyList<string>? Words { get; }

    /// <summary>The sum of all counts: the number of words in the corpus.</summary>
    public long Tokens { get; }

    /// <inheritdoc/>
    public int ChunkCount => _firsts.Length;

    /// <inheritdoc/>
    public DocumentChunk GetChunk(int index) => (uint)index < (uint)_firsts.Length
        ? _chunks.GetChunk(index)
        : throw new ArgumentOutOfRangeException(nameof(index), index, $"Expected a chunk in [0, {_firsts.Length}).");

    /// <summary>Where a document lies: the chunk, and its index there.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="document"/> is not in [0, <see cref="Documents"/>).</exception>
    public (int Chunk, int Document) Find(int document)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(document);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(document, Documents);
        int found = Array.BinarySearch(_firsts, document);
        int chunk = found < 0 ? ~found - 1 : found;
        return (chunk, document - _firsts[chunk]);
    }

    /// <summary>Some of the documents, in the order given: copied where all are in memory, else read where they lie, each time they are asked for.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such document.</exception>
    public DocumentSource Select(ReadOnlySpan<int> documents)
    {
        SelectedDocuments selected = new(this, documents.ToArray());
        return From(_chunks is Held ? new Held([.. Enumerable.Range(0, selected.ChunkCount).Select(selected.GetChunk)]) : selected, Vocabulary, Words);
    }

    /// <summary>Documents in compressed rows. The memory is not copied: do not change it afterwards.</summary>
    /// <param name="offsets">Where each document starts in <paramref name="terms"/>, from 0, and at the end the number of cells.</param>
    /// <param name="terms">The term numbers of each document, distinct within it.</param>
    /// <param name="counts">How often each term occurs, at least once.</param>
    /// <param name="vocabulary">The number of terms there are.</param>
    /// <param name="words">The terms in words, <paramref name="vocabulary"/> long, or null.</param>
    /// <exception cref="ArgumentException">
    /// The offsets do not run from 0 to the number of cells or decrease, terms and counts or words differ in length from what they must be,
    /// a term is not in [0, vocabulary) or appears twice in a document, or a count is below one.
    /// </exception>
    public static DocumentSource From(
        ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> terms, ReadOnlyMemory<int> counts, int vocabulary, IReadOnlyList<string>? words = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        CheckShapes(offsets.Span, 0, terms.Length, counts.Length, vocabulary, words);
        long tokens = CheckCells(offsets.Span, terms.Span, counts.Span, vocabulary, new int[vocabulary], 0);
        DocumentChunk[] chunks = Cut(offsets, terms, counts, vocabulary);
        return new DocumentSource(new Held(chunks), Array.ConvertAll(chunks, chunk => chunk.FirstDocument), offsets.Length - 1, vocabulary, words, tokens);
    }

    /// <summary>
    /// Documents in chunks that lie anywhere, such as in a file larger than memory. All chunks are read once, in order, to check them. Results are those of the same documents in memory
    /// where chunks close as <see cref="ChunkCells"/> says.
    /// </summary>
    /// <param name="chunks">The chunks, none of them without documents; read from several threads at once.</param>
    /// <param name="vocabulary">The number of terms there are.</param>
    /// <param name="words">The terms in words, <paramref name="vocabulary"/> long, or null.</param>
    /// <exception cref="ArgumentException">Chunks do not follow one another, or are not as the other overload says.</exception>
    public static DocumentSource From(IDataSource<DocumentChunk> chunks, int vocabulary, IReadOnlyList<string>? words = null)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        int[] firsts = new int[chunks.ChunkCount];
        int[] lastSeen = new int[vocabulary];
        int documents = 0;
        long tokens = 0;
        for (int index = 0; index < firsts.Length; index++)
        {
            DocumentChunk chunk = chunks.GetChunk(index);
            if (chunk.FirstDocument != documents || chunk.Documents == 0 || chunk.Vocabulary != vocabulary)
            {
                throw new ArgumentException(
                    $"Expected documents from {documents} on over {vocabulary} terms in chunk {index}, found {chunk.Documents} from {chunk.FirstDocument} on over {chunk.Vocabulary}.", nameof(chunks));
            }
            CheckShapes(chunk.Offsets, chunk.Offsets[0], chunk.Terms.Length, chunk.Counts.Length, vocabulary, words);
            tokens += CheckCells(chunk.Offsets, chunk.Terms, chunk.Counts, vocabulary, lastSeen, documents);
            firsts[index] = documents;
            documents += chunk.Documents;
        }
        return new DocumentSource(chunks, firsts, documents, vocabulary, words, tokens);
    }

    private static void CheckShapes(ReadOnlySpan<int> offsets, int origin, int terms, int counts, int vocabulary, IReadOnlyList<string>? words)
    {
        if (terms != counts)
        {
            throw new ArgumentException($"Expected {terms} counts, one per term, found {counts}.", nameof(counts));
        }
        if (words is not null && words.Count != vocabulary)
        {
            throw new ArgumentException($"Expected {vocabulary} words, one per term of the vocabulary, found {words.Count}.", nameof(words));
        }
        if (offsets.IsEmpty || offsets[0] != origin || offsets[^1] - origin != terms)
        {
            throw new ArgumentException($"Expected offsets from {origin} to {origin + terms}, found {(offsets.IsEmpty ? "none" : $"{offsets[0]} to {offsets[^1]}")}.", nameof(offsets));
        }
        for (int document = 1; document < offsets.Length; document++)
        {
            if (offsets[document] < offsets[document - 1])
            {
                throw new ArgumentException($"Expected offsets that do not decrease, found {offsets[document]} after {offsets[document - 1]}.", nameof(offsets));
            }
        }
    }

    private static long CheckCells(ReadOnlySpan<int> offsets, ReadOnlySpan<int> terms, ReadOnlySpan<int> counts, int vocabulary, int[] lastSeen, int first)
    {
        long tokens = 0;
        for (int document = 0; document < offsets.Length - 1; document++)
        {
            for (int cell = offsets[document] - offsets[0]; cell < offsets[document + 1] - offsets[0]; cell++)
            {
                int term = terms[cell];
                if ((uint)term >= (uint)vocabulary)
                {
                    throw new ArgumentException($"Expected terms in [0, {vocabulary}), found {term} in document {first + document}.", nameof(terms));
                }
                if (lastSeen[term] == first + document + 1)
                {
                    throw new ArgumentException($"Expected distinct terms in a document, found {term} twice in document {first + document}; add their counts.", nameof(terms));
                }
                if (counts[cell] < 1)
                {
                    throw new ArgumentException($"Expected counts of at least one, found {counts[cell]} in document {first + document}; leave the cell out.", nameof(counts));
                }
                lastSeen[term] = first + document + 1;
                tokens += counts[cell];
            }
        }
        return tokens;
    }

    private static DocumentChunk[] Cut(ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> terms, ReadOnlyMemory<int> counts, int vocabulary)
    {
        var chunks = new List<DocumentChunk>();
        ReadOnlySpan<int> starts = offsets.Span;
        int first = 0;
        for (int end = 1; end < starts.Length; end++)
        {
            int cells = starts[end] - starts[first];
            if (cells >= ChunkCells || end == starts.Length - 1)
            {
                chunks.Add(new DocumentChunk(
                    offsets[first..(end + 1)], terms.Slice(starts[first], cells), counts.Slice(starts[first], cells), vocabulary, first));
                first = end;
            }
        }
        return [.. chunks];
    }

    private sealed class Held(DocumentChunk[] chunks) : IDataSource<DocumentChunk>
    {
        public int ChunkCount => chunks.Length;

        public DocumentChunk GetChunk(int index) => chunks[index];
    }
}
