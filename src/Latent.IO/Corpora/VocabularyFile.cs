namespace Latent.IO;

/// <summary>Vocabularies: a word a line, or a table with the columns term (a number from 0) and word.</summary>
public static class VocabularyFile
{
    /// <summary>Reads a vocabulary.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, has an empty line or a word twice, or its numbers are not 0, 1, 2, ….</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new DataFormatException(path, "a vocabulary", "no file of that name", "check the path");
        }
        List<string> words = [];
        Dictionary<string, int> seen = new(StringComparer.Ordinal);
        new CorpusFile(path, path, IsWhole: false).Read(() => throw new InvalidOperationException("A vocabulary is a file."), reader =>
        {
            int line = 0;
            bool isTable = false;
            while (reader.ReadLine() is { } text)
            {
                line++;
                string word = text.Trim();
                if (line == 1 && word == "term,word")
                {
                    isTable = true;
                    continue;
                }
                if (isTable)
                {
                    int comma = word.IndexOf(',');
                    if (comma < 0 || word[..comma] != $"{words.Count}")
                    {
                        throw new DataFormatException(path, $"the number {words.Count} and its word", DataFormatException.Quote(word), "number the words from 0 without gaps", line);
                    }
                    word = word[(comma + 1)..].Trim('"');
                }
                if (word.Length == 0 || !seen.TryAdd(word, line))
                {
                    throw new DataFormatException(
                        path, "a word of its own on every line", word.Length == 0 ? "an empty line" : $"'{word}', as on line {seen[word]}", "terms are numbered by lines: correct the file", line);
                }
                words.Add(word);
            }
        });
        return words.Count > 0 ? words : throw new DataFormatException(path, "words", "an empty file", "check that it was written completely");
    }
}
