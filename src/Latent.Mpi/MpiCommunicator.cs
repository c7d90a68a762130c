using System.Text;

namespace Latent.Mpi;

/// <summary>
/// The ranks of an MPI job as the <see cref="ICommunicator"/> of a fit: the program is started once per rank by
/// <c>mpirun</c>, <c>mpiexec</c> or <c>srun</c>, and every rank runs the same fit on the same data source.
/// </summary>
/// <remarks>
/// The sums of a sweep climb a tree of messages in a fixed order. A <see cref="Sum"/> is one <c>MPI_Allreduce</c>. Its order is the implementation's own, which does no harm: the engine never lets two
/// ranks contribute to one value, so that every order gives the same bits (see docs/design/determinism.md).
/// </remarks>
public sealed unsafe class MpiCommunicator : IMessenger, IDisposable
{
    private const int Serialized = 2;
    private const int Block = 1 << 27;

    private readonly MpiLibrary _mpi;
    private bool _disposed;

    private MpiCommunicator(MpiLibrary mpi)
    {
        _mpi = mpi;
        Check(_mpi.CommSetErrhandler(_mpi.World, _mpi.ErrorsReturn), "MPI_Comm_set_errhandler");
        int rank, size;
        Check(_mpi.CommRank(_mpi.World, &rank), "MPI_Comm_rank");
        Check(_mpi.CommSize(_mpi.World, &size), "MPI_Comm_size");
        Rank = rank;
        Size = size;
        nint machine = 0;
        int local;
        Check(_mpi.CommSplitType(_mpi.World, _mpi.Shared, 0, _mpi.NoInfo, &machine), "MPI_Comm_split_type");
        Check(_mpi.CommSize(machine, &local), "MPI_Comm_size");
        RanksOnThisMachine = local;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size { get; }

    /// <summary>The ranks that share this machine's memory and processors, this one included.</summary>
    public int RanksOnThisMachine { get; }

    /// <summary>The name and version of the implementation, in its own words.</summary>
    public string Library
    {
        get
        {
            byte* text = stackalloc byte[8192];
            int length;
            Check(_mpi.GetLibraryVersion(text, &length), "MPI_Get_library_version");
            return Encoding.UTF8.GetString(text, length).TrimEnd('\0', '\n', ' ');
        }
    }

    /// <summary>Starts MPI in this process; once per process. Without a launcher the job has one rank.</summary>
    /// <exception cref="MpiException">No MPI library was found, or it has been started or ended before, or fails to start.</exception>
    public static MpiCommunicator Start()
    {
        MpiLibrary mpi = MpiLibrary.Load();
        int begun, ended, provided;
        mpi.Initialized(&begun);
        mpi.Finalized(&ended);
        if (begun != 0 || ended != 0)
        {
            throw new MpiException("Expected to start MPI once in a process, found that it was started before. Keep the communicator and share it.");
        }
        int code = mpi.InitThread(null, null, Serialized, &provided);
        return code == 0
            ? new MpiCommunicator(mpi)
            : throw new MpiException($"Expected MPI to start, found error {code} of MPI_Init_thread. Start the program by the mpirun that belongs to the library.");
    }

    /// <inheritdoc/>
    /// <exception cref="MpiException">The call failed: a rank or the network is gone.</exception>
    public void Sum(Span<double> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int start = 0; start < values.Length; start += Block)
        {
            Span<double> block = values.Slice(start, Math.Min(Block, values.Length - start));
            fixed (double* first = block)
            {
                Check(_mpi.Allreduce(_mpi.InPlace, first, block.Length, _mpi.Double, _mpi.Add, _mpi.World), "MPI_Allreduce");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MpiException">The call failed: a rank or the network is gone.</exception>
    public void Broadcast(Span<double> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int start = 0; start < values.Length; start += Block)
        {
            Span<double> block = values.Slice(start, Math.Min(Block, values.Length - start));
            fixed (double* first = block)
            {
                Check(_mpi.Bcast(first, block.Length, _mpi.Double, 0, _mpi.World), "MPI_Bcast");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MpiException">The call failed: a rank or the network is gone.</exception>
    public void Send(int rank, ReadOnlySpan<double> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        for (int start = 0; start < values.Length; start += Block)
        {
            ReadOnlySpan<double> block = values.Slice(start, Math.Min(Block, values.Length - start));
            fixed (double* first = block)
            {
                Check(_mpi.Send(first, block.Length, _mpi.Double, rank, 0, _mpi.World), "MPI_Send");
            }
        }
    }

    /// <inheritdoc/>
    /// <exception cref="MpiException">The call failed: a rank or the network is gone.</exception>
    public void Receive(int rank, Span<double> values)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        // Longer than the status of any implementation, which nobody reads.
        byte* status = stackalloc byte[256];
        for (int start = 0; start < values.Length; start += Block)
        {
            Span<double> block = values.Slice(start, Math.Min(Block, values.Length - start));
            fixed (double* first = block)
            {
                Check(_mpi.Receive(first, block.Length, _mpi.Double, rank, 0, _mpi.World, status), "MPI_Recv");
            }
        }
    }

    /// <summary>Ends every rank of the job at once, with <paramref name="exitCode"/> for the launcher: for a rank that cannot go on.</summary>
    public void Abort(int exitCode) => _mpi.Abort(_mpi.World, exitCode);

    /// <summary>Ends MPI in this process; waits for the other ranks to do the same.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _mpi.FinalizeAll();
        }
    }

    private void Check(int code, string call)
    {
        if (code != 0)
        {
            byte* text = stackalloc byte[8192];
            int length;
            string reason = _mpi.ErrorString(code, text, &length) == 0 ? Encoding.UTF8.GetString(text, length) : $"error {code}";
            throw new MpiException($"Expected {call} to succeed on rank {Rank}, found: {reason.TrimEnd('\0', '\n')}. A rank or the network is gone; start the job again.");
        }
    }
}
