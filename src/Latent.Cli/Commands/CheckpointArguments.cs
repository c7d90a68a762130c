using System.CommandLine;
using Latent.Cli.Output;
using Latent.IO;

namespace Latent.Cli.Commands;

/// <summary>The options of checkpoints, the same for every command that runs long.</summary>
internal sealed class CheckpointArguments
{
    private readonly Option<string?> _file = Parse.Text("--checkpoint", [], "Keep in this file what is done, so that a run that was killed can go on.", "FILE");
    private readonly Option<bool> _resume = new("--resume") { Description = "Go on from the checkpoint; the result is that of a run that was never interrupted, to the last bit." };
    private readonly Option<TimeSpan?> _interval = Parse.Duration("--checkpoint-interval", "The least time between two checkpoints. Default: by what one costs, between 1 s and 10 min.");

    /// <summary>The options.</summary>
    public IEnumerable<Option> Options => [_file, _resume, _interval];

    /// <summary>What was asked for; null without a checkpoint.</summary>
    /// <exception cref="UsageException">There is no file to resume from, or none can be there.</exception>
    public CheckpointOptions? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is not { } path)
        {
            return parsed.GetValue(_resume) ? throw Lacks("--resume")
                : parsed.GetValue(_interval) is not null ? throw Lacks("--checkpoint-interval")
                : null;
        }
        Files.CheckWritable(path, "--checkpoint");
        return new CheckpointOptions(new CheckpointFile(path)) { Resume = parsed.GetValue(_resume), Interval = parsed.GetValue(_interval) };
    }

    private static UsageException Lacks(string option) => new($"Expected --checkpoint FILE with {option}, found none. Name the file of the first run.");
}
