using Latent.Kernels;

namespace Latent.Families;

/// <content>The minimum where a bound holds a value.</content>
internal sealed partial class EigenvalueFit
{
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
}
