using Latent.Data;

namespace Latent.Regression;

/// <summary>
/// Terms in standard units, x̃ = (x − m)/s: products of columns neither cancel digits nor depend on units. Columns are moved only where there is an
/// intercept to take up what that changes.
/// </summary>
internal sealed class Standardization
{
    private readonly double[] _centers;
    private readonly double[] _scales;
    private readonly int _intercept;

    private Standardization(double[] centers, double[] scales, int intercept)
    {
        _centers = centers;
        _scales = scales;
        _intercept = intercept;
    }

    /// <summary>The number of terms.</summary>
    public int Count => _scales.Length;

    /// <summary>Terms as they are.</summary>
    public static Standardization None(int terms) => new(new double[terms], [.. Enumerable.Repeat(1.0, terms)], -1);

    /// <summary>The units of some columns of a table, one of which (or −1) is the intercept.</summary>
    public static Standardization Of(ColumnSummary summary, int first, int terms, int intercept)
    {
        double[] centers = new double[terms];
        double[] scales = new double[terms];
        for (int j = 0; j < terms; j++)
        {
            double mean = summary.Means[first + j];
            double variance = summary.Variances[first + j];
            double square = intercept >= 0 ? variance : variance + mean * mean;
            bool moves = j != intercept && square > 0;
            scales[j] = moves ? Math.Sqrt(square) : 1;
            centers[j] = moves && intercept >= 0 ? mean : 0;
        }
        return new Standardization(centers, scales, intercept);
    }

    /// <summary>A term in standard units.</summary>
    public double Map(int term, double value) => (value - _centers[term]) / _scales[term];

    /// <summary>A term as it was.</summary>
    public double Undo(int term, double value) => value * _scales[term] + _centers[term];

    /// <summary>Coefficients of the terms as they were, from those in standard units.</summary>
    public double[] ToOriginal(ReadOnlySpan<double> coefficients)
    {
        double[] original = new double[Count];
        double moved = 0;
        for (int j = 0; j < Count; j++)
        {
            original[j] = coefficients[j] / _scales[j];
            moved += original[j] * _centers[j];
        }
        if (_intercept >= 0)
        {
            original[_intercept] -= moved;
        }
        return original;
    }

    /// <summary>A gradient by the coefficients of the terms as they were, from that by those in standard units: Σ u·x = s·Σ u·x̃ + m·Σ u.</summary>
    public void ScoreToOriginal(ReadOnlySpan<double> standard, Span<double> original)
    {
        double sum = _intercept >= 0 ? standard[_intercept] : 0;
        for (int j = 0; j < Count; j++)
        {
            original[j] = _scales[j] * standard[j] + _centers[j] * sum;
        }
    }

    /// <summary>Coefficients in standard units, from those of the terms as they were.</summary>
    public double[] ToStandard(ReadOnlySpan<double> coefficients)
    {
        double[] standard = new double[Count];
        double moved = 0;
        for (int j = 0; j < Count; j++)
        {
            standard[j] = coefficients[j] * _scales[j];
            moved += coefficients[j] * _centers[j];
        }
        if (_intercept >= 0)
        {
            standard[_intercept] += moved;
        }
        return standard;
    }
}
