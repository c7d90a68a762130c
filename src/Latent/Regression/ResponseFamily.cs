namespace Latent.Regression;

/// <summary>
/// What a response is like given its linear predictor η = xᵀβ + offset: its log-density as a function of η, with the first two derivatives, and its dispersion.
/// </summary>
public abstract class ResponseFamily
{
    /// <summary>Normal with mean η and a variance of its own per component.</summary>
    public static ResponseFamily Gaussian { get; } = new GaussianResponse();

    /// <summary>Counts with mean exp(η).</summary>
    public static ResponseFamily Poisson { get; } = new PoissonResponse();

    /// <summary>Successes among trials with probability 1/(1 + exp(−η)).</summary>
    public static ResponseFamily Binomial { get; } = new BinomialResponse();

    /// <summary>Counts with mean μ = exp(η) and variance μ + μ²/θ, θ a size of its own per component.</summary>
    public static ResponseFamily NegativeBinomial { get; } = new NegativeBinomialResponse();

    /// <summary>Positive numbers, gamma with mean exp(η) and a shape of its own per component.</summary>
    public static ResponseFamily Gamma { get; } = new GammaResponse();

    /// <summary>The names of all families.</summary>
    public static IReadOnlyList<string> Names { get; } = ["gaussian", "poisson", "negative-binomial", "binomial", "gamma"];

    /// <summary>The name, in lower case.</summary>
    public abstract string Name { get; }

    /// <summary>What the dispersion is called; null for a family that has none.</summary>
    public virtual string? DispersionName => null;

    /// <summary>The family of a name.</summary>
    /// <exception cref="ArgumentException">There is no such family.</exception>
    public static ResponseFamily Named(string name) => name switch
    {
        "gaussian" => Gaussian,
        "poisson" => Poisson,
        "negative-binomial" => NegativeBinomial,
        "binomial" => Binomial,
        "gamma" => Gamma,
        _ => throw new ArgumentException($"Expected a family of responses, one of {string.Join(", ", Names)}, found '{name}'.", nameof(name)),
    };

    /// <summary>Whether the log-density has a part of y alone.</summary>
    internal virtual bool HasBase => true;

    /// <summary>Whether the log-density is a quadratic function of η, so that a Newton step is exact.</summary>
    internal virtual bool IsQuadratic => false;

    /// <summary>Further doubles of statistic, of which the dispersion is made.</summary>
    internal virtual int ExtraLength => 0;

    /// <summary>The mean of the response.</summary>
    internal abstract double Mean(double eta, double trials);

    /// <summary>The part of the log-density that depends on y alone, up to a factor that depends on the dispersion.</summary>
    internal virtual double Base(double y, double trials) => 0;

    /// <summary>A linear predictor that suits a mean response.</summary>
    internal abstract double Link(double mean);

    /// <summary>Refuses responses that the family cannot have.</summary>
    internal abstract void Check(double y, double trials, long row);

    /// <summary>
    /// For the rows of a tile: log f(y | η) into <paramref name="logDensity"/>, and u = ∂/∂η, h = −∂²/∂η² of the log-density over 1 (Gaussian: σ², gamma: 1/ν),
    /// the dispersion's factor taken out, since it does not move the maximum.
    /// </summary>
    internal abstract void Evaluate(
        ReadOnlySpan<double> y, ReadOnlySpan<double> trials, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, double dispersion,
        Span<double> logDensity, Span<double> slope, Span<double> curvature);

    /// <summary>The factor of u in ∂ log f/∂η that <see cref="Evaluate"/> leaves out.</summary>
    internal virtual double ScoreFactor(double dispersion) => 1;

    /// <summary>Adds to the statistic of the dispersion; slopes are those of <see cref="Evaluate"/>.</summary>
    internal virtual void AccumulateExtra(
        ReadOnlySpan<double> y, ReadOnlySpan<double> constant, ReadOnlySpan<double> eta, ReadOnlySpan<double> slope, ReadOnlySpan<double> weights, double dispersion, Span<double> extra)
    {
    }

    /// <summary>The dispersion of the next component: at the new coefficients where the function is quadratic, else at the current ones.</summary>
    /// <param name="n">Σ w.</param>
    /// <param name="extra">The statistic.</param>
    /// <param name="explained">2δᵀg − δᵀHδ: what the step takes from Σ w u².</param>
    /// <param name="least">A bound from below on the variance, or from above on the shape.</param>
    /// <returns>The dispersion, and whether the bound holds it.</returns>
    internal virtual (double Dispersion, bool Held) Dispersion(double n, ReadOnlySpan<double> extra, double explained, double least) => (1, false);

    /// <summary>∂ log f/∂ dispersion for one row.</summary>
    internal virtual double DispersionScore(double y, double constant, double eta, double dispersion) => 0;

    /// <summary>Whether responses are counts without a bound, so that there can be zeros in excess.</summary>
    internal virtual bool IsCount => false;

    /// <summary>Draws a response.</summary>
    internal abstract double Sample(double eta, double trials, double dispersion, Random random);

    internal static ArgumentException Refused(string expected, double y, long row) =>
        new($"Expected {expected} in row {row + 1}, found {(double.IsNaN(y) ? "none" : y)}. Remove or correct the row, or choose another family.");
}
