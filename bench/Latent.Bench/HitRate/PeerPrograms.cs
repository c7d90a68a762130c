using System.Diagnostics;
using System.Globalization;

namespace Latent.Bench.HitRate;

/// <summary>Other programs on the same rows, each through a script in <c>bench/peers</c> that prints one line per fit: file, variant, log-likelihood, iterations, whether collapsed.</summary>
internal static class PeerPrograms
{
    private static readonly (string Program, string Script)[] _programs = [("/usr/bin/python3", "hit_rate.py"), ("Rscript", "hit_rate.R")];

    public static IEnumerable<Strategy> Strategies(SuiteCase[] cases)
    {
        string folder = Directory.CreateTempSubdirectory("hitrate").FullName;
        try
        {
            for (int i = 0; i < cases.Length; i++)
            {
                Write(Path.Combine(folder, $"{i}_{cases[i].Components}.csv"), cases[i]);
            }
            return [.. _programs.SelectMany(program => Run(program.Program, program.Script, folder, cases))];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<Strategy> Run(string program, string script, string folder, SuiteCase[] cases)
    {
        string path = Path.Combine(PeerFolder(), script);
        ProcessStartInfo start = new(program) { RedirectStandardOutput = true };
        start.ArgumentList.Add(path);
        start.ArgumentList.Add(folder);
        string output;
        try
        {
            using Process process = Process.Start(start)!;
            output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                Console.Error.WriteLine($"{script} ended with {process.ExitCode}; left out.");
                return [];
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"{program} is not installed; left out.");
            return [];
        }
        var fits = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(cells =>
        (
            Case: cases[int.Parse(cells[0].Split('_')[0], CultureInfo.InvariantCulture)],
            Variant: cells[1],
            Outcome: new Outcome(double.Parse(cells[2], CultureInfo.InvariantCulture), int.Parse(cells[3], CultureInfo.InvariantCulture), cells[4] == "1")
        )).ToArray();
        return
        [
            .. fits.Select(fit => fit.Variant).Distinct().Select(variant =>
                new Strategy(variant, data => [.. fits.Where(fit => fit.Variant == variant && fit.Case == data).Select(fit => fit.Outcome)])),
        ];
    }

    private static void Write(string path, SuiteCase data)
    {
        double[] row = new double[data.Rows.Columns];
        using StreamWriter file = new(path);
        for (long index = 0; index < data.Rows.Rows; index++)
        {
            data.Rows.CopyRow(index, row);
            file.WriteLine(string.Join(',', row.Select(value => value.ToString("R", CultureInfo.InvariantCulture))));
        }
    }

    private static string PeerFolder()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Latent.slnx")))
        {
            folder = folder.Parent;
        }
        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("Expected to run from a checkout, found no Latent.slnx above the program."), "bench", "peers");
    }
}
