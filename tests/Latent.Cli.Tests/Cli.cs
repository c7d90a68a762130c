using System.Text;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Runs the command in this process, with strings for its streams.</summary>
internal static class Cli
{
    /// <summary>Runs with a file or a pipe on both outputs.</summary>
    public static CliResult Run(params string[] arguments) => Run(new CliConsole(), arguments);

    /// <summary>Begins a run on a thread of its own: a busy thread pool does not hold it up.</summary>
    public static Task<CliResult> Begin(params string[] arguments) => Begin(new CliConsole(), arguments);

    /// <summary>The same with a given console.</summary>
    public static Task<CliResult> Begin(CliConsole console, params string[] arguments) =>
        Task.Factory.StartNew(() => Run(console, arguments), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Waits for something that a run does before it ends, at most two minutes, and says whether it came before the end.</summary>
    public static bool Until(this Task<CliResult> running, Func<bool> condition)
    {
        long begun = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (running.IsCompleted)
            {
                return false;
            }
            Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(begun) < TimeSpan.FromMinutes(2), "Expected it within two minutes.");
            Thread.Sleep(1);
        }
        return true;
    }

    /// <summary>Runs with a given console.</summary>
    public static CliResult Run(CliConsole console, params string[] arguments)
    {
        using MemoryStream output = new();
        using StringWriter error = new();
        using StreamWriter writer = new(output, new UTF8Encoding(false));
        Terminal terminal = new()
        {
            OutStream = output,
            Out = writer,
            Error = error,
            OpenInput = () => new MemoryStream(Encoding.UTF8.GetBytes(console.Input)),
            OutIsTerminal = console.IsTerminal,
            ErrorIsTerminal = console.IsTerminal,
            Colors = console.Colors,
            Width = console.Width,
            Cancellation = console.Cancellation,
        };
        int code = CommandLine.Run(arguments, terminal);
        writer.Flush();
        return new CliResult(code, Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }
}

/// <summary>What stands at the other end of the streams.</summary>
internal sealed record CliConsole
{
    public string Input { get; init; } = "";

    public bool IsTerminal { get; init; }

    public bool Colors { get; init; }

    public int Width { get; init; } = 80;

    public CancellationToken Cancellation { get; init; }
}

/// <summary>What the command left behind.</summary>
internal sealed record CliResult(int Code, string Out, string Error)
{
    /// <summary>Standard output as one JSON object.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;

    /// <summary>The same, when it ended well.</summary>
    public CliResult Ok()
    {
        Assert.True(Code == 0, $"exit code {Code}: {Error}");
        return this;
    }

    /// <summary>The one line on standard error of a command that ended with <paramref name="code"/> and printed nothing.</summary>
    public string Refused(int code)
    {
        Assert.Equal(code, Code);
        Assert.Empty(Out);
        string[] lines = Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines);
        Assert.StartsWith("latent: ", lines[0]);
        Assert.DoesNotContain("Exception", lines[0]);
        return lines[0];
    }
}
