using System.Runtime.InteropServices;

namespace Latent.Mpi;

/// <summary>
/// The system's MPI library: the entry points used here, and the values that the two binary interfaces in use give to
/// handles. Open MPI's handles are addresses of exported objects; those of MPICH and its kin (Intel MPI, MVAPICH, Cray MPI)
/// are 32-bit numbers, fixed by their common binary interface, and a callee reads the low half of the register.
/// </summary>
internal sealed unsafe class MpiLibrary
{
    private const string Override = "LATENT_MPI_LIBRARY";
    private static readonly string[] _openMpi = ["libmpi.so.40", "libmpi.so.80", "libmpi.40.dylib"];
    private static readonly string[] _mpich = ["libmpich.so.12", "libmpi.so.12", "libmpi.12.dylib"];
    private static readonly string[] _any = ["libmpi.so", "libmpi.dylib"];

    public delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int> InitThread;
    public delegate* unmanaged[Cdecl]<int*, int> Initialized;
    public delegate* unmanaged[Cdecl]<int*, int> Finalized;
    public delegate* unmanaged[Cdecl]<int> FinalizeAll;
    public delegate* unmanaged[Cdecl]<nint, int, int> Abort;
    public delegate* unmanaged[Cdecl]<nint, int*, int> CommRank;
    public delegate* unmanaged[Cdecl]<nint, int*, int> CommSize;
    public delegate* unmanaged[Cdecl]<nint, nint, int> CommSetErrhandler;
    public delegate* unmanaged[Cdecl]<nint, int, int, nint, nint*, int> CommSplitType;
    public delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, int> Allreduce;
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int> Bcast;
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, int> Send;
    public delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, void*, int> Receive;
    public delegate* unmanaged[Cdecl]<int, byte*, int*, int> ErrorString;
    public delegate* unmanaged[Cdecl]<byte*, int*, int> GetLibraryVersion;

    private MpiLibrary(nint library)
    {
        InitThread = (delegate* unmanaged[Cdecl]<int*, byte***, int, int*, int>)Export(library, "MPI_Init_thread");
        Initialized = (delegate* unmanaged[Cdecl]<int*, int>)Export(library, "MPI_Initialized");
        Finalized = (delegate* unmanaged[Cdecl]<int*, int>)Export(library, "MPI_Finalized");
        FinalizeAll = (delegate* unmanaged[Cdecl]<int>)Export(library, "MPI_Finalize");
        Abort = (delegate* unmanaged[Cdecl]<nint, int, int>)Export(library, "MPI_Abort");
        CommRank = (delegate* unmanaged[Cdecl]<nint, int*, int>)Export(library, "MPI_Comm_rank");
        CommSize = (delegate* unmanaged[Cdecl]<nint, int*, int>)Export(library, "MPI_Comm_size");
        CommSetErrhandler = (delegate* unmanaged[Cdecl]<nint, nint, int>)Export(library, "MPI_Comm_set_errhandler");
        CommSplitType = (delegate* unmanaged[Cdecl]<nint, int, int, nint, nint*, int>)Export(library, "MPI_Comm_split_type");
        Allreduce = (delegate* unmanaged[Cdecl]<nint, void*, int, nint, nint, nint, int>)Export(library, "MPI_Allreduce");
        Bcast = (delegate* unmanaged[Cdecl]<void*, int, nint, int, nint, int>)Export(library, "MPI_Bcast");
        Send = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, int>)Export(library, "MPI_Send");
        Receive = (delegate* unmanaged[Cdecl]<void*, int, nint, int, int, nint, void*, int>)Export(library, "MPI_Recv");
        ErrorString = (delegate* unmanaged[Cdecl]<int, byte*, int*, int>)Export(library, "MPI_Error_string");
        GetLibraryVersion = (delegate* unmanaged[Cdecl]<byte*, int*, int>)Export(library, "MPI_Get_library_version");
        if (NativeLibrary.TryGetExport(library, "ompi_mpi_comm_world", out nint world))
        {
            World = world;
            Double = Export(library, "ompi_mpi_double");
            Add = Export(library, "ompi_mpi_op_sum");
            NoInfo = Export(library, "ompi_mpi_info_null");
            ErrorsReturn = Export(library, "ompi_mpi_errors_return");
            InPlace = 1;
            Shared = 0;
        }
        else
        {
            World = 0x44000000;
            Double = 0x4c00080b;
            Add = 0x58000003;
            NoInfo = 0x1c000000;
            ErrorsReturn = 0x54000001;
            InPlace = -1;
            Shared = 1;
        }
    }

    /// <summary>MPI_COMM_WORLD.</summary>
    public nint World { get; }

    /// <summary>MPI_DOUBLE.</summary>
    public nint Double { get; }

    /// <summary>MPI_SUM.</summary>
    public nint Add { get; }

    /// <summary>MPI_INFO_NULL.</summary>
    public nint NoInfo { get; }

    /// <summary>MPI_ERRORS_RETURN.</summary>
    public nint ErrorsReturn { get; }

    /// <summary>MPI_IN_PLACE.</summary>
    public nint InPlace { get; }

    /// <summary>MPI_COMM_TYPE_SHARED.</summary>
    public int Shared { get; }

    /// <summary>
    /// Loads the library that belongs to the launcher, or the one that the environment variable LATENT_MPI_LIBRARY names.
    /// </summary>
    /// <exception cref="MpiException">There is none, or it lacks an entry point.</exception>
    public static MpiLibrary Load()
    {
        string[] candidates = Environment.GetEnvironmentVariable(Override) is { Length: > 0 } given
            ? [given]
            : MpiLauncher.IsOpenMpi ? [.. _openMpi, .. _any]
            : MpiLauncher.IsMpich ? [.. _mpich, .. _any]
            : [.. _openMpi, .. _mpich, .. _any];
        foreach (string candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out nint library))
            {
                return new MpiLibrary(library);
            }
        }
        throw new MpiException($"Expected an MPI library ({string.Join(", ", candidates)}), found none. Install Open MPI or MPICH, or name the library in {Override}.");
    }

    private static nint Export(nint library, string name) => NativeLibrary.TryGetExport(library, name, out nint address)
        ? address
        : throw new MpiException($"Expected the entry point {name} in the MPI library, found none. Name a complete library in {Override}.");
}
