namespace Latent;

/// <summary>How standard errors are found.</summary>
public record StandardErrorOptions
{
    /// <summary>Which covariance. Default: the inverse of the observed information.</summary>
    public StandardErrorMethod Method { get; init; } = StandardErrorMethod.ObservedInformation;

    /// <summary>The coverage that confidence intervals aim at, in (0, 1). Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// Whether to find the fraction of missing information too, which costs four more passes per coordinate. Default true.
    /// </summary>
    public bool MissingInformation { get; init; } = true;

    /// <summary>Threads to use; 0 (default) uses every processor. The result has the same bits whatever the number.</summary>
    public int Threads { get; init; }

    /// <summary>The processes that share the data; null: this one alone.</summary>
    public ICommunicator? Communicator { get; init; }

    internal StandardErrorOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        if (!(Confidence > 0 && Confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(Confidence), Confidence, "Expected a confidence between 0 and 1, such as 0.95.");
        }
        return this;
    }
}

/// <summary>Where the covariance of an estimate comes from.</summary>
public enum StandardErrorMethod
{
    /// <summary>
    /// A⁻¹, A the observed information −∂²L: from scores where the model has them, else from the expected score [Oakes1999], else from second
    /// differences of the objective. Right when the model is.
    /// </summary>
    ObservedInformation,

    /// <summary>A⁻¹·B·A⁻¹ with B = Σ w·s·sᵀ: also right when the model is wrong but the estimate is still what is wanted. Needs scores.</summary>
    Sandwich,

    /// <summary>B⁻¹, B = Σ w·s·sᵀ: one pass, and several percent off unless there are many rows. Needs scores.</summary>
    OuterProduct,
}
