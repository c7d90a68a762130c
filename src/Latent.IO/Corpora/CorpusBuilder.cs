using Latent.Data;

namespace Latent.IO;

/// <summary>Collects documents word by word, puts each document's words in the order of their numbers, and cuts chunks. What has left the present chunk may be on the disk.</summary>
internal sealed class CorpusBuilder(long memory) : IDisposable
{
    private readonly ChunkSpool _spool = new(memory / 2);
    private readonly List<int> _offsets = [0];
    private int[] _terms = new int[DocumentSource.ChunkCells];
    private int[] _counts = new int[DocumentSource.ChunkCells];
    private int _start;
    private int _end;
    private bool _isSorted = true;
    private bool _isHandedOut;

    /// <summary>Documents so far.</summary>
    public int Documents { get; private set; }

    /// <summary>The greatest number of a word so far; −1 without any.</summary>
    public int LastTerm { get; private set; } = -1;

    /// <summary>Adds occurrences of a word to the document.</summary>
    public void Add(int term, int count = 1)
    {
        if (_end == _terms.Length)
        {
            Array.Resize(ref _terms, checked(2 * _end));
            Array.Resize(ref _counts, _terms.Length);
        }
        _isSorted &= _end == _start || _terms[_end - 1] < term;
        (_terms[_end], _counts[_end]) = (term, count);
        _end++;
        LastTerm = Math.Max(LastTerm, term);
    }

    /// <summary>Closes the document, which may be empty.</summary>
    /// <exception cref="OverflowException">A word occurs more than 2³¹ times.</exception>
    public void EndDocument()
    {
        if (!_isSorted)
        {
            Sort();
        }
        _offsets.Add(_end);
        (_start, _isSorted) = (_end, true);
        Documents++;
        if (_end >= DocumentSource.ChunkCells)
        {
            EndChunk();
        }
    }

    /// <summary>The documents; add nothing afterwards.</summary>
    public DocumentSource ToDocuments(IReadOnlyList<string> words)
    {
        _isHandedOut = true;
        return DocumentSource.From(Chunks(words.Count), words.Count, words);
    }

    /// <summary>The documents with other numbers for their words.</summary>
    /// <param name="places">For each number the new one, or −1 to leave the word out.</param>
    /// <param name="words">The words of the new numbers.</param>
    public DocumentSource ToDocuments(int[] places, IReadOnlyList<string> words)
    {
        using CorpusBuilder mapped = new(memory);
        IDataSource<DocumentChunk> chunks = Chunks(places.Length);
        for (int index = 0; index < chunks.ChunkCount; index++)
        {
            DocumentChunk chunk = chunks.GetChunk(index);
            ReadOnlySpan<int> terms = chunk.Terms;
            ReadOnlySpan<int> counts = chunk.Counts;
            for (int document = 0; document < chunk.Documents; document++)
            {
                (int cell, int end) = (chunk[document].Start.Value, chunk[document].End.Value);
                for (; cell < end; cell++)
                {
                    if (places[terms[cell]] is >= 0 and int place)
                    {
                        mapped.Add(place, counts[cell]);
                    }
                }
                mapped.EndDocument();
            }
        }
        return mapped.ToDocuments(words);
    }

    /// <summary>Adds up the occurrences of each word, and the documents that have it.</summary>
    public (long[] Occurrences, int[] Documents) Frequencies(int words)
    {
        long[] occurrences = new long[words];
        int[] documents = new int[words];
        IDataSource<DocumentChunk> chunks = Chunks(words);
        for (int index = 0; index < chunks.ChunkCount; index++)
        {
            DocumentChunk chunk = chunks.GetChunk(index);
            ReadOnlySpan<int> terms = chunk.Terms;
            ReadOnlySpan<int> counts = chunk.Counts;
            for (int cell = 0; cell < terms.Length; cell++)
            {
                occurrences[terms[cell]] += counts[cell];
                documents[terms[cell]]++;
            }
        }
        return (occurrences, documents);
    }

    /// <summary>Removes what was written for documents that nobody was given.</summary>
    public void Dispose()
    {
        if (!_isHandedOut)
        {
            _spool.Dispose();
        }
    }

    private IDataSource<DocumentChunk> Chunks(int vocabulary)
    {
        if (_offsets.Count > 1)
        {
            EndChunk();
        }
        return _spool.ToChunks(vocabulary);
    }

    private void EndChunk()
    {
        _spool.Add(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_offsets), _terms.AsSpan(0, _end), _counts.AsSpan(0, _end));
        _offsets.RemoveRange(1, _offsets.Count - 1);
        (_start, _end) = (0, 0);
    }

    // In the order of the words, those of one word added up.
    private void Sort()
    {
        Array.Sort(_terms, _counts, _start, _end - _start);
        int last = _start;
        for (int cell = _start + 1; cell < _end; cell++)
        {
            if (_terms[cell] == _terms[last])
            {
                _counts[last] = checked(_counts[last] + _counts[cell]);
                continue;
            }
            last++;
            (_terms[last], _counts[last]) = (_terms[cell], _counts[cell]);
        }
        _end = last + 1;
    }
}
