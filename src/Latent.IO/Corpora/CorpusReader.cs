using System.Globalization;

namespace Latent.IO;

/// <summary>Reads a corpus in whatever format it is.</summary>
internal sealed class CorpusReader(CorpusOptions options)
{
    private readonly long _memory = options.Memory ?? MemoryBudget.Default;

    public Corpus Read(IReadOnlyList<string> paths)
    {
        if (paths.Count == 0)
        {
            throw new ArgumentException("Expected at least one path, found none.", nameof(paths));
        }
        if (options.Text is not null || options.Term is not null)
        {
            return new CorpusTables(options, _memory).Read(paths);
        }
        IReadOnlyList<CorpusFile> files = CorpusFile.Resolve(paths);
        CorpusFormat format = files[0].Format;
        foreach (CorpusFile file in files)
        {
            if (file.Format == CorpusFormat.Table)
            {
                throw new DataFormatException(file.Name, "the columns that hold the documents", "a table, and none named", "name the column of text (--text), or those of document, term and count (--doc --term --count)");
            }
            if (file.Format != format)
            {
                throw new DataFormatException(file.Name, $"a file of the same kind as {files[0].Name}", "another kind", "read them by themselves");
            }
        }
        return format switch
        {
            CorpusFormat.LdaC => Numbered(files, ReadLdaC),
            CorpusFormat.Uci => Numbered(files, ReadUci),
            _ => ReadText(files),
        };
    }

    private Corpus ReadText(IReadOnlyList<CorpusFile> files)
    {
        using TextCorpus text = new(options, _memory);
        List<string>? ids = files.Any(file => file.IsWhole) ? [] : null;
        foreach (CorpusFile file in files)
        {
            file.Read(options.Table.StandardInput, reader =>
            {
                if (file.IsWhole)
                {
                    text.Add(reader.ReadToEnd(), file.Name, 0);
                    ids!.Add(file.Id);
                    return;
                }
                long line = 0;
                while (reader.ReadLine() is { } document)
                {
                    text.Add(document, file.Name, ++line);
                    ids?.Add(string.Create(CultureInfo.InvariantCulture, $"{file.Id}:{line}"));
                }
            });
        }
        return text.ToCorpus(ids, [], Names(files));
    }

    // Formats whose words are numbers, with or without a vocabulary beside them.
    private Corpus Numbered(IReadOnlyList<CorpusFile> files, Action<CorpusFile, CorpusBuilder, int?> read)
    {
        IReadOnlyList<string>? words = options.VocabularyFile is { } path ? VocabularyFile.Read(path) : null;
        using CorpusBuilder builder = new(_memory);
        foreach (CorpusFile file in files)
        {
            read(file, builder, words?.Count);
        }
        if (builder.Documents == 0)
        {
            throw new DataFormatException(files[0].Name, "documents", "none", "check that it was written completely");
        }
        if (options.Vocabulary is { } known)
        {
            return Known(builder, words, known, files);
        }
        words ??= [.. Enumerable.Range(0, Math.Max(_declared, builder.LastTerm + 1)).Select(term => term.ToString(CultureInfo.InvariantCulture))];
        return new Corpus(words.Count == 0 ? throw NoWords(files[0].Name) : builder.ToDocuments(words), words, null, [], Names(files), 0, 0);
    }

    private int _declared;

    private static Corpus Known(CorpusBuilder builder, IReadOnlyList<string>? words, IReadOnlyList<string> known, IReadOnlyList<CorpusFile> files)
    {
        Dictionary<string, int> places = known.Select((word, place) => (word, place)).ToDictionary(entry => entry.word, entry => entry.place, StringComparer.Ordinal);
        int[] map = [.. Enumerable.Range(0, Math.Max(builder.LastTerm + 1, words?.Count ?? 0)).Select(term => places.GetValueOrDefault(words?[term] ?? term.ToString(CultureInfo.InvariantCulture), -1))];
        long unknown = builder.Frequencies(map.Length).Occurrences.Where((_, term) => map[term] < 0).Sum();
        return new Corpus(builder.ToDocuments(map, known), known, null, [], Names(files), unknown, 0);
    }

