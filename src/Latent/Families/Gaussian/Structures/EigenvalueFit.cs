using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// The eigenvalues of structured covariances, their axes given: minimises Σₖ Σⱼ (nₖ·log sₖⱼ + ωₖⱼ/sₖⱼ) over sₖⱼ = λₖ·aₖⱼ ≥ fⱼ, where ωₖⱼ is the scatter of
/// component k along its axis j. In log s this is convex with linear constraints; equal or variable volume λ and shape a decide which.
/// </summary>
internal sealed class EigenvalueFit
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

    private void SolveBounded()
    {
        if (_structure.Shape == CovarianceSharing.Equal && !EqualVolume)
        {
            BoundedCommonShape();
        }
        else if (_structure.Shape == CovarianceSharing.Variable && EqualVolume)
        {
            BoundedCommonVolume();
        }
        else
        {
            // Each value, or each set of equal ones, has a term of its own that falls and then rises: the bound is the minimum.
            double most = _least.Max();
            Fill((k, j) => Math.Max(_values[k][j], _structure.Shape == CovarianceSharing.Identity ? most : _least[j]));
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
        double[] volumes = [.. Enumerable.Repeat(1.0, _counts.Length)];
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

    /// <summary>As <see cref="CommonShape"/>, each turn the exact minimum under the bounds.</summary>
    private void BoundedCommonShape()
    {
        double[] shape = new double[_dimension];
        double[] volumes = new double[_counts.Length];
        for (int j = 0; j < _dimension; j++)
        {
            shape[j] = Math.Max(_spread.Sum(row => row[j]) / _total, _least[j]);
        }
        for (int round = 0; round < MostRounds; round++)
        {
            double change = 0;
            for (int k = 0; k < volumes.Length; k++)
            {
                double sum = 0;
                double bound = 0;
                for (int j = 0; j < _dimension; j++)
                {
                    sum += _spread[k][j] / shape[j];
                    bound = Math.Max(bound, _least[j] / shape[j]);
                }
                double volume = Math.Max(sum / (_dimension * _counts[k]), bound);
                change = Math.Max(change, Math.Abs(volume - volumes[k]) / volume);
                volumes[k] = volume;
            }
            if (!(change > Settled))
            {
                break;
            }
            for (int j = 0; j < _dimension; j++)
            {
                double sum = 0;
                double bound = 0;
                for (int k = 0; k < volumes.Length; k++)
                {
                    sum += _spread[k][j] / volumes[k];
                    bound = Math.Max(bound, _least[j] / volumes[k]);
                }
                shape[j] = Math.Max(sum / _total, bound);
            }
        }
        // The last word has the bound itself, since two roundings lie between.
        Fill((k, j) => Math.Max(volumes[k] * shape[j], _least[j]));
    }

    /// <summary>
    /// A common log-volume t = Σⱼ log sₖⱼ: each component's minimum has sₖⱼ = max(fⱼ, ωₖⱼ/μₖ), its cost falls with t at the rate μₖ(t), and so t is where Σₖ μₖ(t) = n.
    /// </summary>
    private void BoundedCommonVolume()
    {
        double[] floors = [.. _least.Select(Elementary.Log)];
        double lowest = floors.Sum();
        double Slack(double t) => _total - Enumerable.Range(0, _counts.Length).Sum(k => Share(k, t, floors));
        double low = lowest;
        double high = lowest;
        double step = 1;
        while (Slack(high) < 0 && step < 1e6)
        {
            (low, high, step) = (high, high + step, 2 * step);
        }
        for (int halving = 0; halving < 200 && high - low > 1e-14 * Math.Abs(high); halving++)
        {
            double middle = 0.5 * (low + high);
            (low, high) = Slack(middle) < 0 ? (middle, high) : (low, middle);
        }
        for (int k = 0; k < _counts.Length; k++)
        {
            Share(k, high, floors);
        }
    }

    /// <summary>Writes a component's values at a log-volume, and returns μ.</summary>
    private double Share(int k, double t, double[] floors)
    {
        double[] logs = [.. _spread[k].Select(Elementary.Log)];
        int[] order = [.. Enumerable.Range(0, _dimension).Where(j => _spread[k][j] > 0).OrderByDescending(j => logs[j] - floors[j])];
        double surplus = t - floors.Sum();
        if (order.Length == 0)
        {
            for (int j = 0; j < _dimension; j++)
            {
                _values[k][j] = Elementary.Exp(floors[j] + surplus / _dimension);
            }
            return 0;
        }
        // μ with the r axes free that lie furthest above their bounds: log μ = (Σ (log ω − log f) − surplus)/r over these.
        double height = 0;
        double mu = double.PositiveInfinity;
        for (int r = 1; r <= order.Length; r++)
        {
            double above = logs[order[r - 1]] - floors[order[r - 1]];
            if (r > 1 && above <= mu)
            {
                break;
            }
            height += above;
            mu = (height - surplus) / r;
        }
        for (int j = 0; j < _dimension; j++)
        {
            _values[k][j] = _spread[k][j] > 0 ? Math.Max(_least[j], Elementary.Exp(logs[j] - mu)) : _least[j];
        }
        return Elementary.Exp(mu);
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
