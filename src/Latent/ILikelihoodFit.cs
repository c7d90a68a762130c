namespace Latent;

/// <summary>A fit by maximum likelihood: its report, and the counts that criteria need.</summary>
public interface ILikelihoodFit
{
    /// <summary>The engine's report.</summary>
    EmResult Result { get; }

    /// <summary>Rows of the fit.</summary>
    long Rows { get; }

    /// <summary>What criteria count as n: the sum of the rows' weights, or of those of their groups.</summary>
    double Weight { get; }

    /// <summary>Free parameters p.</summary>
    int FreeParameters { get; }
}

/// <summary>Likelihood and criteria of a fit.</summary>
public static class LikelihoodCriteria
{
    /// <summary>What follows from a fit's report and counts.</summary>
    /// <param name="fit">The fit.</param>
    extension(ILikelihoodFit fit)
    {
        /// <summary>The total log-likelihood, in nats, weights included.</summary>
        public double LogLikelihood => fit.Result.LogLikelihood;

        /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
        public double Aic => -2 * fit.Result.LogLikelihood + 2 * fit.FreeParameters;

        /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
        public double Bic => -2 * fit.Result.LogLikelihood + fit.FreeParameters * Math.Log(fit.Weight);
    }
}
