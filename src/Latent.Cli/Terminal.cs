using System.Text;

namespace Latent.Cli;

/// <summary>Where the command reads and writes, and what it knows of the reader: replaced by strings in tests.</summary>
internal sealed class Terminal
{
    /// <summary>Columns that text is laid out for when nobody says how wide the reader's window is.</summary>
    public const int DefaultWidth = 100;

    /// <summary>Standard output: results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>The bytes of standard output, for tables of data; flush <see cref="Out"/> first.</summary>
    public required Stream OutStream { get; init; }

    /// <summary>Standard error: progress, warnings, errors.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>Opens standard input.</summary>
    public Func<Stream> OpenInput { get; init; } = Console.OpenStandardInput;

    /// <summary>Whether a person reads standard output.</summary>
    public bool OutIsTerminal { get; init; }

    /// <summary>Whether a person reads standard error.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are welcome where a person reads.</summary>
    public bool Colors { get; init; }

    /// <summary>Characters per line of standard output.</summary>
    public int Width { get; init; } = DefaultWidth;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>The console of the process.</summary>
    public static Terminal System()
    {
        bool outIsTerminal = !Console.IsOutputRedirected;
        bool dumb = Environment.GetEnvironmentVariable("TERM") == "dumb";
        Stream output = Console.OpenStandardOutput();
        return new Terminal
        {
            OutStream = output,
            Out = new StreamWriter(output, new UTF8Encoding(false), 1 << 15) { AutoFlush = false },
            Error = Console.Error,
            OutIsTerminal = outIsTerminal && !dumb,
            ErrorIsTerminal = !Console.IsErrorRedirected && !dumb,
            Colors = !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = outIsTerminal ? WindowWidth() : DefaultWidth,
            Cancellation = Interrupt.Token,
        };
    }

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth is > 20 and var width ? width : DefaultWidth;
        }
        catch (IOException)
        {
            return DefaultWidth;
        }
    }
}
