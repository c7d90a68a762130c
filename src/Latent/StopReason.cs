namespace Latent;

/// <summary>Why a fit stopped. Only <see cref="Converged"/> and <see cref="Stationary"/> mean that it arrived.</summary>
public enum StopReason
{
    /// <summary>The gain still to come, as the stopping rule estimates it, is below the tolerance.</summary>
    Converged,

    /// <summary>The parameters no longer move: a fixed point of the EM map to the last bits.</summary>
    Stationary,

    /// <summary>The objective has reached its rounding floor: no step gains more than rounding can hide.</summary>
    RoundingFloor,

    /// <summary>The allowed number of iterations was used up.</summary>
    IterationLimit,

    /// <summary>The allowed time was used up.</summary>
    TimeLimit,

    /// <summary>The caller cancelled; the result holds the best parameters so far.</summary>
    Cancelled,

    /// <summary>This start was given up in favour of better ones.</summary>
    Dropped,

    /// <summary>This start broke down; see its message.</summary>
    Failed,
}
