using Latent.IO;
using Latent.Mpi;

namespace Latent.Cli;

/// <summary>What an exception means to the caller: one line and an exit code.</summary>
internal readonly record struct Failure(int ExitCode, string Message)
{
    /// <summary>The meaning of <paramref name="exception"/>.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        UsageException => new(Cli.ExitCode.Usage, OneLine(exception.Message)),
        DataFormatException => new(Cli.ExitCode.Data, OneLine(exception.Message)),
        DegenerateStartException or NumericalException => new(Cli.ExitCode.Data, OneLine(exception.Message)),
        CheckpointException { Problem: CheckpointProblem.OtherModel or CheckpointProblem.OtherOptions } => new(Cli.ExitCode.Usage, OneLine(exception.Message)),
        CheckpointException => new(Cli.ExitCode.Data, OneLine(exception.Message)),
        OperationCanceledException => new(Cli.ExitCode.Cancelled, "Cancelled before there was anything to show."),
        ArgumentException => new(Cli.ExitCode.Usage, OneLine(WithoutParameter(exception.Message))),
        UnauthorizedAccessException or IOException => new(Cli.ExitCode.Failure, OneLine(exception.Message)),
        OutOfMemoryException => new(Cli.ExitCode.Failure, "Expected to fit into memory, found that it does not. Use fewer rows, columns or components."),
        MpiException => new(Cli.ExitCode.Failure, OneLine(exception.Message)),
        MonotonicityException => new(Cli.ExitCode.Failure, OneLine(exception.Message)),
        _ => new(Cli.ExitCode.Failure, OneLine($"{exception.GetType().Name}: {exception.Message} Run again with --verbose and report what it prints.")),
    };

    private static string WithoutParameter(string message)
    {
        int suffix = message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? message : message[..suffix];
    }

    private static string OneLine(string message) =>
        string.Join(' ', message.Split(['\r', '\n', '\t', '\u001b'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
