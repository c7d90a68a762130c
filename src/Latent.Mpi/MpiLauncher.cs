using System.Globalization;

namespace Latent.Mpi;

/// <summary>What the launcher (mpirun, mpiexec, srun) says in the environment before MPI is started.</summary>
public static class MpiLauncher
{
    private static readonly string[] _openMpi = ["OMPI_COMM_WORLD_RANK", "PMIX_RANK"];
    private static readonly string[] _mpich = ["PMI_RANK", "MPI_LOCALRANKID"];

    /// <summary>The rank that the launcher gave this process; 0 where no launcher did.</summary>
    public static int Rank => RankOf(_openMpi) ?? RankOf(_mpich) ?? RankOf(["SLURM_PROCID"]) ?? 0;

    /// <summary>Whether mpirun or its like started this process: its output then goes to other processes' and to a file or a person.</summary>
    public static bool IsPresent => IsOpenMpi || IsMpich;

    /// <summary>Whether a launcher of Open MPI's kind (PMIx) started this process.</summary>
    internal static bool IsOpenMpi => RankOf(_openMpi) is not null;

    /// <summary>Whether a launcher of MPICH's kind (PMI) started this process.</summary>
    internal static bool IsMpich => RankOf(_mpich) is not null;

    private static int? RankOf(string[] names)
    {
        foreach (string name in names)
        {
            if (int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int rank))
            {
                return rank;
            }
        }
        return null;
    }
}
