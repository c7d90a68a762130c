using Latent.Mpi;

namespace Latent.Cli.Commands;

/// <summary>
/// The other processes that share a fit (<c>--mpi</c>): only rank 0 prints and writes; a rank that fails says so by
/// its number and ends the whole job.
/// </summary>
internal static class MpiJob
{
    private static readonly TimeSpan _rankZeroSpeaksFirst = TimeSpan.FromSeconds(2);

    /// <summary>Runs <paramref name="body"/> on this rank, with its terminal and settings.</summary>
    /// <returns>The exit code.</returns>
    public static int Run(Terminal terminal, FitSettings settings, Func<Terminal, FitSettings, int> body)
    {
        using MpiCommunicator communicator = MpiCommunicator.Start();
        FitSettings shared = settings with
        {
            Communicator = communicator,
            Threads = settings.Threads > 0 ? settings.Threads : Share(communicator.RanksOnThisMachine),
        };
        try
        {
            return communicator.Rank == 0
                ? body(terminal, shared)
                : body(terminal.Silent(), shared with { Output = null, Trace = null });
        }
        catch (Exception exception)
        {
            Failure failure = Failure.Of(exception);
            if (communicator.Rank > 0)
            {
                // Bad data fail on every rank alike: one message is enough, and rank 0 ends the job while this one waits.
                Thread.Sleep(_rankZeroSpeaksFirst);
            }
            terminal.Error.WriteLine(communicator.Rank == 0 ? $"latent: {failure.Message}" : $"latent: rank {communicator.Rank} on {Environment.MachineName}: {failure.Message}");
            terminal.Error.Flush();
            communicator.Abort(failure.ExitCode);
            return failure.ExitCode;
        }
    }

    /// <summary>The processors of this machine shared among its ranks, unless the launcher has bound each rank to its own.</summary>
    private static int Share(int ranks) => IsBound() ? Environment.ProcessorCount : Math.Max(1, Environment.ProcessorCount / ranks);

    private static bool IsBound()
    {
        try
        {
            string online = File.ReadAllText("/sys/devices/system/cpu/online").Trim();
            return File.ReadLines("/proc/self/status").Any(line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal) && line.Split(':')[1].Trim() != online);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
