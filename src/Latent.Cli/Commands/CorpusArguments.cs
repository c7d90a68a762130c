using System.CommandLine;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>The options that say where a corpus's words are, and how text becomes words.</summary>
internal sealed class CorpusArguments
{
    private const string NoStopWords = "none";
    private const string EnglishStopWords = "english";

    private readonly Option<string?> _text = Parse.Text("--text", [], "The column that holds each document's text.", "COLUMN");
    private readonly Option<string?> _document = Parse.Text("--doc", [], "The column that names the document, in a table with one row per document and term.", "COLUMN");
    private readonly Option<string?> _term = Parse.Text("--term", [], "The column that names the term, or gives its number in the vocabulary.", "COLUMN");
    private readonly Option<string?> _count = Parse.Text("--count", [], "The column that says how often the term occurs.", "COLUMN");
    private readonly Option<string?> _vocabulary = Parse.Text("--vocabulary", ["--vocab"], "The words of a corpus whose terms are numbers, one a line.", "FILE");
    private readonly Option<string?> _by = Parse.Text("--by", [], "A column of groups, such as years or authors, to show the mean topics of. With --text.", "COLUMN");
    private readonly Option<string?> _stopWords = Parse.Text("--stop-words", [], "Words to leave out: english (default), none, or a file with one a line.", "english|none|FILE");
    private readonly Option<double?> _least = Parse.NonNegative("--min-df", "Leave out words of fewer documents: a number, or below 1 a share. Default 2.");
    private readonly Option<double?> _most = Parse.NonNegative("--max-df", "Leave out words of more documents: up to 1 a share, above a number. Default 0.5.");
    private readonly Option<int?> _words = Parse.Integer("--max-words", [], "Keep so many words, the most frequent.", 1);
    private readonly Option<int?> _grams = Parse.Integer("--ngrams", [], "Count sequences of up to so many words as words. Default 1.", 1);
    private readonly Option<int?> _length = Parse.Integer("--min-length", [], "Characters of the shortest word. Default 2.", 1);
    private readonly Option<bool> _keepCase = new("--keep-case") { Description = "Do not make all letters lower case." };
    private readonly Option<bool> _numbers = new("--numbers") { Description = "Keep words of digits alone." };

    /// <summary>The options that are needed wherever documents are read.</summary>
    public IReadOnlyList<Option> Places => [_text, _document, _term, _count, _vocabulary];

    /// <summary>The options that make a vocabulary.</summary>
    public IReadOnlyList<Option> Words => [_by, _stopWords, _least, _most, _words, _grams, _length, _keepCase, _numbers];

    /// <summary>How to read the documents of a fit.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="table">The options of tables.</param>
    public CorpusOptions ToOptions(ParseResult parsed, DataOptions table)
    {
        TokenOptions tokens = TokenOptions.Default;
        CorpusOptions defaults = CorpusOptions.Default;
        if (parsed.GetValue(_by) is not null && parsed.GetValue(_text) is null)
        {
            throw new UsageException("Expected --text COLUMN with --by, found none: groups are columns of a table of texts.");
        }
        return Located(parsed, table) with
        {
            Columns = parsed.GetValue(_by) is { } by ? [by] : [],
            LeastDocuments = parsed.GetValue(_least) ?? defaults.LeastDocuments,
            MostDocuments = parsed.GetValue(_most) ?? defaults.MostDocuments,
            MostWords = parsed.GetValue(_words) ?? defaults.MostWords,
            Tokens = tokens with
            {
                LowerCase = !parsed.GetValue(_keepCase),
                Numbers = parsed.GetValue(_numbers),
                StopWords = StopWordsOf(parsed.GetValue(_stopWords)),
                LeastLength = parsed.GetValue(_length) ?? tokens.LeastLength,
                Grams = parsed.GetValue(_grams) ?? tokens.Grams,
            },
        };
    }

    /// <summary>How to read documents for a model, whose vocabulary and tokens are given.</summary>
    public CorpusOptions ToOptions(ParseResult parsed, DataOptions table, FittedCorpus model) => Located(parsed, table) with
    {
        Vocabulary = model.Words,
        Tokens = model.Tokens,
    };

    private CorpusOptions Located(ParseResult parsed, DataOptions table)
    {
        (string? document, string? term, string? count) = (parsed.GetValue(_document), parsed.GetValue(_term), parsed.GetValue(_count));
        bool any = (document ?? term ?? count) is not null;
        if (any && (document is null || term is null || count is null || parsed.GetValue(_text) is not null))
        {
            throw new UsageException("Expected either --text COLUMN, or --doc, --term and --count together, found some of them.");
        }
        return CorpusOptions.Default with
        {
            Text = parsed.GetValue(_text),
            Document = document,
            Term = term,
            Count = count,
            VocabularyFile = parsed.GetValue(_vocabulary),
            Table = table,
            Memory = table.Memory,
        };
    }

    private static IReadOnlyCollection<string> StopWordsOf(string? given) => given switch
    {
        null or EnglishStopWords => StopWords.English,
        NoStopWords => [],
        _ when File.Exists(given) => [.. File.ReadLines(given).Select(line => line.Trim()).Where(line => line.Length > 0)],
        _ => throw new UsageException($"Expected {EnglishStopWords}, {NoStopWords} or a file for --stop-words, found '{given}'."),
    };
}

/// <summary>What a saved model says of the documents that it reads.</summary>
/// <param name="Words">The vocabulary.</param>
/// <param name="Tokens">How text became words.</param>
internal sealed record FittedCorpus(IReadOnlyList<string> Words, TokenOptions Tokens);
