using System.CommandLine;
using Latent.Cli.Models;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary><c>latent select lda DATA…</c>: how many topics foretell unseen documents best.</summary>
internal static class TopicSelectCommand
{
    private const double DefaultShare = 0.1;

    private static readonly int[] _defaultCounts = [5, 10, 20, 50, 100];

    /// <summary>The subcommand.</summary>
    public static Command Create(Terminal terminal)
    {
        TopicKind kind = (TopicKind)ModelRegistry.Find(TopicModelFile.ModelName)!;
        Option<int[]?> components = Parse.Counts("--components", ["-k"], "The numbers of topics to try. Default 5,10,20,50,100.");
        Option<double?> share = Parse.NonNegative("--held-out", "The share of documents kept back to be foretold. Default 0.1.");
        Command command = new(TopicModelFile.ModelName, $"{kind.Title}. How many topics?") { components, share };
        foreach (Option option in kind.OwnOptions)
        {
            command.Options.Add(option);
        }
        FitArguments common = new();
        DataArguments data = new();
        common.AddToSearch(command);
        data.AddTo(command);
        command.SetAction(parsed =>
        {
            double kept = parsed.GetValue(share) ?? DefaultShare;
            if (!(kept > 0 && kept < 1))
            {
                throw new UsageException($"Expected a share between 0 and 1 for --held-out, found {kept}.");
            }
            int[] counts = parsed.GetResult(components) is null ? _defaultCounts : parsed.GetValue(components)!;
            FitSettings settings = common.Read(parsed);
            return settings.Mpi
                ? MpiJob.Run(terminal, settings, (own, shared) => TopicCommands.Select(own, kind, data, shared, counts, kept, parsed))
                : TopicCommands.Select(terminal, kind, data, settings, counts, kept, parsed);
        });
        return command;
    }
}
