using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>
/// DAAREM: Anderson acceleration with restarts and a damping that fades as proposals succeed [HendersonVaradhan2019].
/// </summary>
/// <remarks>
/// The damping λ is chosen so that ‖γ_λ‖² is about δ = 1/(1 + α^(κ−s)) of the undamped ‖γ‖², where s counts accepted proposals and falls
/// back when a cycle of m passes lost objective. A rejected proposal costs one pass.
/// </remarks>
public sealed record Daarem : Accelerator
{
    /// <summary>The most columns; the window has min(Order, ⌈p/2⌉) and is emptied when full.</summary>
    public int Order { get; init; } = 5;

    /// <summary>
    /// The loss of objective, in nats, that one proposal may cause. 0: strictly monotone. The published 0.01 lets the iteration
    /// drift downhill for ever on slow problems and depends on the size of the data.
    /// </summary>
    public double ObjectiveTolerance { get; init; }

    /// <summary>The loss of objective over a cycle that does not yet strengthen the damping.</summary>
    public double CycleTolerance { get; init; }

    /// <summary>κ of the damping schedule.</summary>
    public double Kappa { get; init; } = 25;

    /// <summary>α of the damping schedule.</summary>
    public double Alpha { get; init; } = 1.2;

    internal override AcceleratorRun Start(RunContext context)
    {
        Require(Order >= 1, nameof(Order), Order, "at least 1");
        Require(ObjectiveTolerance >= 0, nameof(ObjectiveTolerance), ObjectiveTolerance, "at least 0");
        Require(CycleTolerance >= 0, nameof(CycleTolerance), CycleTolerance, "at least 0");
        Require(Kappa >= 0 && double.IsFinite(Kappa), nameof(Kappa), Kappa, "at least 0");
        Require(Alpha > 1 && double.IsFinite(Alpha), nameof(Alpha), Alpha, "above 1");
        return new DaaremRun(this, context);
    }
}
