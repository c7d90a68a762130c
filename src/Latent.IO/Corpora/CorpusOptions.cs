namespace Latent.IO;

/// <summary>How to read a corpus: where the words of documents are, how text becomes words, and which of them count.</summary>
public sealed record CorpusOptions
{
    /// <summary>The options that hold when none are given: text in lower case, without English stop words, words of two documents or more.</summary>
    public static CorpusOptions Default { get; } = new();

    /// <summary>The column of a table that holds each document's text, or null.</summary>
    public string? Text { get; init; }

    /// <summary>The column of a table of counts that names the document, or null.</summary>
    public string? Document { get; init; }

    /// <summary>The column of a table of counts that names the term: its word, or its number in <see cref="VocabularyFile"/> from 0.</summary>
    public string? Term { get; init; }

    /// <summary>The column of a table of counts that says how often the term occurs.</summary>
    public string? Count { get; init; }

    /// <summary>Further columns of text beside the documents, such as their author or year.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>A file with one word a line (or columns term and word), for formats that number their terms; or null.</summary>
    public string? VocabularyFile { get; init; }

    /// <summary>The words that a model knows: others are left out and counted. Null: those of the corpus.</summary>
    public IReadOnlyList<string>? Vocabulary { get; init; }

    /// <summary>How text becomes words.</summary>
    public TokenOptions Tokens { get; init; } = TokenOptions.Default;

    /// <summary>Words of fewer documents are left out: a number of documents, or below 1 a share of them. Default 2; for text only.</summary>
    public double LeastDocuments { get; init; } = 2;

    /// <summary>Words of more documents are left out: up to 1 a share, above a number of documents. Default 0.5; for text only.</summary>
    public double MostDocuments { get; init; } = 0.5;

    /// <summary>The most words, those of most occurrences; 0 for all. For text only.</summary>
    public int MostWords { get; init; }

    /// <summary>The table's own options: delimiter, header, the column of names.</summary>
    public DataOptions Table { get; init; } = DataOptions.Default;

    /// <summary>The most memory for the documents, in bytes, beyond which they are kept in a file; null for <see cref="MemoryBudget.Default"/>.</summary>
    public long? Memory { get; init; }

    internal CorpusOptions Checked()
    {
        bool isLeast = LeastDocuments >= 0 && (LeastDocuments < 1 || LeastDocuments == Math.Floor(LeastDocuments));
        if (!isLeast || !(MostDocuments > 0) || !double.IsFinite(LeastDocuments))
        {
            throw new ArgumentException($"Expected shares or whole numbers of documents, found {LeastDocuments} and {MostDocuments}.");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(MostWords);
        if ((Document ?? Term ?? Count) is not null && (Document is null || Term is null || Count is null))
        {
            throw new ArgumentException("Expected columns for document, term and count together, found some of them.");
        }
        Tokens.Checked();
        return this;
    }
}

/// <summary>How text becomes words.</summary>
public sealed record TokenOptions
{
    /// <summary>Lower case, no English stop words, single words of two characters or more that are no numbers.</summary>
    public static TokenOptions Default { get; } = new();

    /// <summary>Whether all is made lower case. Default: it is.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Words that are left out, compared after the change of case. Default: <see cref="IO.StopWords.English"/>.</summary>
    public IReadOnlyCollection<string> StopWords { get; init; } = IO.StopWords.English;

    /// <summary>Characters of the shortest word. Default 2.</summary>
    public int LeastLength { get; init; } = 2;

    /// <summary>Whether words of digits alone count. Default: they do not.</summary>
    public bool Numbers { get; init; }

    /// <summary>The longest sequence of consecutive words that counts as one, joined by '_'. Default 1.</summary>
    public int Grams { get; init; } = 1;

    internal void Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(LeastLength);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Grams);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Grams, 5);
    }
}
