namespace Latent.Data;

/// <summary>
/// Whole documents as bags of words: for each document its distinct terms and how often each occurs. The chunk of
/// topic models.
/// </summary>
public readonly struct DocumentChunk
{
    private readonly ReadOnlyMemory<int> _offsets;
    private readonly ReadOnlyMemory<int> _terms;
    private readonly ReadOnlyMemory<int> _counts;

    internal DocumentChunk(ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> terms, ReadOnlyMemory<int> counts, int vocabulary, int firstDocument)
    {
        _offsets = offsets;
        _terms = terms;
        _counts = counts;
        Vocabulary = vocabulary;
        FirstDocument = firstDocument;
    }

    /// <summary>A chunk over memory that is not copied, for sources of one's own: <see cref="DocumentSource.From(IDataSource{DocumentChunk}, int, IReadOnlyList{string}?)"/> checks what is in it.</summary>
    /// <param name="offsets">Where each document starts in <paramref name="terms"/>, from any number, and at the end where the last ends.</param>
    /// <param name="terms">The terms, from the first document's on.</param>
    /// <param name="counts">How often each occurs.</param>
    /// <param name="vocabulary">The number of terms there are.</param>
    /// <param name="firstDocument">The index of the first document in the whole data set.</param>
    public static DocumentChunk From(ReadOnlyMemory<int> offsets, ReadOnlyMemory<int> terms, ReadOnlyMemory<int> counts, int vocabulary, int firstDocument) =>
        new(offsets, terms, counts, vocabulary, firstDocument);

    internal ReadOnlySpan<int> Offsets => _offsets.Span;

    /// <summary>The number of documents.</summary>
    public int Documents => Math.Max(0, _offsets.Length - 1);

    /// <summary>The number of terms there are: term numbers are below it.</summary>
    public int Vocabulary { get; }

    /// <summary>The index of the first document in the whole data set.</summary>
    public int FirstDocument { get; }

    /// <summary>The term numbers of all documents of this chunk, one document after the other.</summary>
    public ReadOnlySpan<int> Terms => _terms.Span;

    /// <summary>How often each of <see cref="Terms"/> occurs in its document, at least once.</summary>
    public ReadOnlySpan<int> Counts => _counts.Span;

    /// <summary>Where a document's cells lie in <see cref="Terms"/> and <see cref="Counts"/>; empty for an empty document.</summary>
    /// <param name="document">The index of the document in this chunk.</param>
    public Range this[int document]
    {
        get
        {
            ReadOnlySpan<int> offsets = _offsets.Span;
            return (offsets[document] - offsets[0])..(offsets[document + 1] - offsets[0]);
        }
    }
}