    private void ReadLdaC(CorpusFile file, CorpusBuilder builder, int? words)
    {
        file.Read(options.Table.StandardInput, reader =>
        {
            long number = 0;
            while (reader.ReadLine() is { } line)
            {
                number++;
                int cells = 0;
                int? declared = null;
                ReadOnlySpan<char> rest = line;
                while (TryField(ref rest, out ReadOnlySpan<char> field))
                {
                    if (declared is null)
                    {
                        declared = TryNumber(field, out int count) ? count : throw Bad("the number of distinct terms", field, "a line is: n term:count term:count …");
                        continue;
                    }
                    int colon = field.IndexOf(':');
                    if (colon < 0 || !TryNumber(field[..colon], out int term) || !TryNumber(field[(colon + 1)..], out int occurrences) || occurrences == 0)
                    {
                        throw Bad("term:count, a number from 0 and one from 1", field, "correct the line");
                    }
                    if (term >= words)
                    {
                        throw Bad($"a term below {words}, as many as the vocabulary has", field, "give the vocabulary of this corpus (--vocabulary)");
                    }
                    builder.Add(term, occurrences);
                    cells++;
                }
                if (declared is null)
                {
                    throw Bad("a document", "an empty line", "write an empty document as 0, or remove the line");
                }
                if (cells != declared)
                {
                    throw Bad($"{declared} terms, as the line says", $"{cells}", "correct the line, or look whether it was cut");
                }
                builder.EndDocument();

                DataFormatException Bad(string expected, ReadOnlySpan<char> found, string remedy) => new(file.Name, expected, DataFormatException.Quote(found.ToString()), remedy, number);
            }
        });
    }

    private void ReadUci(CorpusFile file, CorpusBuilder builder, int? words)
    {
        file.Read(options.Table.StandardInput, reader =>
        {
            long number = 0;
            int documents = (int)Header("the number of documents");
            int vocabulary = (int)Header("the number of words");
            long cells = Header("the number of cells");
            _declared = Math.Max(_declared, vocabulary);
            if (words is { } given && given != vocabulary)
            {
                throw new DataFormatException(file.Name, $"{given} words, as many as the vocabulary has", $"{vocabulary}", "give the vocabulary of this corpus (--vocabulary)", 2);
            }
            int current = 1;
            long seen = 0;
            while (reader.ReadLine() is { } line)
            {
                number++;
                if (string.IsNullOrWhiteSpace(line))
                {
                    continue;
                }
                ReadOnlySpan<char> rest = line;
                if (!TryField(ref rest, out ReadOnlySpan<char> field) || !TryNumber(field, out int document) || !TryField(ref rest, out field) || !TryNumber(field, out int word)
                    || !TryField(ref rest, out field) || !TryNumber(field, out int count) || TryField(ref rest, out _) || document < current || document > documents || word < 1 || word > vocabulary || count < 1)
                {
                    throw new DataFormatException(
                        file.Name, $"document word count, a document from {current} to {documents}, a word from 1 to {vocabulary}", DataFormatException.Quote(line), "correct the line; documents come in order", number);
                }
                for (; current < document; current++)
                {
                    builder.EndDocument();
                }
                builder.Add(word - 1, count);
                seen++;
            }
            for (; current <= documents; current++)
            {
                builder.EndDocument();
            }
            if (seen != cells)
            {
                throw new DataFormatException(file.Name, $"{cells} cells, as line 3 says", $"{seen}", "look whether the file was cut", number);
            }

            long Header(string what)
            {
                number++;
                string? line = reader.ReadLine();
                return long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out long value) && value <= int.MaxValue
                    ? value
                    : throw new DataFormatException(file.Name, what, line is null ? "the end of the file" : DataFormatException.Quote(line), "the first three lines are documents, words and cells", number);
            }
        });
    }

    internal static DataFormatException NoWords(string file) =>
        new(file, "words", "none", "check how the text is read (--text, --stop-words, --min-length), and what the vocabulary leaves out (--min-df, --max-df)");

    // The next of the fields that blanks separate.
    private static bool TryField(ref ReadOnlySpan<char> rest, out ReadOnlySpan<char> field)
    {
        int start = 0;
        while (start < rest.Length && rest[start] is (' ' or '\t' or '\r'))
        {
            start++;
        }
        int end = start;
        while (end < rest.Length && rest[end] is not (' ' or '\t' or '\r'))
        {
            end++;
        }
        field = rest[start..end];
        rest = rest[end..];
        return !field.IsEmpty;
    }

    // Digits alone, below 2³¹.
    private static bool TryNumber(ReadOnlySpan<char> text, out int value)
    {
        long number = 0;
        foreach (char digit in text)
        {
            if (!char.IsAsciiDigit(digit))
            {
                value = 0;
                return false;
            }
            number = Math.Min(10 * number + (digit - '0'), 1L << 40);
        }
        value = (int)Math.Min(number, int.MaxValue);
        return !text.IsEmpty && number <= int.MaxValue;
    }

    private static string[] Names(IReadOnlyList<CorpusFile> files) => [.. files.Select(file => file.Name)];
}
