using System.Collections.Immutable;

namespace Latent;

/// <summary>What an iteration found, and how far to trust it.</summary>
public sealed record AccelerationResult
{
    /// <summary>The last accepted point θ.</summary>
    public required ImmutableArray<double> Point { get; init; }

    /// <summary>L(θ) in nats, at this very point; NaN without an objective.</summary>
    public required double Objective { get; init; }

    /// <summary>Why it stopped.</summary>
    public required StopReason StopReason { get; init; }

    /// <summary>Whether it stopped because nothing is left to do.</summary>
    public bool Converged => StopReason is StopReason.Converged or StopReason.Stationary;

    /// <summary>Passes over the data: what was paid.</summary>
    public required int Passes { get; init; }

    /// <summary>Values of F used, counted as the method's authors count them.</summary>
    public required int MapEvaluations { get; init; }

    /// <summary>Values of L used, counted as the method's authors count them.</summary>
    public required int ObjectiveEvaluations { get; init; }

    /// <summary>Proposals dropped because they did not keep the objective.</summary>
    public required int RejectedProposals { get; init; }

    /// <summary>Proposals dropped because they were infeasible.</summary>
    public required int InfeasibleProposals { get; init; }

    /// <summary>An estimate of what is still to gain, L* − L(θ), in nats; NaN when unknown.</summary>
    public required double RemainingGain { get; init; }

    /// <summary>λ̂, the rate at which plain steps shrink in the slowest direction seen lately; 1 or more hints at a saddle or a boundary. NaN when unknown.</summary>
    public required double ObservedRate { get; init; }

    /// <summary>‖F(θ) − θ‖, Euclidean or in the map's scale.</summary>
    public required double ResidualNorm { get; init; }

    /// <summary>√Σ(∂L/∂θ_j · unit_j)², estimated where the map gives no gradient; NaN when unknown.</summary>
    public required double ScoreNorm { get; init; }

    /// <summary>L at each accepted pass, in order; empty without an objective.</summary>
    public required ImmutableArray<double> Trace { get; init; }
}
