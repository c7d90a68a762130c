using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Latent.Bench.Compare;

/// <summary>The command `latent` as its users meet it: a process of its own.</summary>
internal sealed class Command(string bench)
{
    private readonly string _assembly = Path.GetFullPath(Path.Combine(bench, "..", "src", "Latent.Cli", "bin", "Release", "net10.0", "Latent.Cli.dll"));

    private string Data(string file) => Path.Combine(bench, "data", file);

    /// <summary>One fit through the command with two threads, and the most memory its process held.</summary>
    public (Measurement Fit, long PeakBytes) Fit(Work work)
    {
        List<string> arguments =
        [
            "fit", work.Model, Data(work.Data + ".npy"), "-k", $"{work.Components}", "--start", Data(work.Data + "_init.npy"), "--threads", "2",
            "--accelerate", "none", "--tolerance", "0", "--max-iterations", $"{work.Iterations}", "--json",
        ];
        if (work.Covariance is { } covariance)
        {
            arguments.AddRange(["--covariance", covariance]);
        }
        (string output, long peak, _) = Run(arguments);
        JsonElement result = JsonDocument.Parse(output).RootElement;
        double objective = result.TryGetProperty("inertia", out JsonElement inertia) ? inertia.GetDouble() : result.GetProperty("logLikelihood").GetDouble();
        return (new Measurement("latent fit", "", "", result.GetProperty("timing").GetProperty("fitSeconds").GetDouble(), result.GetProperty("iterations").GetInt32(), objective), peak);
    }

    /// <summary>The time from the start of the process to its end for a small fit, the median of <paramref name="repeats"/>.</summary>
    public double StartUpSeconds(int repeats = 9)
    {
        string faithful = Path.GetFullPath(Path.Combine(bench, "..", "samples", "faithful.csv"));
        return Enumerable.Range(0, repeats).Select(_ => Run(["fit", "gmm", faithful, "-k", "2"]).Seconds).Order().ElementAt(repeats / 2);
    }

    /// <summary>The most memory of one EM iteration over a mapped file, and the bytes of the file.</summary>
    public (long PeakBytes, long FileBytes) Memory(string file, int components)
    {
        long peak = Run(["fit", "gmm", file, "-k", components.ToString(CultureInfo.InvariantCulture), "--starts", "1", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "2", "--json"]).Peak;
        return (peak, new FileInfo(file).Length);
    }

    private (string Output, long Peak, double Seconds) Run(IReadOnlyList<string> arguments)
    {
        long start = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [_assembly, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        long peak = 0;
        while (!process.WaitForExit(10))
        {
            peak = Math.Max(peak, Peak(process.Id));
        }
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return process.ExitCode == 0
            ? (output.Result, peak, seconds)
            : throw new InvalidOperationException($"latent {string.Join(' ', arguments)} ended with {process.ExitCode}: {errors.Result}");
    }

    /// <summary>The high-water mark of resident memory, mapped files included; 0 once the process is gone.</summary>
    private static long Peak(int process)
    {
        try
        {
            string line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)) ?? "VmHWM: 0 kB";
            return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2].Replace("VmHWM:", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
