
namespace Latent.IO;

/// <summary>Documents of text: split into words, then left with the words that count.</summary>
internal sealed class TextCorpus : IDisposable
{
    private readonly CorpusOptions _options;
    private readonly Tokenizer _tokenizer;
    private readonly CorpusBuilder _builder;
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<string> _words = [];
    private readonly WordVisit _count;
    private long _unknown;

    public TextCorpus(CorpusOptions options, long memory)
    {
        _options = options;
        _tokenizer = new Tokenizer(options.Tokens);
        _builder = new CorpusBuilder(memory);
        _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        _count = options.Vocabulary is null ? CountNew : CountKnown;
        IReadOnlyList<string> known = options.Vocabulary ?? [];
        for (int term = 0; term < known.Count; term++)
        {
            _numbers.Add(known[term], term);
        }
    }

    /// <summary>Adds a document.</summary>
    /// <exception cref="DataFormatException">It is no text.</exception>
    public void Add(ReadOnlySpan<char> text, string file, long line)
    {
        if (text.Contains('\0'))
        {
            throw new DataFormatException(file, "text", "a character of code 0, as binary files have", "remove the file, or convert it", line > 0 ? line : null);
        }
        _tokenizer.Split(text, _count);
        _builder.EndDocument();
    }

    /// <summary>The corpus: with the vocabulary given, or with the words of enough and not too many documents, sorted by character.</summary>
    public Corpus ToCorpus(IReadOnlyList<string>? ids, IReadOnlyList<TextColumn> columns, IReadOnlyList<string> files)
    {
        if (_options.Vocabulary is { } known)
        {
            return new Corpus(_builder.ToDocuments(known), known, ids, columns, files, _unknown, 0);
        }
        if (_builder.Documents == 0)
        {
            throw new DataFormatException(files[0], "documents", "none", "check that it was written completely");
        }
        (long[] occurrences, int[] documents) = _builder.Frequencies(_words.Count);
        double least = Limit(_options.LeastDocuments, isShare: _options.LeastDocuments < 1);
        double most = Limit(_options.MostDocuments, isShare: _options.MostDocuments <= 1);
        IEnumerable<int> kept = Enumerable.Range(0, _words.Count).Where(term => documents[term] >= least && documents[term] <= most);
        if (_options.MostWords > 0)
        {
            kept = kept.OrderByDescending(term => occurrences[term]).ThenBy(term => _words[term], StringComparer.Ordinal).Take(_options.MostWords);
        }
        int[] order = [.. kept.OrderBy(term => _words[term], StringComparer.Ordinal)];
        if (order.Length == 0)
        {
            throw _words.Count == 0
                ? CorpusReader.NoWords(files[0])
                : new DataFormatException(
                    files[0], "words to keep", $"none of {_words.Count} that stand in {least:0.##} to {most:0.##} of {_builder.Documents} documents", "keep rarer words (--min-df 1) or more common ones (--max-df 1)");
        }
        int[] places = new int[_words.Count];
        Array.Fill(places, -1);
        for (int place = 0; place < order.Length; place++)
        {
            places[order[place]] = place;
        }
        string[] words = Array.ConvertAll(order, term => _words[term]);
        return new Corpus(_builder.ToDocuments(places, words), words, ids, columns, files, 0, _words.Count - words.Length);
    }

    public void Dispose() => _builder.Dispose();

    private double Limit(double value, bool isShare) => isShare ? value * _builder.Documents : value;

    private void CountNew(ReadOnlySpan<char> word)
    {
        if (!_lookup.TryGetValue(word, out int term))
        {
            term = _words.Count;
            string text = word.ToString();
            _words.Add(text);
            _numbers.Add(text, term);
        }
        _builder.Add(term);
    }

    private void CountKnown(ReadOnlySpan<char> word)
    {
        if (_lookup.TryGetValue(word, out int term))
        {
            _builder.Add(term);
        }
        else
        {
            _unknown++;
        }
    }
}
