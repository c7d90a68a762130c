namespace Latent;

/// <summary>What a bootstrap found.</summary>
public sealed class BootstrapResult
{
    internal BootstrapResult(ParameterEstimates estimates, IReadOnlyList<double[]> replicates, IReadOnlyList<BootstrapFailure> failures, int unconverged)
    {
        Estimates = estimates;
        Replicates = replicates;
        Failures = failures;
        Unconverged = unconverged;
    }

    /// <summary>The estimates with the replicates' standard deviations as standard errors, and percentile intervals.</summary>
    public ParameterEstimates Estimates { get; }

    /// <summary>The natural parameters of every replicate that succeeded, in the order of the replicates, labels aligned with the estimate's.</summary>
    public IReadOnlyList<double[]> Replicates { get; }

    /// <summary>The replicates that broke down or ended in a degenerate fit; they are left out.</summary>
    public IReadOnlyList<BootstrapFailure> Failures { get; }

    /// <summary>Replicates that ran out of iterations; they are counted in.</summary>
    public int Unconverged { get; }
}

/// <summary>A replicate that has no estimate.</summary>
/// <param name="Replicate">Its index, from 0.</param>
/// <param name="Message">Why.</param>
public sealed record BootstrapFailure(int Replicate, string Message);
