using System.Runtime.InteropServices;

namespace Latent.Cli;

/// <summary>
/// Ctrl-C and SIGTERM ask the running fit for the best it has; a second one ends the process at once. A file that reaches a limit on its size is an error of the write, which names it, rather than the
/// end of the process.
/// </summary>
internal static class Interrupt
{
    // Of Linux and macOS; PosixSignal has no name for it.
    private const PosixSignal FileSizeSignal = (PosixSignal)25;

    private static readonly CancellationTokenSource _source = new();
    private static readonly PosixSignalRegistration[] _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask),
        .. OperatingSystem.IsWindows() ? Array.Empty<PosixSignalRegistration>() : [PosixSignalRegistration.Create(FileSizeSignal, context => context.Cancel = true)],
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public static CancellationToken Token => _registrations.Length > 0 ? _source.Token : default;

    private static void Ask(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
