using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// The eigenvalues of structured covariances, their axes given: minimises Σₖ Σⱼ (nₖ·log sₖⱼ + ωₖⱼ/sₖⱼ) over sₖⱼ = λₖ·aₖⱼ ≥ fⱼ, where ωₖⱼ is the scatter of
/// component k along its axis j. In log s this is convex with linear constraints; equal or variable volume λ and shape a decide which.
/// </summary>
internal sealed partial class EigenvalueFit
{
    private const int MostRounds = 2000;
    private const double Settled = 1e-13;

    private readonly CovarianceDecomposition _structure;
    private readonly double[] _counts;
    private readonly double[][] _spread;
    private readonly double[] _least;
    private readonly double[][] _values;
    private readonly int _dimension;
    private readonly double _total;

    private EigenvalueFit(CovarianceDecomposition structure, double[] counts, double[][] spread, double[] least)
    {
        (_structure, _counts, _spread, _least) = (structure, counts, spread, least);
        _dimension = least.Length;
        _total = counts.Sum();
        _values = [.. counts.Select(_ => new double[least.Length])];
    }

    /// <summary>The eigenvalues sₖⱼ.</summary>
    /// <param name="structure">Which volumes and shapes are shared.</param>
    /// <param name="counts">nₖ, all positive.</param>
    /// <param name="spread">ωₖⱼ.</param>
    /// <param name="least">fⱼ; zeros where there is no bound.</param>
    /// <param name="held">Whether a bound holds a value.</param>
    /// <exception cref="NumericalException">A value is not finite, or zero without a bound.</exception>
    public static double[][] Solve(CovarianceDecomposition structure, double[] counts, double[][] spread, double[] least, out bool held)
    {
        if (Array.Exists(spread, row => Array.Exists(row, value => !double.IsFinite(value))))
        {
            throw new NumericalException("Expected finite moments, found a covariance that overflows or a cell that is not a number. Rescale the data, or leave the cell out.");
        }
        EigenvalueFit fit = new(structure, counts, spread, least);
        fit.SolveFree();
        held = fit.Violates();
        if (held && least.Contains(0.0))
        {
            throw new NumericalException("Expected a positive definite covariance, found a component that has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");
        }
        if (held)
        {
            fit.SolveBounded();
        }
        return fit._values;
    }

    /// <summary>Σₖ Σⱼ (nₖ·log sₖⱼ + ωₖⱼ/sₖⱼ) over some components.</summary>
    public static double Cost(double[] counts, double[][] spread, int[] components, double[][] values)
    {
        double sum = 0;
        for (int k = 0; k < components.Length; k++)
        {
            for (int j = 0; j < values[k].Length; j++)
            {
                sum += counts[components[k]] * Elementary.Log(values[k][j]) + spread[components[k]][j] / values[k][j];
            }
        }
        return sum;
    }

    private bool EqualVolume => _structure.Volume == CovarianceSharing.Equal;

    private void SolveFree()
    {
        switch (_structure.Shape)
        {
            case CovarianceSharing.Identity:
                Round();
                break;
            case CovarianceSharing.Equal when EqualVolume:
                Shared();
                break;
            case CovarianceSharing.Equal:
                CommonShape();
                break;
            case CovarianceSharing.Variable when EqualVolume:
                CommonVolume();
                break;
            default:
                Fill((k, j) => _spread[k][j] / _counts[k]);
                break;
        }
    }

    private bool Violates()
    {
        foreach (double[] row in _values)
        {
            for (int j = 0; j < row.Length; j++)
            {
                if (!(row[j] >= _least[j]) || !(row[j] > 0) || !double.IsFinite(row[j]))
                {
                    return true;
                }
            }
        }
        return false;
    }

    private void Fill(Func<int, int, double> value)
    {
        for (int k = 0; k < _values.Length; k++)
        {
            for (int j = 0; j < _dimension; j++)
            {
                _values[k][j] = value(k, j);
            }
        }
    }

    /// <summary>EII, VII: λ = Σ ω/(n·d).</summary>
    private void Round()
    {
        double[] own = [.. _spread.Select(row => row.Sum())];
        double all = own.Sum() / (_total * _dimension);
        Fill((k, _) => EqualVolume ? all : own[k] / (_counts[k] * _dimension));
    }

    /// <summary>EEI, EEV: sⱼ = Σₖ ωₖⱼ/n.</summary>
    private void Shared()
    {
        double[] sums = new double[_dimension];
        foreach (double[] row in _spread)
        {
            for (int j = 0; j < row.Length; j++)
            {
                sums[j] += row[j];
            }
        }
        Fill((_, j) => sums[j] / _total);
    }

    /// <summary>EVI, EVE, EVV: aₖ in proportion to ωₖ, and λ = Σₖ |ωₖ|^(1/d)/n.</summary>
    private void CommonVolume()
    {
        double[] roots = [.. _spread.Select(GeometricMean)];
        double volume = roots.Sum() / _total;
        Fill((k, j) => volume * (_spread[k][j] / roots[k]));
    }

    /// <summary>VEI, VEV: λₖ = Σⱼ ωₖⱼ/aⱼ/(d·nₖ) and aⱼ = Σₖ ωₖⱼ/λₖ/n by turns, which balances a matrix and has one fixed point.</summary>
    private void CommonShape()
    {
        double[] shape = new double[_dimension];
        // Exact where shapes are alike, and near enough elsewhere for volumes that span many digits.
        double[] volumes = [.. _spread.Select((row, k) => GeometricMean(row) / _counts[k]).Select(volume => volume > 0 && double.IsFinite(1 / volume) ? volume : 1)];
        for (int round = 0; round < MostRounds; round++)
        {
            double change = 0;
            for (int j = 0; j < _dimension; j++)
            {
                double sum = 0;
                for (int k = 0; k < volumes.Length; k++)
                {
                    sum += _spread[k][j] / volumes[k];
                }
                shape[j] = sum / _total;
            }
            for (int k = 0; k < volumes.Length; k++)
            {
                double sum = 0;
                for (int j = 0; j < _dimension; j++)
                {
                    sum += _spread[k][j] / shape[j];
                }
                double volume = sum / (_dimension * _counts[k]);
                change = Math.Max(change, Math.Abs(volume - volumes[k]) / volume);
                volumes[k] = volume;
            }
            if (!(change > Settled))
            {
                break;
            }
        }
        Fill((k, j) => volumes[k] * shape[j]);
    }

    private static double GeometricMean(double[] values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += Elementary.Log(value);
        }
        return Elementary.Exp(sum / values.Length);
    }
}
