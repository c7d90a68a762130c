using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>
/// The normal distribution N(μ, ΛΛᵀ + Ψ) of a factor model, evaluated in O(d·q) per row: with M = I + ΛᵀΨ⁻¹Λ = LLᵀ and A = Ψ⁻¹ΛL⁻ᵀ,
/// (x−μ)ᵀΣ⁻¹(x−μ) = (x−μ)ᵀΨ⁻¹(x−μ) − ‖Aᵀ(x−μ)‖² and log |Σ| = log |Ψ| + log |M|. Immutable and valid.
/// </summary>
public sealed class FactorGaussian
{
    /// <summary>Numbers that remembered frames may hold together.</summary>
    private const int MostFrameCells = 1 << 20;

    [NotSaved]
    private PatternMemory<FactorFrame>? _frames;
    [NotSaved]
    private FactorGaussian? _canonical;
    [NotSaved]
    private FactorGaussian? _like;

    /// <summary>A distribution from means, loadings and uniquenesses.</summary>
    /// <param name="parameters">μ, Λ, Ψ.</param>
    /// <param name="floorActive">Whether a bound holds a uniqueness.</param>
    /// <exception cref="NumericalException">ΛᵀΨ⁻¹Λ overflows.</exception>
    public FactorGaussian(FactorParameters parameters, bool floorActive = false)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        FloorActive = floorActive;
        (int d, int q) = (parameters.Columns, parameters.Factors);
        NegatedMean = GaussianConstants.Negated(parameters.Mean);
        Scales = new double[d];
        Lower = new double[q * q];
        double logDeterminant = 0;
        for (int i = 0; i < q; i++)
        {
            Lower[i * q + i] = 1;
        }
        for (int j = 0; j < d; j++)
        {
            double uniqueness = parameters.Uniquenesses[j];
            Scales[j] = 1 / Math.Sqrt(uniqueness);
            logDeterminant += Elementary.Log(uniqueness);
            ReadOnlySpan<double> row = parameters.Row(j);
            for (int i = 0; i < q; i++)
            {
                double scaled = row[i] / uniqueness;
                for (int k = 0; k <= i; k++)
                {
                    Lower[i * q + k] = Math.FusedMultiplyAdd(scaled, row[k], Lower[i * q + k]);
                }
            }
        }
        if (!Cholesky.Factor(Lower, q))
        {
            throw new NumericalException("Expected loadings within the range of numbers, found some that overflow it. Rescale the columns.");
        }
        Projection = new double[d * q];
        for (int j = 0; j < d; j++)
        {
            Span<double> own = Projection.AsSpan(j * q, q);
            for (int k = 0; k < q; k++)
            {
                own[k] = parameters.Row(j)[k] / parameters.Uniquenesses[j];
            }
            Cholesky.Solve(Lower, own);
        }
        for (int i = 0; i < q; i++)
        {
            logDeterminant += 2 * Elementary.Log(Lower[i * q + i]);
        }
        LogDeterminant = logDeterminant;
        LogNormalizer = GaussianConstants.LogNormalizer(d, logDeterminant);
    }

    /// <summary>μ, Λ, Ψ.</summary>
    public FactorParameters Parameters { get; }

    /// <summary>d.</summary>
    public int Dimension => Parameters.Columns;

    /// <summary>q.</summary>
    public int Factors => Parameters.Factors;

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => Parameters.Mean;

    /// <summary>log |ΛΛᵀ + Ψ|.</summary>
    public double LogDeterminant { get; }

    /// <summary>The log-density at the mean, in nats.</summary>
    public double LogNormalizer { get; }

    /// <summary>Whether a bound holds a uniqueness away from zero (a Heywood case).</summary>
    public bool FloorActive { get; }

    /// <summary>−μ, as the kernel reads it.</summary>
    internal double[] NegatedMean { get; }

    /// <summary>ψ^(−½).</summary>
    internal double[] Scales { get; }

    /// <summary>A, row-major d × q.</summary>
    internal double[] Projection { get; }

    /// <summary>L, row-major q × q.</summary>
    internal double[] Lower { get; }

    /// <summary>
    /// The same distribution with ΛᵀΨ⁻¹Λ diagonal, largest first: the turn of the loadings that the data determine. Of the sign of a factor that is to be seen in which the sum of its loadings is not
    /// negative, or which is nearer to another component's (<see cref="Towards"/>).
    /// </summary>
    internal FactorGaussian Canonical => _canonical ??= new FactorGaussian(Rotation.Apply(Parameters, FactorRotation.None, _like?.Canonical.Parameters), FloorActive);

    /// <summary>The same component with the signs of another's factors in <see cref="Canonical"/>.</summary>
    internal FactorGaussian Towards(FactorGaussian like) => new(Parameters, FloorActive) { _like = like };

    /// <summary>What is known of the factors where some cells are missing. The first few thousand patterns are remembered.</summary>
    internal FactorFrame FrameOf(MissingCells missing) =>
        (_frames ??= new(MostFrameCells / (Factors * Factors))).Of(missing, this, static (component, cells) => FactorFrame.Of(component, cells));

    /// <summary>log f(x) in nats; NaN when a value is NaN.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double[] scores = new double[Factors];
        double square = 0;
        for (int j = 0; j < x.Length; j++)
        {
            double deviation = x[j] - Mean[j];
            double scaled = deviation * Scales[j];
            square = Math.FusedMultiplyAdd(scaled, scaled, square);
            for (int k = 0; k < scores.Length; k++)
            {
                scores[k] = Math.FusedMultiplyAdd(Projection[j * scores.Length + k], deviation, scores[k]);
            }
        }
        foreach (double score in scores)
        {
            square = Math.FusedMultiplyAdd(-score, score, square);
        }
        return LogNormalizer - 0.5 * square;
    }

    /// <summary>Draws one row, μ + Λf + e.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public void Sample(RandomGenerator random, Span<double> x)
    {
        ArgumentNullException.ThrowIfNull(random);
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double[] factors = new double[Factors];
        for (int k = 0; k < factors.Length; k++)
        {
            factors[k] = random.NextGaussian();
        }
        for (int j = 0; j < x.Length; j++)
        {
            x[j] = Mean[j] + Math.Sqrt(Parameters.Uniquenesses[j]) * random.NextGaussian();
            for (int k = 0; k < factors.Length; k++)
            {
                x[j] = Math.FusedMultiplyAdd(Parameters.Row(j)[k], factors[k], x[j]);
            }
        }
    }

    /// <summary>tr(S·Σ⁻¹), S the covariance of another, in O(d·q²).</summary>
    internal double TraceOf(FactorGaussian other)
    {
        (int q, int p) = (Factors, other.Factors);
        double trace = 0;
        double[] cross = new double[q * p];
        for (int j = 0; j < Dimension; j++)
        {
            ReadOnlySpan<double> row = other.Parameters.Row(j);
            double uniqueness = other.Parameters.Uniquenesses[j];
            double variance = uniqueness;
            for (int i = 0; i < p; i++)
            {
                variance += row[i] * row[i];
            }
            trace += variance * Scales[j] * Scales[j];
            for (int k = 0; k < q; k++)
            {
                double a = Projection[j * q + k];
                trace -= uniqueness * a * a;
                for (int i = 0; i < p; i++)
                {
                    cross[k * p + i] += a * row[i];
                }
            }
        }
        return trace - cross.Sum(value => value * value);
    }
}
