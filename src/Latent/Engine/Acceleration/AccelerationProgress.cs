using Latent.Engine;

namespace Latent;

/// <summary>Where an iteration stands after a pass.</summary>
/// <param name="Passes">Passes so far.</param>
/// <param name="Objective">L at the last accepted point, in nats; NaN without an objective.</param>
/// <param name="ResidualNorm">‖F(θ) − θ‖ there.</param>
/// <param name="Outcome">What became of the pass.</param>
public readonly record struct AccelerationProgress(int Passes, double Objective, double ResidualNorm, PassOutcome Outcome);
