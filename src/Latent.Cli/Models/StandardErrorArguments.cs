using System.CommandLine;
using Latent.Cli.Commands;

namespace Latent.Cli.Models;

/// <summary>The option for standard errors, the same for every model that has them.</summary>
/// <param name="normally">The method where the option is not given.</param>
/// <param name="refits">What the bootstrap refits.</param>
internal sealed class StandardErrorArguments(string normally = "none", string refits = "rows drawn with replacement")
{
    /// <summary>The option.</summary>
    public Option<string?> Method { get; } = Parse.Word(
        "--standard-errors", $"Standard errors and 95 % intervals: from the observed information, the sandwich, or 999 refits of {refits}. Default {normally}.",
        "none", "information", "sandwich", "bootstrap");

    /// <summary>Whether any were asked for.</summary>
    public bool IsWanted(ParseResult arguments) => (arguments.GetValue(Method) ?? normally) != "none";

    /// <summary>Whether they are to come from refits.</summary>
    public bool IsBootstrap(ParseResult arguments) => arguments.GetValue(Method) == "bootstrap";

    /// <summary>The standard errors that were asked for, or null; null also where the wait for them was cancelled.</summary>
    /// <param name="job">The fit.</param>
    /// <param name="errors">Finds them by information or sandwich.</param>
    /// <param name="bootstrap">Finds them by refits; null for a model that cannot.</param>
    /// <param name="otherwise">The method where the option is not given, for a fit that differs from others of the model.</param>
    public ParameterEstimates? Of(
        FitJob job, Func<StandardErrorOptions, CancellationToken, ParameterEstimates> errors, Func<BootstrapOptions, CancellationToken, BootstrapResult>? bootstrap,
        string? otherwise = null)
    {
        string method = job.Arguments.GetValue(Method) ?? otherwise ?? normally;
        if (method == "none" || job.Cancellation.IsCancellationRequested)
        {
            return null;
        }
        try
        {
            return method == "bootstrap"
                ? (bootstrap ?? throw new UsageException("Expected information or sandwich for --standard-errors of this model, found bootstrap."))(
                    new BootstrapOptions { Seed = job.Settings.Seed, Threads = job.Settings.Threads }, job.Cancellation).Estimates
                : errors(
                    new StandardErrorOptions
                    {
                        Method = method == "sandwich" ? StandardErrorMethod.Sandwich : StandardErrorMethod.ObservedInformation,
                        Threads = job.Settings.Threads,
                        Communicator = job.Settings.Communicator,
                    },
                    job.Cancellation);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }
}
