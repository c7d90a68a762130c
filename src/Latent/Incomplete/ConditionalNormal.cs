using Latent.Families;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <summary>
/// A normal distribution seen from one missing pattern: the density of the observed cells, and the distribution of the missing ones given them.
/// </summary>
/// <remarks>
/// The factor of Σ with the observed columns first, L = [L_oo 0; L_mo L_mm], holds all of it: u = L_oo⁻¹(x_o − μ_o), the quadratic form is ‖u‖², the
/// conditional mean μ_m + L_mo·u, the conditional covariance L_mm·L_mmᵀ.
/// </remarks>
internal sealed class ConditionalNormal
{
    private readonly int[] _observed;
    private readonly int[] _missing;
    private readonly double[] _mean;
    private readonly double[] _lower;
    private readonly double[] _solved;
    private readonly double _logNormalizer;

    /// <exception cref="NumericalException">Σ is singular to rounding in this order of columns.</exception>
    public ConditionalNormal(Gaussian normal, ReadOnlySpan<int> observed, ReadOnlySpan<int> missing)
    {
        _observed = observed.ToArray();
        _missing = missing.ToArray();
        _mean = normal.Mean.ToArray();
        int d = _mean.Length;
        int[] order = [.. observed, .. missing];
        ReadOnlySpan<double> covariance = normal.Covariance.Matrix;
        _lower = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                _lower[i * d + j] = covariance[order[i] * d + order[j]];
            }
        }
        if (!Cholesky.Factor(_lower, d))
        {
            throw new NumericalException("Expected a covariance that stays positive definite in another order of columns, found one that is singular to rounding. Fit with a ridge or a floor.");
        }
        double logDeterminant = 0;
        for (int i = 0; i < _observed.Length; i++)
        {
            logDeterminant += 2 * Kernels.Elementary.Log(_lower[i * d + i]);
        }
        _logNormalizer = GaussianConstants.LogNormalizer(_observed.Length, logDeterminant);
        _solved = new double[_observed.Length];
    }

    private int Dimension => _mean.Length;

    /// <summary>log f(x_o); 0 where nothing is observed. Not for several threads at once, like all that follows.</summary>
    public double LogDensity(ReadOnlySpan<double> row) => _logNormalizer - 0.5 * SquaredDistance(row);

    /// <summary>(x_o − μ_o)ᵀΣ_oo⁻¹(x_o − μ_o), chi-squared with as many degrees of freedom as there are observed cells.</summary>
    public double SquaredDistance(ReadOnlySpan<double> row)
    {
        Solve(row);
        double form = 0;
        foreach (double u in _solved)
        {
            form = Math.FusedMultiplyAdd(u, u, form);
        }
        return form;
    }

    /// <summary>Replaces the missing cells of a row by their conditional means.</summary>
    public void Complete(Span<double> row)
    {
        Solve(row);
        int d = Dimension;
        int o = _observed.Length;
        for (int i = 0; i < _missing.Length; i++)
        {
            ReadOnlySpan<double> line = _lower.AsSpan((o + i) * d, o);
            double sum = 0;
            for (int j = 0; j < o; j++)
            {
                sum = Math.FusedMultiplyAdd(line[j], _solved[j], sum);
            }
            row[_missing[i]] = _mean[_missing[i]] + sum;
        }
    }

    /// <summary>Replaces the missing cells of a row by a draw from their conditional distribution.</summary>
    /// <param name="row">The row.</param>
    /// <param name="normals">Independent standard normal numbers, one per missing cell.</param>
    public void Draw(Span<double> row, ReadOnlySpan<double> normals)
    {
        Complete(row);
        int d = Dimension;
        int o = _observed.Length;
        for (int i = 0; i < _missing.Length; i++)
        {
            ReadOnlySpan<double> line = _lower.AsSpan((o + i) * d + o, i + 1);
            double sum = 0;
            for (int j = 0; j <= i; j++)
            {
                sum = Math.FusedMultiplyAdd(line[j], normals[j], sum);
            }
            row[_missing[i]] += sum;
        }
    }

    /// <summary>Writes the conditional variance of each missing cell, in the order of columns.</summary>
    public void WriteVariances(Span<double> variances)
    {
        int d = Dimension;
        int o = _observed.Length;
        for (int i = 0; i < _missing.Length; i++)
        {
            ReadOnlySpan<double> line = _lower.AsSpan((o + i) * d + o, i + 1);
            variances[i] = 0;
            foreach (double value in line)
            {
                variances[i] += value * value;
            }
        }
    }

    /// <summary>Σ_oo⁻¹(x_o − μ_o), 0 where missing.</summary>
    public void WriteScore(ReadOnlySpan<double> row, Span<double> score)
    {
        Solve(row);
        int d = Dimension;
        score.Clear();
        for (int i = _observed.Length - 1; i >= 0; i--)
        {
            double sum = _solved[i];
            for (int k = i + 1; k < _observed.Length; k++)
            {
                sum = Math.FusedMultiplyAdd(-_lower[k * d + i], score[_observed[k]], sum);
            }
            score[_observed[i]] = sum / _lower[i * d + i];
        }
    }

    /// <summary>Σ_oo⁻¹ with zeros for missing columns, row-major d × d.</summary>
    public double[] ObservedPrecision()
    {
        int d = Dimension;
        int o = _observed.Length;
        double[] corner = new double[o * o];
        for (int i = 0; i < o; i++)
        {
            _lower.AsSpan(i * d, i + 1).CopyTo(corner.AsSpan(i * o));
        }
        double[] whitening = Cholesky.InvertLower(corner, o);
        double[] inverse = new double[d * d];
        for (int i = 0; i < o; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = i; k < o; k++)
                {
                    sum = Math.FusedMultiplyAdd(whitening[k * o + i], whitening[k * o + j], sum);
                }
                inverse[_observed[i] * d + _observed[j]] = inverse[_observed[j] * d + _observed[i]] = sum;
            }
        }
        return inverse;
    }

    private void Solve(ReadOnlySpan<double> row)
    {
        int d = Dimension;
        for (int i = 0; i < _solved.Length; i++)
        {
            double sum = row[_observed[i]] - _mean[_observed[i]];
            ReadOnlySpan<double> line = _lower.AsSpan(i * d, i);
            for (int j = 0; j < i; j++)
            {
                sum = Math.FusedMultiplyAdd(-line[j], _solved[j], sum);
            }
            _solved[i] = sum / _lower[i * d + i];
        }
    }
}
