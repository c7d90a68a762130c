using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>The step length α of a SQUAREM cycle, with r = θ₁ − θ₀ and v = (θ₂ − θ₁) − r.</summary>
public enum SquaremScheme
{
    /// <summary>α = −rᵀv / vᵀv [VaradhanRoland2008, eq. 7].</summary>
    S1,

    /// <summary>α = −rᵀr / rᵀv [VaradhanRoland2008, eq. 8].</summary>
    S2,

    /// <summary>α = ‖r‖ / ‖v‖ [VaradhanRoland2008, eq. 9], which never divides by an indefinite quantity.</summary>
    S3,
}

/// <summary>
/// SQUAREM: two steps θ₁ = F(θ₀), θ₂ = F(θ₁), then the squared extrapolation θ′ = θ₀ + 2αr + α²v and a stabilising step
/// F(θ′) [VaradhanRoland2008]. Step bounds, fallback and evaluation counts are those of the reference implementation.
/// </summary>
/// <remarks>
/// A proposal is dropped for θ₂ where it is infeasible or loses more than <see cref="ObjectiveTolerance"/> of the objective
/// in one cycle. Without an objective it is dropped when ‖F(θ′) − θ′‖ exceeds
/// <see cref="ResidualTolerance"/>·(1 + ‖θ₂‖/√p) + ‖θ₂ − θ₁‖.
/// </remarks>
public sealed record Squarem : Accelerator
{
    /// <summary>The step length; S3 by default.</summary>
    public SquaremScheme Scheme { get; init; } = SquaremScheme.S3;

    /// <summary>
    /// The loss of objective, in nats, that one cycle may cause: 1 as published, +∞ to accept every feasible proposal. With 0
    /// no cycle begins below the one before; within a cycle the plain step θ₁ may stand above both.
    /// </summary>
    public double ObjectiveTolerance { get; init; } = 1;

    /// <summary>The growth of the residual that a cycle without objective may cause (kr).</summary>
    public double ResidualTolerance { get; init; } = 1;

    /// <summary>The least step length; negative only for maps whose rate can be negative, which exact EM never has.</summary>
    public double MinimumStep { get; init; } = 1;

    /// <summary>The first bound on the step length; the bound grows where it binds and shrinks where a bounded step fails.</summary>
    public double MaximumStep { get; init; } = 1;

    /// <summary>The factor by which the bound grows and shrinks.</summary>
    public double StepFactor { get; init; } = 4;

    internal override AcceleratorRun Start(RunContext context)
    {
        Require(Enum.IsDefined(Scheme), nameof(Scheme), (double)Scheme, "to be S1, S2 or S3");
        Require(ObjectiveTolerance >= 0, nameof(ObjectiveTolerance), ObjectiveTolerance, "at least 0");
        Require(ResidualTolerance >= 0, nameof(ResidualTolerance), ResidualTolerance, "at least 0");
        Require(MaximumStep > 0, nameof(MaximumStep), MaximumStep, "above 0");
        Require(MinimumStep <= MaximumStep, nameof(MinimumStep), MinimumStep, $"at most MaximumStep = {MaximumStep}");
        Require(StepFactor > 1, nameof(StepFactor), StepFactor, "above 1");
        return new SquaremRun(this, context);
    }
}
