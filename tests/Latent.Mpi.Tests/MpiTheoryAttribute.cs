namespace Latent.Mpi.Tests;

/// <summary>A theory that needs the launchers of Open MPI and MPICH; where one is missing it says so and is skipped.</summary>
public sealed class MpiTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where a launcher is missing.</summary>
    public MpiTheoryAttribute() => Skip = Launcher.Missing;
}

/// <summary>A fact that needs the launchers of Open MPI and MPICH; where one is missing it says so and is skipped.</summary>
public sealed class MpiFactAttribute : FactAttribute
{
    /// <summary>Skips where a launcher is missing.</summary>
    public MpiFactAttribute() => Skip = Launcher.Missing;
}
