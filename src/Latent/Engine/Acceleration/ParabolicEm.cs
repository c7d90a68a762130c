using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>
/// Parabolic EM: along the parabola through three iterates, p(t) = (1−t)²p₀ + 2t(1−t)p₁ + t²p₂, the points t = 1 + h·aⁱ
/// are tried while the objective rises; two plain steps follow from the best [BerlinetRoland2009].
/// </summary>
/// <remarks>Strictly monotone, and greedy for passes: every point tried on the parabola is one.</remarks>
public sealed record ParabolicEm : Accelerator
{
    /// <summary>Plain EM passes before the first parabola; at least 2.</summary>
    public int WarmUp { get; init; } = 10;

    /// <summary>The first step past p₂, h.</summary>
    public double InitialStep { get; init; } = 0.1;

    /// <summary>The ratio a of successive steps.</summary>
    public double Ratio { get; init; } = 1.5;

    internal override AcceleratorRun Start(RunContext context)
    {
        Require(WarmUp >= 2, nameof(WarmUp), WarmUp, "at least 2");
        Require(InitialStep > 0 && double.IsFinite(InitialStep), nameof(InitialStep), InitialStep, "above 0");
        Require(Ratio > 1 && double.IsFinite(Ratio), nameof(Ratio), Ratio, "above 1");
        return new ParabolicEmRun(this, context);
    }
}
