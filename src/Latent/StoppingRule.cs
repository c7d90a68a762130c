using Latent.Engine;

namespace Latent;

/// <summary>
/// Decides from the objectives seen so far whether a fit has arrived. Rules only ever see objectives that belong to
/// parameters the fit holds.
/// </summary>
public abstract record StoppingRule
{
    private const double MachineEpsilon = 2.220446049250313e-16;

    private protected StoppingRule()
    {
    }

    /// <summary>
    /// Stops when the gain still to come is at most <paramref name="nats"/> on two consecutive iterations. The gain is
    /// Aitken's Δ·c/(1−c), with c the ratio of the last two gains; while c still grows, or is not in (0, 1), there is no
    /// estimate and no stop. Independent of the number of rows and of units. An iteration over coordinates estimates the gain from the curvature
    /// that its passes have seen instead, right long before Aitken's, and also wants steps below 1e-3·√nats of every coordinate's unit.
    /// </summary>
    /// <param name="nats">The largest gain in log-likelihood that may be forgone; floored at the rounding of the objective.</param>
    public static StoppingRule RemainingGain(double nats = 1e-6) => new RemainingGainRule(NonNegative(nats));

    /// <summary>Stops when |Lₜ − Lₜ₋₁| ≤ <paramref name="tolerance"/>·|Lₜ|; 0 runs all iterations. A small step is not a small gap: slow fits stop early under this rule.</summary>
    public static StoppingRule RelativeChange(double tolerance) => new RelativeChangeRule(NonNegative(tolerance));

    /// <summary>Stops when |Lₜ − Lₜ₋₁| &lt; <paramref name="tolerance"/>: with 1e-2 the rule of Spark and hmmlearn, with 1e-8 that of mixtools; with tol × rows that of scikit-learn.</summary>
    public static StoppingRule AbsoluteChange(double tolerance) => new AbsoluteChangeRule(NonNegative(tolerance));

    /// <summary>Stops when ‖F(θ) − θ‖ &lt; <paramref name="tolerance"/>, Euclidean or in the map's scale: the rule of SQUAREM. For iterations over coordinates only, such as <see cref="Em.Accelerate(IEmMap, ReadOnlySpan{double}, AccelerationOptions?, CancellationToken)"/>.</summary>
    public static StoppingRule Residual(double tolerance) => new ResidualRule(NonNegative(tolerance));

    /// <summary>Runs every iteration that is allowed.</summary>
    public static StoppingRule Never { get; } = new NeverRule();

    /// <summary>Whether the run may stop after the last objective of <paramref name="trace"/>.</summary>
    /// <param name="trace">The objectives of this start in order, the start's own first.</param>
    internal abstract bool HasConverged(ReadOnlySpan<double> trace);

    /// <summary>Whether the rule asks for every iteration that is allowed, also those that gain nothing.</summary>
    internal virtual bool RunsOn => false;

    /// <summary>The rounding of an objective of this size: a change below it carries no information.</summary>
    internal static double Rounding(double objective) => 64 * MachineEpsilon * Math.Max(1, Math.Abs(objective));

    private static double NonNegative(double value) =>
        value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a tolerance of zero or more.");

    internal sealed record RemainingGainRule(double Nats) : StoppingRule
    {
        internal override bool HasConverged(ReadOnlySpan<double> trace)
        {
            double allowed = Math.Max(Nats, Rounding(trace[^1]));
            return Within(trace, allowed) && Within(trace[..^1], allowed);
        }

        private static bool Within(ReadOnlySpan<double> trace, double allowed) => Aitken.RemainingGain(trace) <= allowed;
    }

    internal sealed record RelativeChangeRule(double Tolerance) : StoppingRule
    {
        internal override bool RunsOn => Tolerance == 0;

        internal override bool HasConverged(ReadOnlySpan<double> trace) =>
            Tolerance > 0 && trace.Length > 1 && Math.Abs(trace[^1] - trace[^2]) <= Tolerance * Math.Abs(trace[^1]);
    }

    internal sealed record AbsoluteChangeRule(double Tolerance) : StoppingRule
    {
        internal override bool RunsOn => Tolerance == 0;

        internal override bool HasConverged(ReadOnlySpan<double> trace) =>
            trace.Length > 1 && Math.Abs(trace[^1] - trace[^2]) < Tolerance;
    }

    internal sealed record ResidualRule(double Tolerance) : StoppingRule
    {
        internal override bool HasConverged(ReadOnlySpan<double> trace) =>
            throw new NotSupportedException("Expected a rule on objectives, found StoppingRule.Residual, which needs coordinates. Use StoppingRule.RemainingGain.");
    }

    private sealed record NeverRule : StoppingRule
    {
        internal override bool RunsOn => true;

        internal override bool HasConverged(ReadOnlySpan<double> trace) => false;
    }
}
