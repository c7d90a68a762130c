using Latent.Engine.Stepwise;

namespace Latent.Engine;

/// <summary>All that a run knows between two steps.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="LogLikelihood">Their log-likelihood.</param>
/// <param name="Iterations">M-steps done.</param>
/// <param name="Evaluations">Sweeps done.</param>
/// <param name="Trace">The objectives.</param>
/// <param name="Degeneracies">What the degeneracy policy did.</param>
/// <param name="Flat">Steps in a row without a change.</param>
/// <param name="Stopped">Why it stopped by itself, or null.</param>
/// <param name="Statistic">The statistic of the next plain M-step; null while there is none.</param>
/// <param name="Settled">Objectives that there must be before the rule is asked.</param>
/// <param name="Warm">What each chunk's E-step goes on from; null while they start from scratch.</param>
/// <param name="Accelerated">The accelerated iteration; null under plain EM.</param>
internal sealed record EmRunState<TParameters>(
    TParameters Parameters,
    double LogLikelihood,
    int Iterations,
    int Evaluations,
    double[] Trace,
    Degeneracy[] Degeneracies,
    int Flat,
    StopReason? Stopped,
    double[]? Statistic,
    int Settled,
    double[][]? Warm,
    AcceleratedState<TParameters>? Accelerated)
{
    /// <summary>The epochs before it, while they run; null once they are over, and where there are none.</summary>
    public EpochState<TParameters>? Epochs { get; init; }

    /// <summary>Passes over the data that the epochs before it took.</summary>
    public int EpochPasses { get; init; }

    /// <summary>M-steps that they made.</summary>
    public int EpochSteps { get; init; }

    /// <summary>What is still to gain, where the epochs before it have certified that already; else NaN.</summary>
    public double CertifiedGain { get; init; } = double.NaN;

    /// <summary>A run whose epochs are under way.</summary>
    public static EmRunState<TParameters> InEpochs(TParameters start, EpochState<TParameters> epochs) =>
        new(start, double.NaN, 0, 0, [], [], 0, null, null, 1, null, null) { Epochs = epochs };
}

/// <summary>An accelerated iteration and the parameters that its coordinates are taken at.</summary>
internal sealed record AcceleratedState<TParameters>(TParameters Chart, IterationState Iteration);
