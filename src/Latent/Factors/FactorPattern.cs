using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <summary>The posterior of the factors for the rows of one missing pattern, and the buffers of one thread that it needs.</summary>
internal sealed class FactorPattern(int columns, int factors)
{
    private readonly double[] _deviations = new double[columns];
    private readonly double[] _lower = new double[factors * factors];
    private readonly double[] _inverse = new double[factors * factors];
    private readonly double[] _scores = new double[factors];
    private readonly double[] _sums = new double[factors * (factors + 1) / 2 + factors + 1];

    /// <summary>A row's deviations from the mean in the observed columns.</summary>
    public Span<double> Deviations => _deviations;

    /// <summary>f of the row last added.</summary>
    public ReadOnlySpan<double> Scores => _scores;

    /// <summary>W = L⁻¹ with M = LLᵀ, after <see cref="Begin"/>, row-major: the posterior covariance of the factors is WᵀW.</summary>
    public ReadOnlySpan<double> Inverse => _inverse;

    /// <summary>Factorises M = I + Σ λⱼλⱼᵀ/ψⱼ and returns log |Σ_oo| = Σ log ψⱼ + log |M|.</summary>
    public double Begin(FactorParameters parameters, ReadOnlySpan<int> observed)
    {
        int q = factors;
        Array.Clear(_sums);
        Array.Clear(_lower);
        double logDeterminant = 0;
        for (int i = 0; i < q; i++)
        {
            _lower[i * q + i] = 1;
        }
        foreach (int column in observed)
        {
            ReadOnlySpan<double> row = parameters.Row(column);
            double uniqueness = parameters.Uniquenesses[column];
            logDeterminant += Elementary.Log(uniqueness);
            for (int i = 0; i < q; i++)
            {
                double scaled = row[i] / uniqueness;
                for (int j = 0; j <= i; j++)
                {
                    _lower[i * q + j] = Math.FusedMultiplyAdd(scaled, row[j], _lower[i * q + j]);
                }
            }
        }
        if (!Cholesky.Factor(_lower, q))
        {
            throw new NumericalException("Expected loadings within the range of numbers, found some that overflow it. Rescale the columns.");
        }
        for (int i = 0; i < q; i++)
        {
            logDeterminant += 2 * Elementary.Log(_lower[i * q + i]);
        }
        Invert();
        return logDeterminant;
    }

    /// <summary>Finds f of the row in <see cref="Deviations"/>, adds its outer product, and returns the quadratic form Σ δⱼ²/ψⱼ − bᵀf.</summary>
    public double Add(FactorParameters parameters, ReadOnlySpan<int> observed, double weight, double count)
    {
        int q = factors;
        Array.Clear(_scores);
        double form = 0;
        for (int i = 0; i < observed.Length; i++)
        {
            double scaled = _deviations[i] / parameters.Uniquenesses[observed[i]];
            form = Math.FusedMultiplyAdd(scaled, _deviations[i], form);
            ReadOnlySpan<double> row = parameters.Row(observed[i]);
            for (int k = 0; k < q; k++)
            {
                _scores[k] = Math.FusedMultiplyAdd(scaled, row[k], _scores[k]);
            }
        }
        // u = L⁻¹b, f = L⁻ᵀu, bᵀf = ‖u‖².
        Cholesky.Solve(_lower, _scores);
        for (int k = 0; k < q; k++)
        {
            form = Math.FusedMultiplyAdd(-_scores[k], _scores[k], form);
        }
        for (int i = q - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < q; k++)
            {
                _scores[i] = Math.FusedMultiplyAdd(-_lower[k * q + i], _scores[k], _scores[i]);
            }
            _scores[i] /= _lower[i * q + i];
        }
        int position = 0;
        for (int i = 0; i < q; i++)
        {
            double weighted = weight * _scores[i];
            for (int j = 0; j <= i; j++, position++)
            {
                _sums[position] = Math.FusedMultiplyAdd(weighted, _scores[j], _sums[position]);
            }
        }
        for (int k = 0; k < q; k++, position++)
        {
            _sums[position] = Math.FusedMultiplyAdd(count, _scores[k], _sums[position]);
        }
        return form;
    }

    /// <summary>Puts E(x | x_o) in place of a row's missing cells (NaN).</summary>
    public static void Complete(FactorParameters parameters, Span<double> row)
    {
        (FactorPattern pattern, _, int observed) = Of(parameters, row);
        for (int column = 0; column < row.Length && observed < row.Length; column++)
        {
            double expected = parameters.Mean[column];
            for (int k = 0; k < parameters.Factors; k++)
            {
                expected = Math.FusedMultiplyAdd(parameters.Row(column)[k], pattern.Scores[k], expected);
            }
            row[column] = double.IsNaN(row[column]) ? expected : row[column];
        }
    }

    /// <summary>The scores of one row, its squared distance (x − μ)_oᵀΣ_oo⁻¹(x − μ)_o, and its observed cells.</summary>
    public static (FactorPattern Scores, double Square, int Observed) Of(FactorParameters parameters, ReadOnlySpan<double> row)
    {
        FactorPattern pattern = new(parameters.Columns, parameters.Factors);
        int[] columns = new int[row.Length];
        int observed = 0;
        for (int column = 0; column < row.Length; column++)
        {
            if (!double.IsNaN(row[column]))
            {
                pattern.Deviations[observed] = row[column] - parameters.Mean[column];
                columns[observed++] = column;
            }
        }
        pattern.Begin(parameters, columns.AsSpan(0, observed));
        return (pattern, pattern.Add(parameters, columns.AsSpan(0, observed), 1, 1), observed);
    }

    /// <summary>[Σ (ffᵀ + V), lower triangle | Σ f | n] of the pattern.</summary>
    public ReadOnlySpan<double> Finish(double count)
    {
        int q = factors;
        int position = 0;
        for (int i = 0; i < q; i++)
        {
            for (int j = 0; j <= i; j++, position++)
            {
                double covariance = 0;
                for (int k = i; k < q; k++)
                {
                    covariance = Math.FusedMultiplyAdd(_inverse[k * q + i], _inverse[k * q + j], covariance);
                }
                _sums[position] = Math.FusedMultiplyAdd(count, covariance, _sums[position]);
            }
        }
        _sums[^1] = count;
        return _sums;
    }

    // W = L⁻¹, without an array of its own: V = WᵀW.
    private void Invert()
    {
        int q = factors;
        for (int column = 0; column < q; column++)
        {
            _inverse[column * q + column] = 1 / _lower[column * q + column];
            for (int row = column + 1; row < q; row++)
            {
                double sum = 0;
                for (int k = column; k < row; k++)
                {
                    sum = Math.FusedMultiplyAdd(_lower[row * q + k], _inverse[k * q + column], sum);
                }
                _inverse[row * q + column] = -sum / _lower[row * q + row];
            }
        }
    }
}
