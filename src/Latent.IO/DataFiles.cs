namespace Latent.IO;

/// <summary>Reads tables from files: delimited text (.csv, .tsv, .txt, also .gz), NumPy arrays (.npy) and standard input.</summary>
public static class DataFiles
{
    /// <summary>
    /// Reads files as one table, in the order given. Numbers are read exactly; an empty field and NaN are missing. Text files
    /// are kept in memory; a single .npy file of floating-point numbers whose columns are all data is mapped.
    /// </summary>
    /// <param name="paths">Paths, patterns with * and ? (their matches sorted by character), and "-" for standard input as CSV.</param>
    /// <param name="options">The parts of the columns and the way the text is written; null for the defaults.</param>
    /// <exception cref="DataFormatException">A file cannot be read or its content used: one line that says where and why.</exception>
    /// <exception cref="ArgumentException">There is no path.</exception>
    public static RowTable Read(IEnumerable<string> paths, DataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= DataOptions.Default;
        IReadOnlyList<InputFile> files = InputFile.Resolve(paths);
        if (files.Count == 0)
        {
            throw new ArgumentException("Expected at least one path, found none.", nameof(paths));
        }
        foreach (InputFile file in files)
        {
            if (file.IsNpy != files[0].IsNpy)
            {
                throw new DataFormatException(file.Name, $"a file of the same kind as {files[0].Name}", "another kind", "read them by themselves, or convert one");
            }
        }
        RowTable table = files[0].IsNpy ? NpyTableReader.Read(files, options) : ReadText(files, options);
        return TableChecks.Apply(table, options);
    }

    /// <inheritdoc cref="Read(IEnumerable{string}, DataOptions?)"/>
    /// <param name="path">A path, a pattern with * and ?, or "-" for standard input as CSV.</param>
    /// <param name="options">The parts of the columns and the way the text is written; null for the defaults.</param>
    public static RowTable Read(string path, DataOptions? options = null) => Read([path], options);

    private static RowTable ReadText(IReadOnlyList<InputFile> files, DataOptions options)
    {
        var reader = new CsvTableReader(options);
        foreach (InputFile file in files)
        {
            reader.Read(file);
        }
        return reader.Finish();
    }
}
