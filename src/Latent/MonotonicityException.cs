namespace Latent;

/// <summary>
/// An EM step lowered the objective by more than rounding can explain: the model's E-step and M-step do not belong
/// together. This is an error of the model's code, never of the data.
/// </summary>
public sealed class MonotonicityException : InvalidOperationException
{
    /// <summary>Creates the error from the two objectives.</summary>
    public MonotonicityException(int iteration, double before, double after)
        : base($"Expected iteration {iteration} not to lower the objective, but it went from {before:R} to {after:R}. The model's E-step and M-step do not maximise the same objective.")
    {
        Iteration = iteration;
        Before = before;
        After = after;
    }

    /// <summary>The iteration that lowered it, from 1.</summary>
    public int Iteration { get; }

    /// <summary>The objective before the step.</summary>
    public double Before { get; }

    /// <summary>The objective after the step.</summary>
    public double After { get; }
}
