using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Latent.IO;

/// <summary>
/// Linux's lease of a file that is only read: who opens it for writing, or cuts it, waits until it is given back, at most /proc/sys/fs/lease-break-time seconds. A mapped file
/// that is cut would end the process at the next byte that is no more.
/// </summary>
internal static partial class FileLease
{
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int GetLease = 1025;
    private const int ReadLock = 0;

    // The holder is told by a signal; this one is ignored unless someone asks for it. The lease itself says the same.
    private const int Urgent = 23;

    /// <summary>Takes the lease; false where the system has none, the file is another user's, or someone has it open for writing.</summary>
    public static bool TryTake(SafeFileHandle file) =>
        OperatingSystem.IsLinux() && Control(file, SetSignal, Urgent) == 0 && Control(file, SetLease, ReadLock) == 0;

    /// <summary>Whether nobody waits for the lease. It goes back when the file is closed.</summary>
    public static bool Holds(SafeFileHandle file) => Control(file, GetLease, 0) == ReadLock;

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
