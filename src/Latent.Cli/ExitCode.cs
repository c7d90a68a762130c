namespace Latent.Cli;

/// <summary>What the process says to its caller.</summary>
internal static class ExitCode
{
    /// <summary>Done; also when a fit stopped at a limit.</summary>
    public const int Done = 0;

    /// <summary>Failed while running.</summary>
    public const int Failure = 1;

    /// <summary>Wrong usage.</summary>
    public const int Usage = 2;

    /// <summary>The fit did not converge, and <c>--require-convergence</c> was given.</summary>
    public const int NotConverged = 3;

    /// <summary>The data cannot be used.</summary>
    public const int Data = 65;

    /// <summary>Cancelled by Ctrl-C.</summary>
    public const int Cancelled = 130;
}
