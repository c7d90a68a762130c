using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>
/// Quasi-Newton acceleration from q secants: θ⁺ = F(θ) − V(UᵀU − UᵀV)⁻¹Uᵀ(θ − F(θ)), with columns u = F(θ) − θ and
/// v = F(F(θ)) − F(θ) [ZhouAlexanderLange2011].
/// </summary>
/// <remarks>
/// Two passes a step. A proposal that is infeasible or worse than F(θ) gives way to F(F(θ)), at the cost of one pass, so the
/// iteration is strictly monotone. Few secants are best: ten are unstable.
/// </remarks>
public sealed record QuasiNewton : Accelerator
{
    /// <summary>The number of secants q.</summary>
    public int Secants { get; init; } = 3;

    internal override AcceleratorRun Start(RunContext context)
    {
        Require(Secants >= 1, nameof(Secants), Secants, "at least 1");
        return new QuasiNewtonRun(this, context);
    }
}
