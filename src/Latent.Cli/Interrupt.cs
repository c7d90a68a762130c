using System.Runtime.InteropServices;

namespace Latent.Cli;

/// <summary>Ctrl-C and SIGTERM ask the running fit for the best it has; a second one ends the process at once.</summary>
internal static class Interrupt
{
    private static readonly CancellationTokenSource _source = new();
    private static readonly PosixSignalRegistration[] _registrations =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Ask),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Ask),
    ];

    /// <summary>Cancelled by the first signal.</summary>
    public static CancellationToken Token => _registrations.Length > 0 ? _source.Token : default;

    private static void Ask(PosixSignalContext context)
    {
        context.Cancel = !_source.IsCancellationRequested;
        _source.Cancel();
    }
}
