using System.CommandLine;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent merge FILE… -o FILE</c>: statistics of parts, put together.</summary>
internal static class MergeCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string[]> files = Parse.Files("statistic.json", "Files that 'latent accumulate' or 'latent merge' has written: parts of one data set, or several data sets.");
        Option<string?> output = Parse.Text("--output", ["-o"], "Write the merged statistic.", "FILE.json");
        Command command = new("merge", "Put statistics together: all parts of one data set, or those of several data sets.") { files, output };
        command.SetAction(parsed =>
        {
            string[] paths = parsed.GetValue(files) ?? [];
            if (paths.Length == 0)
            {
                throw new UsageException("Expected at least one statistic after 'latent merge', found none.");
            }
            StatisticFile merged = StatisticFile.Merge([.. paths.Select(StatisticFile.Read)]);
            Files.Write(parsed.GetValue(output), terminal, merged.WriteTo);
            return ExitCode.Done;
        });
        return command;
    }
}
