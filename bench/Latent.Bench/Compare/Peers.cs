using System.Diagnostics;
using System.Text.Json;

namespace Latent.Bench.Compare;

/// <summary>The other programs, each in a process of its own, where they are installed.</summary>
internal sealed class Peers(string bench)
{
    private const int Repeats = 2;

    private static readonly string _python = File.Exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
    private readonly string _armadillo = Path.Combine(bench, "data", "armadillo");

    private string Data => Path.Combine(bench, "data");

    /// <summary>Writes the data files unless they are there.</summary>
    public void MakeData()
    {
        if (Work.All.Any(work => !File.Exists(Path.Combine(Data, work.Data + "_init.npy"))))
        {
            Console.Error.WriteLine("making the data (about 250 MB) ...");
            Run(_python, [Path.Combine(bench, "peers", "make_data.py"), Data]);
        }
    }

    /// <summary>Compiles the Armadillo program, or says why not.</summary>
    public void Build()
    {
        try
        {
            Run("g++", ["-O3", "-march=native", "-fopenmp", Path.Combine(bench, "peers", "armadillo.cpp"), "-o", _armadillo, "-larmadillo"]);
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"without Armadillo: {failure.Message}");
        }
    }

    /// <summary>The fits of every peer that can do the work.</summary>
    public List<Measurement> Measure(Work work)
    {
        List<Measurement> found = [];
        Collect(found, _python, [Path.Combine(bench, "peers", "scikit_learn.py"), Data, work.Name, $"{Repeats}"]);
        if (!work.IsSingle && File.Exists(_armadillo))
        {
            Collect(found, _armadillo, [Data, work.Name, $"{Repeats}"]);
        }
        return found;
    }

    private static void Collect(List<Measurement> found, string program, string[] arguments)
    {
        try
        {
            found.AddRange(Run(program, arguments).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Measurement>(line)!));
        }
        catch (Exception failure) when (failure is InvalidOperationException or System.ComponentModel.Win32Exception)
        {
            Console.Error.WriteLine($"without {Path.GetFileName(arguments[0])}: {failure.Message}");
        }
    }

    private static string Run(string program, IEnumerable<string> arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{program} ended with {process.ExitCode}: {errors.Result.Trim().Split('\n')[^1]}");
    }
}
