using System.Text;
using Latent.IO;
using Latent.Mpi;
using Microsoft.Win32.SafeHandles;

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
        bool dumb = Environment.GetEnvironmentVariable("TERM") == "dumb" || MpiLauncher.IsPresent;
        Stream output = new WrittenFile(Standard(1), "standard output");
        return new Terminal
        {
            OutStream = output,
            Out = new StreamWriter(output, new UTF8Encoding(false), 1 << 15) { AutoFlush = false },
            Error = new StreamWriter(Standard(2), new UTF8Encoding(false), 1 << 10) { AutoFlush = true },
            OutIsTerminal = outIsTerminal && !dumb,
            ErrorIsTerminal = !Console.IsErrorRedirected && !dumb,
            Colors = !dumb && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
            Width = outIsTerminal && !dumb ? WindowWidth() : DefaultWidth,
            Cancellation = Interrupt.Token,
        };
    }

    /// <summary>The same reader's settings with nothing printed: for a process that leaves that to another.</summary>
    public Terminal Silent() => new()
    {
        Out = TextWriter.Null,
        OutStream = Stream.Null,
        Error = TextWriter.Null,
        OpenInput = OpenInput,
        Cancellation = Cancellation,
    };

    // Launchers give ranks a terminal of their own, to whose keys the console would be set up by codes at the first write;
    // what a rank writes is passed on to a file or a pipe.
    private static Stream Standard(int descriptor) =>
        MpiLauncher.IsPresent && !OperatingSystem.IsWindows() ? new FileStream(new SafeFileHandle(descriptor, ownsHandle: false), FileAccess.Write, bufferSize: 0)
        : descriptor == 1 ? Console.OpenStandardOutput()
        : Console.OpenStandardError();

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
