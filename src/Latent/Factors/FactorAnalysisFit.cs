using Latent.Data;
using Latent.Families;

namespace Latent.Factors;

/// <summary>Factors fitted to rows, with what the fit reports.</summary>
public sealed class FactorAnalysisFit : FactorAnalysis
{
    internal FactorAnalysisFit(EmResult<FactorParameters> result, EmResult<Gaussian> saturated, FactorModel model, ColumnSummary data, double weight)
        : base(result.Parameters, data.Names)
    {
        Result = result;
        Data = data;
        EffectiveRows = weight;
        FreeParameters = model.FreeParameters;
        IsIsotropic = model.IsIsotropic;
        int d = data.Columns;
        DegreesOfFreedom = d + d * (d + 1) / 2 - FreeParameters;
        double bartlett = (weight - 1 - (2 * d + 5) / 6.0 - 2.0 * model.Factors / 3) / weight;
        ChiSquared = Math.Max(0, 2 * bartlett * (saturated.LogLikelihood - result.LogLikelihood));
    }

    /// <summary>The engine's report; its parameters are those of this fit, loadings turned as asked.</summary>
    public EmResult<FactorParameters> Result { get; }

    /// <summary>What the data were: rows, weight, means and variances of the observed cells.</summary>
    public ColumnSummary Data { get; }

    /// <summary>Whether all columns share one uniqueness.</summary>
    public bool IsIsotropic { get; }

    /// <summary>The weight of the rows that have a value: n of <see cref="Bic"/>.</summary>
    public double EffectiveRows { get; }

    /// <summary>The total log-likelihood of the observed cells, in nats, weights included.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Whether the fit arrived at a stationary point.</summary>
    public bool Converged => Result.Converged;

    /// <summary>Free parameters: means, loadings less the q(q − 1)/2 of a rotation, uniquenesses.</summary>
    public int FreeParameters { get; }

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
    public double Bic => -2 * LogLikelihood + FreeParameters * Math.Log(EffectiveRows);

    /// <summary>Bartlett's test statistic that so many factors suffice: twice the log-likelihood that an unrestricted covariance gains, times (n − 1 − (2d + 5)/6 − 2q/3)/n.</summary>
    public double ChiSquared { get; }

    /// <summary>Covariances less free parameters.</summary>
    public int DegreesOfFreedom { get; }

    /// <summary>The chance of a larger <see cref="ChiSquared"/> if so many factors suffice; NaN without degrees of freedom.</summary>
    public double PValue => DegreesOfFreedom > 0 ? 1 - Cumulative(DegreesOfFreedom, ChiSquared) : double.NaN;

    private static double Cumulative(int freedom, double value) => MathNet.Numerics.Distributions.ChiSquared.CDF(freedom, value);
}
