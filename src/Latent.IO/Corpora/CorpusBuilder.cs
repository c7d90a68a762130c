using Latent.Data;

namespace Latent.IO;

/// <summary>Collects documents word by word, and puts each document's words in the order of their numbers.</summary>
internal sealed class CorpusBuilder(long memory) : IDisposable
{
    private readonly List<int> _offsets = [0];
    private readonly CellSpool _terms = new(memory / 2);
    private readonly CellSpool _counts = new(memory / 2);
    private readonly SortedDictionary<int, int> _current = [];
    private (ReadOnlyMemory<int> Terms, ReadOnlyMemory<int> Counts)? _cells;

    /// <summary>Documents so far.</summary>
    public int Documents => _offsets.Count - 1;

    /// <summary>The greatest number of a word so far; −1 without any.</summary>
    public int LastTerm { get; private set; } = -1;

    /// <summary>Adds occurrences of a word to the document.</summary>
    public void Add(int term, int count = 1)
    {
        _current[term] = checked(_current.GetValueOrDefault(term) + count);
        LastTerm = Math.Max(LastTerm, term);
    }

    /// <summary>Closes the document, which may be empty.</summary>
    public void EndDocument()
    {
        foreach ((int term, int count) in _current)
        {
            _terms.Add(term);
            _counts.Add(count);
        }
        _current.Clear();
        _offsets.Add(_terms.Count);
    }

    /// <summary>The documents; add nothing afterwards.</summary>
    public DocumentSource ToDocuments(IReadOnlyList<string> words) =>
        DocumentSource.From(_offsets.ToArray(), Cells.Terms, Cells.Counts, words.Count, words);

    /// <summary>The documents with other numbers for their words.</summary>
    /// <param name="places">For each number the new one, or −1 to leave the word out.</param>
    /// <param name="words">The words of the new numbers.</param>
    public DocumentSource ToDocuments(int[] places, IReadOnlyList<string> words)
    {
        using CorpusBuilder mapped = new(memory);
        (ReadOnlyMemory<int> terms, ReadOnlyMemory<int> counts) = Cells;
        for (int document = 0; document < Documents; document++)
        {
            for (int cell = _offsets[document]; cell < _offsets[document + 1]; cell++)
            {
                if (places[terms.Span[cell]] is >= 0 and int place)
                {
                    mapped.Add(place, counts.Span[cell]);
                }
            }
            mapped.EndDocument();
        }
        return mapped.ToDocuments(words);
    }

    /// <summary>Adds up the occurrences of each word, and the documents that have it.</summary>
    public (long[] Occurrences, int[] Documents) Frequencies(int words)
    {
        long[] occurrences = new long[words];
        int[] documents = new int[words];
        ReadOnlySpan<int> terms = Cells.Terms.Span;
        ReadOnlySpan<int> counts = Cells.Counts.Span;
        for (int cell = 0; cell < terms.Length; cell++)
        {
            occurrences[terms[cell]] += counts[cell];
            documents[terms[cell]]++;
        }
        return (occurrences, documents);
    }

    // Read after all documents are there, and as often as needed.
    private (ReadOnlyMemory<int> Terms, ReadOnlyMemory<int> Counts) Cells => _cells ??= (_terms.ToMemory(), _counts.ToMemory());

    public void Dispose()
    {
        _terms.Dispose();
        _counts.Dispose();
    }
}
