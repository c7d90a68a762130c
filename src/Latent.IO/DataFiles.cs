namespace Latent.IO;

/// <summary>Reads tables from files: delimited text (.csv, .tsv, .txt, also .gz), NumPy arrays (.npy) and standard input.</summary>
public static class DataFiles
{
    /// <summary>
    /// Reads files as one table, in the order given. Numbers are read exactly; an empty field and NaN are missing. Files .npy
    /// of floating-point numbers are mapped, whatever their size; text is kept in memory and, where it does not fit (<see cref="DataOptions.Memory"/>), in a file of numbers.
    /// </summary>
    /// <param name="paths">Paths, patterns with * and ? (their matches sorted by character), and "-" for standard input as CSV; or one database, <c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>, with <see cref="DataOptions.Query"/>.</param>
    /// <param name="options">The parts of the columns and the way the text is written; null for the defaults.</param>
    /// <exception cref="DataFormatException">A file cannot be read or its content used: one line that says where and why.</exception>
    /// <exception cref="ArgumentException">There is no path.</exception>
    public static RowTable Read(IEnumerable<string> paths, DataOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(paths);
        options ??= DataOptions.Default;
        string[] named = [.. paths];
        if (Array.Exists(named, DatabaseTable.IsDatabase))
        {
            return TableChecks.Apply(DatabaseTable.Read(named, options), options);
        }
        if (options.Query is not null)
        {
            throw new ArgumentException("Expected a query of a database (sqlite:FILE or postgres:CONNECTION), found one of files. Leave the query out.", nameof(options));
        }
        IReadOnlyList<InputFile> files = InputFile.Resolve(named);
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
        if (!options.Cache)
        {
            using CsvTableReader reader = Reader(files, options, SpoolOptions.Of(options));
            return reader.Finish();
        }
        if (CacheFile.For(files, options, out string? reason) is { } cache)
        {
            return ReadCached(cache, files, options);
        }
        options.Notice?.Invoke($"No cache is kept: {reason}.");
        return ReadText(files, options with { Cache = false });
    }

    private static RowTable ReadCached(CacheFile cache, IReadOnlyList<InputFile> files, DataOptions options)
    {
        long memory = options.Memory ?? MemoryBudget.Default;
        if (cache.TryOpen(memory, out string? reason) is { } kept)
        {
            return kept;
        }
        if (reason is not null)
        {
            options.Notice?.Invoke(cache.Notice(reason));
        }
        File.Delete(cache.TemporaryPath);
        using (CsvTableReader reader = Reader(files, options, SpoolOptions.Of(options, cache.TemporaryPath)))
        using (RowTable table = reader.Finish())
        {
            InputFile.Guard(cache.TemporaryPath, () =>
            {
                cache.Complete(reader.Spooled!, table);
                return true;
            });
        }
        return cache.TryOpen(memory, out reason) ?? throw new DataFormatException(files[0].Name, "a cache that can be read back", reason ?? "none", "look at the disk, or leave the cache out");
    }

    private static CsvTableReader Reader(IReadOnlyList<InputFile> files, DataOptions options, SpoolOptions spool)
    {
        var reader = new CsvTableReader(options, spool);
        try
        {
            foreach (InputFile file in files)
            {
                reader.Read(file);
            }
            return reader;
        }
        catch
        {
            reader.Dispose();
            throw;
        }
    }
}
