namespace Latent.Bench.Compare;

/// <summary>
/// The comparison with other programs: the same files, the same start, as many iterations, only the fit is timed. Every
/// contender's objective is checked against ours before its time counts.
/// </summary>
internal static class Comparison
{
    private const int Repeats = 3;

    /// <summary>Runs everything and writes the table; the arguments name works to leave the others out.</summary>
    public static int Run(string[] arguments)
    {
        string bench = BenchFolder();
        Peers peers = new(bench);
        peers.MakeData();
        peers.Build();
        Command command = new(bench);
        double peak = FmaPeak.Measure(2);
        List<Row> rows = [];
        foreach (Work work in Work.All.Where(work => arguments.Length == 0 || arguments.Contains(work.Name)))
        {
            Console.Error.WriteLine(work.Title);
            using OwnFit own = new(work, Path.Combine(bench, "data"));
            List<OwnMeasurement> ours = own.Measure(Repeats);
            peak = Math.Max(peak, FmaPeak.Measure(2));
            List<Measurement> theirs = peers.Measure(work);
            ours.AddRange(own.Measure(Repeats));
            (Measurement fit, long bytes)? throughCommand = work.IsSingle ? null : Attempt(() => command.Fit(work));
            rows.Add(new Row(work, ours, theirs, throughCommand));
        }
        (long Peak, long File)? memory = arguments.Length == 0 ? Attempt(() => Memory(command, bench)) : null;
        double? startUp = arguments.Length == 0 ? Attempt(() => command.StartUpSeconds()) : null;
        string report = Report.Write(rows, peak, memory, startUp);
        Console.WriteLine(report);
        if (arguments.Length == 0)
        {
            string folder = Directory.CreateDirectory(Path.Combine(bench, "results")).FullName;
            File.WriteAllText(Path.Combine(folder, Machine.FileName + ".md"), report);
        }
        return rows.All(row => row.Agrees) ? 0 : 1;
    }

    /// <summary>A figure that needs the command, or null, and said so, where it does not run.</summary>
    private static T? Attempt<T>(Func<T> measure) where T : struct
    {
        try
        {
            return measure();
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.Text.Json.JsonException)
        {
            Console.Error.WriteLine($"without the command: {failure.Message}");
            return null;
        }
    }

    /// <summary>A file of half a gigabyte, large against what any process needs, is made of copies of a smaller one.</summary>
    private static (long Peak, long File) Memory(Command command, string bench)
    {
        string large = Path.Combine(bench, "data", "large.npy");
        try
        {
            OwnFit.Repeat(Path.Combine(bench, "data", "gmm_full_16.npy"), large, 20);
            return command.Memory(large, 4);
        }
        finally
        {
            File.Delete(large);
        }
    }

    private static string BenchFolder()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Latent.slnx")))
            {
                return Path.Combine(folder.FullName, "bench");
            }
        }
        throw new DirectoryNotFoundException($"Expected to run inside the repository, found {AppContext.BaseDirectory}. Use bench/run.sh.");
    }
}
