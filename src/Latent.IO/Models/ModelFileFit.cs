namespace Latent.IO;

/// <summary>How the fit of a saved model went.</summary>
public sealed record ModelFileFit
{
    /// <summary>Rows of the data.</summary>
    public long Rows { get; init; }

    /// <summary>The total log-likelihood in nats, or null for a model without one.</summary>
    public double? LogLikelihood { get; init; }

    /// <summary>What was maximised.</summary>
    public double Objective { get; init; }

    /// <summary>Free parameters, or null for a model without.</summary>
    public int? FreeParameters { get; init; }

    /// <summary>Akaike's criterion.</summary>
    public double? Aic { get; init; }

    /// <summary>The Bayesian information criterion.</summary>
    public double? Bic { get; init; }

    /// <summary>The integrated completed likelihood criterion.</summary>
    public double? Icl { get; init; }

    /// <summary>Iterations of the best start.</summary>
    public int Iterations { get; init; }

    /// <summary>Why it stopped.</summary>
    public string StopReason { get; init; } = "";

    /// <summary>Whether it arrived.</summary>
    public bool Converged { get; init; }
}
