using System.Globalization;
using System.Text;

namespace Latent.IO;

/// <summary>Corpora in tables: a column of text, or one row per document and term with a count.</summary>
internal sealed class CorpusTables(CorpusOptions options, long memory)
{
    public Corpus Read(IReadOnlyList<string> paths) => options.Text is not null ? ReadText(paths) : ReadCounts(paths);

    private Corpus ReadText(IReadOnlyList<string> paths)
    {
        using TextCorpus text = new(options, memory);
        char[] characters = [];
        void Visit(ReadOnlySpan<byte> utf8, string file, long line)
        {
            if (characters.Length < utf8.Length)
            {
                characters = new char[Math.Max(utf8.Length, 2 * characters.Length)];
            }
            text.Add(characters.AsSpan(0, Encoding.UTF8.GetChars(utf8, characters)), file, line);
        }
        using RowTable rows = DataFiles.Read(paths, options.Table with { Columns = [], Text = [options.Text!, .. options.Columns], VisitText = Visit, Cache = false });
        return text.ToCorpus(rows.Ids, [.. rows.Text.Skip(1)], rows.Files);
    }

    private Corpus ReadCounts(IReadOnlyList<string> paths)
    {
        DataOptions table = options.Table with { Columns = [options.Count!], Text = [options.Document!, options.Term!], AllowEmptyColumns = true };
        using RowTable rows = DataFiles.Read(paths, table);
        (TextColumn documents, TextColumn terms) = (rows.Text[0], rows.Text[1]);
        IReadOnlyList<string> words = options.VocabularyFile is { } path ? VocabularyFile.Read(path) : terms.Levels;
        int[] numbers = Numbers(terms.Levels, words, rows);
        IReadOnlyList<string> known = options.Vocabulary ?? words;
        int[] places = options.Vocabulary is null ? [.. Enumerable.Range(0, words.Count)] : Places(words, known);
        using CorpusBuilder builder = new(memory);
        double[] cell = new double[1];
        long unknown = 0;
        int current = 0;
        foreach (int row in InOrderOfDocuments(documents, rows))
        {
            rows.Rows.CopyRow(row, cell);
            if (!(cell[0] >= 0 && cell[0] <= int.MaxValue && cell[0] == Math.Floor(cell[0])))
            {
                throw new DataFormatException(rows.Where(row), "a whole number", double.IsNaN(cell[0]) ? "an empty field" : cell[0].ToString(CultureInfo.InvariantCulture), "correct the count", column: options.Count);
            }
            if (terms.Codes[row] < 0)
            {
                throw EmptyField(rows, row, options.Term!);
            }
            for (; current < documents.Codes[row]; current++)
            {
                builder.EndDocument();
            }
            int place = places[numbers[terms.Codes[row]]];
            int count = (int)cell[0];
            unknown += place < 0 ? count : 0;
            if (place >= 0 && count > 0)
            {
                builder.Add(place, count);
            }
        }
        for (; current < documents.Levels.Count; current++)
        {
            builder.EndDocument();
        }
        return new Corpus(builder.ToDocuments(known), known, documents.Levels, [], rows.Files, unknown, 0);
    }

    // The rows of each document together, as they come; documents as they first appear.
    private int[] InOrderOfDocuments(TextColumn documents, RowTable rows)
    {
        int[] places = new int[documents.Levels.Count + 1];
        for (int row = 0; row < rows.RowCount; row++)
        {
            places[documents.Codes[row] >= 0 ? documents.Codes[row] + 1 : throw EmptyField(rows, row, options.Document!)]++;
        }
        for (int document = 1; document < places.Length; document++)
        {
            places[document] += places[document - 1];
        }
        int[] order = new int[checked((int)rows.RowCount)];
        for (int row = 0; row < order.Length; row++)
        {
            order[places[documents.Codes[row]]++] = row;
        }
        return order;
    }

    private static DataFormatException EmptyField(RowTable rows, int row, string column) =>
        new(rows.Where(row), "a document and a term", "an empty field", "fill it, or remove the row", column: column);

    // For each level of the column of terms its number in the vocabulary.
    private int[] Numbers(IReadOnlyList<string> levels, IReadOnlyList<string> words, RowTable rows)
    {
        if (options.VocabularyFile is null)
        {
            return [.. Enumerable.Range(0, levels.Count)];
        }
        bool numbered = levels.All(level => int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        Dictionary<string, int> places = words.Select((word, place) => (word, place)).ToDictionary(entry => entry.word, entry => entry.place, StringComparer.Ordinal);
        int[] numbers = new int[levels.Count];
        for (int level = 0; level < numbers.Length; level++)
        {
            numbers[level] = numbered ? int.Parse(levels[level], CultureInfo.InvariantCulture) : places.GetValueOrDefault(levels[level], -1);
            if (numbers[level] < 0 || numbers[level] >= words.Count)
            {
                throw new DataFormatException(
                    rows.Files[0], $"terms of the vocabulary {options.VocabularyFile}, which has {words.Count} words", DataFormatException.Quote(levels[level]), "give the vocabulary of this corpus", column: options.Term);
            }
        }
        return numbers;
    }

    private static int[] Places(IReadOnlyList<string> words, IReadOnlyList<string> known)
    {
        Dictionary<string, int> places = known.Select((word, place) => (word, place)).ToDictionary(entry => entry.word, entry => entry.place, StringComparer.Ordinal);
        return [.. words.Select(word => places.GetValueOrDefault(word, -1))];
    }
}
