namespace Latent;

/// <summary>How a stream is learnt from.</summary>
public sealed record OnlineOptions
{
    /// <summary>The options a stream has when none are given.</summary>
    public static OnlineOptions Default { get; } = new();

    /// <summary>α of the step size γₜ = (t + 2)^−α, in (½, 1]. Default 0.6.</summary>
    public double Exponent { get; init; } = 0.6;

    /// <summary>
    /// After how much further data (rows, where they have no weights) the old count half: for data that drift. Null, the default: nothing is forgotten
    /// for its age, and step sizes fall to zero.
    /// </summary>
    public double? HalfLife { get; init; }

    /// <summary>The data before the first M-step, so that it has enough to go by. 0, the default: twice the length of the statistic.</summary>
    public double Hold { get; init; }

    /// <summary>The size of the whole that the stream is taken for, which priors are weighed against; 0, the default: what was seen so far.</summary>
    public double Whole { get; init; }

    /// <summary>Threads to use; 0 (default) uses every processor. The result has the same bits whatever the number.</summary>
    public int Threads { get; init; }

    /// <summary>The processes that share the work, each of which sees all the data; null: this one alone.</summary>
    public ICommunicator? Communicator { get; init; }

    internal OnlineOptions Checked()
    {
        StepwiseEm.CheckExponent(Exponent);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (HalfLife is { } life && !(life > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(HalfLife), life, "Expected a half-life above zero, or null to forget nothing.");
        }
        if (!(Hold >= 0) || !(Whole >= 0))
        {
            throw new ArgumentOutOfRangeException(nameof(Hold), Math.Min(Hold, Whole), "Expected Hold and Whole of zero or more.");
        }
        return this;
    }
}
