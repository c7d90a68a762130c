namespace Latent.Engine.Stepwise;

/// <summary>Where a polish is, between two passes over all data.</summary>
/// <param name="Parameters">Where the last step has led.</param>
/// <param name="Before">Where it began.</param>
/// <param name="Objective">The objective there; −∞ before the first pass.</param>
/// <param name="Passes">Passes so far, those of epochs included; sweeps over the sample count by their share.</param>
/// <param name="Sample">The mass of the sample.</param>
internal sealed record PolishState<TParameters>(TParameters Parameters, TParameters Before, double Objective, double Passes, double Sample)
{
    /// <summary>The coordinates of <see cref="Before"/>; none before the first pass, nor of what follows.</summary>
    public double[] Point { get; init; } = [];

    /// <summary>The gradient there.</summary>
    public double[] Gradient { get; init; } = [];

    /// <summary>The step that the sample's curvature makes of it.</summary>
    public double[] Step { get; init; } = [];

    /// <summary>The step that was taken.</summary>
    public double[] Way { get; init; } = [];

    /// <summary>The gradient along it.</summary>
    public double Slope { get; init; } = double.NaN;

    /// <summary>What earlier steps have shown of the curvature.</summary>
    public SecantPair[] Pairs { get; init; } = [];

    /// <summary>What the surrogate said that the step would gain; NaN where there was no step yet.</summary>
    public double Promised { get; init; } = double.NaN;

    /// <summary>The gain that was still to come at <see cref="Before"/>, by all that was known; NaN before the first pass.</summary>
    public double Decrement { get; init; } = double.NaN;

    /// <summary>What the step before gained.</summary>
    public double Gain { get; init; } = double.NaN;

    /// <summary>Steps so far.</summary>
    public int Steps { get; init; }

    /// <summary>Steps in a row that led downwards, kept little of what was promised, or gained nearly as much as the one before.</summary>
    public int Astray { get; init; }

    /// <summary>Whether the step is a part of one that led downwards.</summary>
    public bool IsBack { get; init; }

    /// <summary>Whether it is over.</summary>
    public bool Ended { get; init; }

    /// <summary>That <see cref="Parameters"/> are within the tolerance of the maximum; null where that is not known.</summary>
    public Certificate? Certificate { get; init; }

    /// <summary>Before the first pass.</summary>
    public static PolishState<TParameters> Begin(TParameters start, double passes, double sample) => new(start, start, double.NegativeInfinity, passes, sample);
}

/// <summary>What is known of parameters that are within the tolerance of the maximum.</summary>
/// <param name="LogLikelihood">Their log-likelihood.</param>
/// <param name="Objective">Their objective.</param>
/// <param name="RemainingGain">What is still to gain.</param>
/// <param name="Statistic">Their statistic over all data.</param>
internal sealed record Certificate(double LogLikelihood, double Objective, double RemainingGain, double[] Statistic);
