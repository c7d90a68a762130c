namespace Latent.Engine.Checkpoints;

/// <summary>Why a start broke, as a checkpoint keeps it.</summary>
internal sealed record FailureState(string Kind, string Message, int Iteration, double Before, double After)
{
    /// <summary>An error of a start, or null.</summary>
    public static FailureState? Of(Exception? failure) => failure switch
    {
        null => null,
        MonotonicityException fall => new FailureState(nameof(MonotonicityException), fall.Message, fall.Iteration, fall.Before, fall.After),
        _ => new FailureState(failure.GetType().Name, failure.Message, 0, 0, 0),
    };

    /// <summary>The error again.</summary>
    public Exception ToException() => Kind switch
    {
        nameof(MonotonicityException) => new MonotonicityException(Iteration, Before, After),
        nameof(DegenerateStartException) => new DegenerateStartException(Message),
        _ => new NumericalException(Message),
    };
}
