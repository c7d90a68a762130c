using System.CommandLine;
using Latent.Cli.Commands;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>What a model needs to fit itself.</summary>
/// <param name="Table">The data, with at least one row.</param>
/// <param name="Settings">The options of every model.</param>
/// <param name="Arguments">The command line, for the model's own options.</param>
/// <param name="Progress">Receives every iteration, or null.</param>
/// <param name="Cancellation">Asks for the best so far.</param>
internal sealed record FitJob(
    RowTable Table, FitSettings Settings, ParseResult Arguments, IProgress<EmProgress>? Progress, CancellationToken Cancellation)
{
    /// <summary>The number of components that a selection tries; null where the command line says it.</summary>
    public int? Components { get; init; }

    /// <summary>The family that a selection tries; null where the command line says it.</summary>
    public string? Family { get; init; }

    /// <summary>The engine's options, from a model's defaults and the settings.</summary>
    public TOptions Apply<TOptions>(TOptions options)
        where TOptions : EmOptions => Settings.Apply(options, Progress);
}
