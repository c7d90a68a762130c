namespace Latent;

/// <summary>
/// How several starts compete: all run a few iterations, then those that may still win go on, a stretch at a time, until the best has converged and no
/// other can be expected to reach it. A race finds better optima than one long run from a clever start, at about the same cost.
/// </summary>
/// <param name="FirstIterations">Iterations that every start is given.</param>
/// <param name="StepIterations">Iterations of each further stretch.</param>
/// <param name="Optimism">A start goes on while this many times the gain of its last stretch would take it to the best; 0 leaves the best alone.</param>
public sealed record RacePlan(int FirstIterations = 7, int StepIterations = 7, double Optimism = 2)
{
    /// <summary>The default race.</summary>
    public static RacePlan Default { get; } = new();

    /// <summary>Every start runs to convergence.</summary>
    public static RacePlan Exhaustive { get; } = new(int.MaxValue, int.MaxValue, double.PositiveInfinity);

    /// <summary>
    /// Iterations that every start makes as plain EM before acceleration begins: most starts drop out before, and what acceleration keeps costs more than their passes where the
    /// data are few. Fits with checkpoints do without.
    /// </summary>
    internal int PlainIterations { get; init; }

    internal void Check()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(FirstIterations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StepIterations);
        if (!(Optimism >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(Optimism), Optimism, "Expected an optimism of zero or more.");
        }
    }
}
