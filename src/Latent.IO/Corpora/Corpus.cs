using Latent.Data;

namespace Latent.IO;

/// <summary>Documents as they were read.</summary>
/// <param name="Documents">The documents as bags of words.</param>
/// <param name="Words">The vocabulary in words; the terms' numbers as text where a format has no words.</param>
/// <param name="Ids">The names of the documents, where they have any: of files, of a column.</param>
/// <param name="Columns">The columns of text that were asked for, one value per document.</param>
/// <param name="Files">The files that were read.</param>
/// <param name="UnknownWords">Words that the vocabulary given does not have, and that were left out.</param>
/// <param name="DroppedWords">Distinct words that were left out because too few or too many documents have them, or there are too many.</param>
public sealed record Corpus(
    DocumentSource Documents, IReadOnlyList<string> Words, IReadOnlyList<string>? Ids, IReadOnlyList<TextColumn> Columns, IReadOnlyList<string> Files, long UnknownWords, int DroppedWords)
{
    /// <summary>Reads a corpus: LDA-C files (.ldac), UCI files (named docword…), tables of text or of counts, or plain text, a document a line or a folder of documents.</summary>
    /// <param name="paths">Paths and patterns with * and ?, all of one kind; "-" for standard input as plain text.</param>
    /// <param name="options">How to read them; null for the defaults.</param>
    /// <exception cref="DataFormatException">A file cannot be read or its content used, or no word is left: one line that says where and why.</exception>
    /// <exception cref="ArgumentException">There is no path, or an option is out of its range.</exception>
    public static Corpus Read(IEnumerable<string> paths, CorpusOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        return new CorpusReader((options ?? CorpusOptions.Default).Checked()).Read([.. paths]);
    }

    /// <inheritdoc cref="Read(IEnumerable{string}, CorpusOptions?)"/>
    /// <param name="path">A path or a pattern.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    public static Corpus Read(string path, CorpusOptions? options = null) => Read([path], options);
}
