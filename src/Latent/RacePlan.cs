namespace Latent;

/// <summary>
/// How several starts compete: all run a few iterations, the better ones some more, the best to convergence. A race finds better
/// optima than one long run from a clever start, at about the same cost.
/// </summary>
/// <param name="FirstIterations">Iterations that every start is given.</param>
/// <param name="Finalists">Starts that go on after the first stage.</param>
/// <param name="SecondIterations">Iterations that each of these is given.</param>
/// <param name="Winners">Starts that run to convergence.</param>
public sealed record RacePlan(int FirstIterations = 7, int Finalists = 4, int SecondIterations = 20, int Winners = 2)
{
    /// <summary>The default race.</summary>
    public static RacePlan Default { get; } = new();

    /// <summary>Every start runs to convergence.</summary>
    public static RacePlan Exhaustive { get; } = new(0, int.MaxValue, 0, int.MaxValue);
}
