using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>
/// The default: strictly monotone SQUAREM (S3) with an Anderson tail. After a plain warm-up each step is an Anderson proposal
/// of one pass; where one fails, SQUAREM cycles take over and the proposals come back after 1, 2, 4, … cycles.
/// </summary>
/// <remarks>
/// SQUAREM's parabola and stabilising step are robust far from the optimum, where half of all Anderson proposals fail;
/// near it Anderson is some three times faster. No accepted point is ever worse than the one before. A rejected Anderson proposal costs one
/// pass, a rejected SQUAREM proposal two. The linear algebra of a pass is O(mp). [VaradhanRoland2008; Anderson1965; WalkerNi2011]
/// </remarks>
public sealed record SquaremAnderson : Accelerator
{
    /// <summary>Differences kept, m; never more than there are coordinates.</summary>
    public int Memory { get; init; } = 10;

    /// <summary>
    /// Plain EM passes at the start. They keep a bold first proposal from throwing the iteration into the basin of a worse optimum.
    /// </summary>
    public int WarmUp { get; init; } = 10;

    /// <summary>The factor by which the bound of SQUAREM's step length grows and shrinks.</summary>
    public double StepFactor { get; init; } = 4;

    /// <summary>The most SQUAREM cycles between two Anderson proposals.</summary>
    public int MaximumWait { get; init; } = 4;

    /// <summary>
    /// The damping of the least squares problem, relative to the squared size of its columns: directions √Regularization times shorter count for
    /// nothing.
    /// </summary>
    public double Regularization { get; init; } = 1e-12;

    internal override Accelerator After(int passes) => this with { WarmUp = Math.Max(0, WarmUp - passes) };

    internal override AcceleratorRun Start(RunContext context)
    {
        Require(Memory >= 1, nameof(Memory), Memory, "at least 1");
        Require(WarmUp >= 0, nameof(WarmUp), WarmUp, "at least 0");
        Require(StepFactor > 1, nameof(StepFactor), StepFactor, "above 1");
        Require(MaximumWait >= 1, nameof(MaximumWait), MaximumWait, "at least 1");
        Require(Regularization >= 0 && Regularization < 1, nameof(Regularization), Regularization, "in [0, 1)");
        return new SquaremAndersonRun(this, context);
    }
}
