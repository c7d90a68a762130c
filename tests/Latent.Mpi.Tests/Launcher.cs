using System.Diagnostics;

namespace Latent.Mpi.Tests;

/// <summary>What a process printed, and how it ended.</summary>
internal sealed record Ended(int Code, string Out, string Error);

/// <summary>Starts the command under mpirun.</summary>
internal static class Launcher
{
    private static readonly string _command = Path.Join(AppContext.BaseDirectory, "Latent.Cli.dll");
    private static readonly Dictionary<string, string[]> _names = new()
    {
        ["openmpi"] = ["mpirun.openmpi", "--oversubscribe"],
        ["mpich"] = ["mpirun.mpich"],
    };

    /// <summary>The reason for which MPI cannot be tested here; null where it can.</summary>
    public static string? Missing { get; } = _names.Values.FirstOrDefault(words => Find(words[0]) is null) is { } missing
        ? $"SKIPPED: no {missing[0]} on the path: install openmpi-bin and mpich to test fits over MPI"
        : null;

    /// <summary>The repository's sample of Old Faithful.</summary>
    public static string Faithful { get; } = Path.Join(Root(), "samples", "faithful.csv");

    /// <summary>Starts the command on <paramref name="ranks"/> ranks.</summary>
    public static Process Start(string mpi, int ranks, params string[] arguments)
    {
        string[] words = _names[mpi];
        ProcessStartInfo start = new(Find(words[0])!, [.. words[1..], "-n", $"{ranks}", "dotnet", _command, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment =
            {
                ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
                ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
                ["OMPI_MCA_rmaps_base_oversubscribe"] = "1",
                ["OMPI_MCA_hwloc_base_binding_policy"] = "none",
                ["OMPI_MCA_mpi_yield_when_idle"] = "1",
                ["DOTNET_gcServer"] = "0",
            },
        };
        return Process.Start(start)!;
    }

    /// <summary>Reads what a process prints until it ends.</summary>
    public static async Task<Ended> End(this Process process)
    {
        using (process)
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new Ended(process.ExitCode, await output, await error);
        }
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator)
        .Select(folder => Path.Join(folder, program))
        .FirstOrDefault(File.Exists);

    private static string Root()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Join(folder.FullName, "Latent.slnx")))
        {
            folder = folder.Parent;
        }
        return folder?.FullName ?? throw new InvalidOperationException("Expected the tests inside the repository, found no Latent.slnx above them.");
    }
}
