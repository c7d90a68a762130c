using System.Runtime.InteropServices;

namespace Latent.IO;

/// <summary>Which parts of a mapped file a process holds. Windows takes back what it needs by itself.</summary>
internal static unsafe partial class ResidentPages
{
    private const int DontNeed = 4;

    private static readonly bool _isKnown = OperatingSystem.IsLinux() || OperatingSystem.IsMacOS();

    /// <summary>Lets go of whole pages of a mapping that is only read; their content comes again from the file when it is touched.</summary>
    public static void Release(byte* start, long length)
    {
        if (_isKnown)
        {
            // A failure means that the pages stay, which costs memory and nothing else.
            _ = Advise(start, (nuint)length, DontNeed);
        }
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(void* address, nuint length, int advice);
}
