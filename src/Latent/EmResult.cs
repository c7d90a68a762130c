namespace Latent;

/// <summary>What a fit found, and how far it can be trusted.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public sealed record EmResult<TParameters> : EmResult
{
    /// <summary>The parameters, to which every figure of this result belongs.</summary>
    public required TParameters Parameters { get; init; }
}

/// <summary>What a fit found, but for the parameters themselves, whose type depends on the model.</summary>
public abstract record EmResult
{
    /// <summary>Log-likelihood plus log-prior at the parameters, in nats: what EM increases.</summary>
    public required double Objective { get; init; }

    /// <summary>The total log-likelihood of the observed data at the parameters, in nats, weights included.</summary>
    public required double LogLikelihood { get; init; }

    /// <summary>M-steps done.</summary>
    public required int Iterations { get; init; }

    /// <summary>Sweeps over the data, those of <see cref="Starts"/> that were given up included.</summary>
    public required int Evaluations { get; init; }

    /// <summary>Why it stopped.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>Whether it arrived at a stationary point. Running out of iterations or time, or a rounding floor reached early, is not convergence.</summary>
    public bool Converged => StopReason is StopReason.Converged or StopReason.Stationary;

    /// <summary>The last gain divided by |objective|; NaN when no iteration was made.</summary>
    public double RelativeGain => Trace.Count > 1 ? (Trace[^1] - Trace[^2]) / Math.Abs(Trace[^1]) : double.NaN;

    /// <summary>Aitken's estimate of the gain still to come, in nats; NaN when there is none.</summary>
    public required double RemainingGain { get; init; }

    /// <summary>The objective of the start and after every iteration.</summary>
    public required IReadOnlyList<double> Trace { get; init; }

    /// <summary>What the degeneracy policy did, in order.</summary>
    public IReadOnlyList<Degeneracy> Degeneracies { get; init; } = [];

    /// <summary>
    /// Components that look like artefacts: maxima of the likelihood that rest on a handful of rows which happen to lie close together. They are reported, never hidden.
    /// </summary>
    public IReadOnlyList<Degeneracy> Suspicions { get; init; } = [];

    /// <summary>Every start that was tried, in order, also those given up or broken.</summary>
    public IReadOnlyList<StartReport> Starts { get; init; } = [];

    /// <summary>
    /// Of the starts that came to an end, the share that reached the best objective within 0.1 nats; 1 for a single start. Starts that were dropped
    /// below it, on their way to wherever, count neither for nor against; the more starts, and the higher the share, the safer the optimum.
    /// </summary>
    public double Agreement { get; init; } = 1;

    /// <summary>Time the fit took, data loading excluded.</summary>
    public required TimeSpan Elapsed { get; init; }
}

/// <summary>One start of a fit.</summary>
/// <param name="Seed">The seed that made it.</param>
/// <param name="Objective">The best objective it reached; NaN if it broke before its first evaluation.</param>
/// <param name="Iterations">Iterations it was given.</param>
/// <param name="StopReason">Why it ended.</param>
/// <param name="Message">Why it broke, when it did.</param>
/// <param name="Initializer">What made it, where there is a choice.</param>
public sealed record StartReport(ulong Seed, double Objective, int Iterations, StopReason StopReason, string? Message = null, string? Initializer = null);

/// <summary>An event of the degeneracy policy.</summary>
/// <param name="Iteration">The iteration after which it was first seen.</param>
/// <param name="Component">The component, from 0, or −1 when it concerns the whole model.</param>
/// <param name="Message">What was found and what was done, in words.</param>
public sealed record Degeneracy(int Iteration, int Component, string Message);
