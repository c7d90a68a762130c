using Latent.Data;

namespace Latent.Families;

/// <summary>
/// A lower bound of covariances, Σ ⪰ ε·diag(v), v the columns' variances in the data: it keeps a component from collapsing on a few
/// rows, where the likelihood has no bound. The constraint is exact: the M-step maximises under it, by raising to ε the eigenvalues below ε of Σ in units of v.
/// In a healthy fit no eigenvalue is that small, and the answer is the plain maximum likelihood one.
/// </summary>
public sealed class CovarianceFloor
{
    /// <summary>The default ε.</summary>
    public const double DefaultRelative = 1e-8;

    private const double Smallest = 1e-280;

    // An eigenvalue this close to the bound, relatively, lies on it but for rounding.
    private const double AtBound = 1e-6;

    private readonly double[] _variances;

    private CovarianceFloor(double[] variances, double relative)
    {
        _variances = variances;
        Epsilon = relative;
    }

    /// <summary>No bound: a covariance that is not positive definite is then a <see cref="NumericalException"/>.</summary>
    public static CovarianceFloor None { get; } = new([], 0);

    /// <summary>ε; 0 for <see cref="None"/>.</summary>
    public double Epsilon { get; }

    /// <summary>The columns' scales v, all positive and finite; empty for <see cref="None"/>.</summary>
    public ReadOnlySpan<double> Variances => _variances;

    /// <summary>Whether there is a bound.</summary>
    public bool IsActive => _variances.Length > 0;

    /// <summary>A bound in units of the data's variances.</summary>
    /// <param name="summary">Means and variances of the data.</param>
    /// <param name="relative">ε, in [0, 1).</param>
    /// <exception cref="NumericalException">A column has no observed cell, or its variance overflows.</exception>
    public static CovarianceFloor RelativeTo(ColumnSummary summary, double relative = DefaultRelative)
    {
        ArgumentNullException.ThrowIfNull(summary);
        double[] scales = new double[summary.Columns];
        for (int column = 0; column < scales.Length; column++)
        {
            scales[column] = Scale(summary.Means[column], summary.Variances[column], summary.Names[column]);
        }
        return new CovarianceFloor(scales, Checked(relative));
    }

    /// <summary>A bound in units of given variances.</summary>
    /// <param name="variances">v: one positive, finite value per column.</param>
    /// <param name="relative">ε, in [0, 1).</param>
    public static CovarianceFloor RelativeTo(ReadOnlySpan<double> variances, double relative = DefaultRelative)
    {
        double[] scales = variances.ToArray();
        foreach (double scale in scales)
        {
            if (!(scale > 0) || !double.IsFinite(scale))
            {
                throw new ArgumentException($"Expected variances that are positive and finite, found {scale}.", nameof(variances));
            }
        }
        return new CovarianceFloor(scales, Checked(relative));
    }

    /// <summary>
    /// The variance of a column; where it vanishes or underflows, the mean's square, or 1: any scale serves a column that says nothing.
    /// </summary>
    internal static double Scale(double mean, double variance, string name)
    {
        if (!double.IsFinite(mean) || !double.IsFinite(variance))
        {
            throw new NumericalException(
                $"Expected columns with a finite mean and variance, found mean {mean} and variance {variance} in '{name}'. Rescale the column, or leave it out.");
        }
        double square = mean * mean;
        return variance >= Smallest ? variance : square >= Smallest ? square : 1;
    }

    /// <summary>The bound with another ε, however large; no bound stays none.</summary>
    internal CovarianceFloor Times(double factor) => IsActive ? new CovarianceFloor(_variances, factor * Epsilon) : this;

    /// <summary>Checks that the bound belongs to rows of <paramref name="columns"/> values.</summary>
    internal CovarianceFloor For(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        if (IsActive && _variances.Length != columns)
        {
            throw new ArgumentException($"Expected a covariance floor of {columns} columns, found one of {_variances.Length}.");
        }
        return this;
    }

    /// <summary>The least variance of a column; 0 for <see cref="None"/>.</summary>
    internal double Least(int column) => IsActive ? Epsilon * _variances[column] : 0;

    /// <summary>The least variance common to all columns: ε times the mean of v; 0 for <see cref="None"/>.</summary>
    internal double LeastCommon()
    {
        double sum = 0;
        foreach (double variance in _variances)
        {
            sum += variance / _variances.Length;
        }
        return Epsilon * sum;
    }

    /// <summary>
    /// Whether Σ is certainly above the bound: the least eigenvalue of D^−½ΣD^−½ is at least 1/tr(D^½Σ⁻¹D^½) = 1/Σ vⱼ·Wᵢⱼ².
    /// </summary>
    internal bool Clears(ReadOnlySpan<double> whitening, int dimension)
    {
        double trace = 0;
        for (int row = 0; row < dimension; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double w = whitening[row * dimension + column];
                trace += w * w * _variances[column];
            }
        }
        return trace * Epsilon <= 1 - AtBound;
    }

    /// <summary>The unit of a column's coordinates: √v, or 1 without a bound.</summary>
    internal double Unit(int column) => IsActive ? Math.Sqrt(_variances[column]) : 1;

    /// <summary>F in the columns' units: D^−½F, of d rows.</summary>
    internal double[] InUnits(ReadOnlySpan<double> factor, int dimension)
    {
        double[] scaled = new double[factor.Length];
        int columns = factor.Length / dimension;
        for (int i = 0; i < scaled.Length; i++)
        {
            scaled[i] = factor[i] / Unit(i / columns);
        }
        return scaled;
    }

    /// <summary>The maximiser under the bound: eigenvalues of D^−½ΣD^−½ below ε are raised to ε.</summary>
    internal void Raise(Span<double> values)
    {
        foreach (ref double value in values)
        {
            value = value >= Epsilon ? value : Epsilon;
        }
    }

    /// <summary>Whether an eigenvalue of D^−½ΣD^−½ is at the bound, to rounding.</summary>
    internal bool Holds(double value) => IsActive && value <= Epsilon * (1 + AtBound);

    private static double Checked(double relative) => relative is > 0 and < 1
        ? relative
        : throw new ArgumentOutOfRangeException(nameof(relative), relative, "Expected a relative floor above 0 and below 1; CovarianceFloor.None has no bound.");
}
