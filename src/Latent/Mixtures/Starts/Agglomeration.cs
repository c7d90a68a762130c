using Latent.Kernels;

namespace Latent.Mixtures.Starts;

/// <summary>
/// Model-based agglomerative clustering: every row begins as a cluster of its own, and the two whose union costs least are joined until so many
/// are left. All costs between pairs are kept, and of each cluster its cheapest partner, so that a merge takes one row of costs. O(n²) memory;
/// the order of operations is fixed, and of equal costs that of the lowest indices wins.
/// </summary>
internal sealed class Agglomeration
{
    private readonly int _columns;
    private readonly int _packed;
    private readonly HierarchicalCriterion _criterion;
    private readonly double _alpha;
    private readonly double[] _weights;
    private readonly int[] _sizes;
    private readonly double[] _means;
    private readonly double[] _scatters;
    private readonly double[] _terms;
    private readonly double[][] _costs;
    private readonly int[] _partner;
    private readonly int[] _parent;
    private readonly List<int> _active;
    private readonly double[] _joint;
    private readonly double[] _factor;

    private Agglomeration(double[] rows, double[] weights, int columns, HierarchicalCriterion criterion)
    {
        int count = weights.Length;
        _columns = columns;
        _packed = columns * (columns + 1) / 2;
        _criterion = criterion;
        _weights = [.. weights];
        _means = [.. rows];
        _sizes = new int[count];
        Array.Fill(_sizes, 1);
        _scatters = new double[criterion == HierarchicalCriterion.Unequal ? count * _packed : 0];
        _joint = new double[_packed];
        _factor = new double[columns * columns];
        _alpha = Math.Max(double.Epsilon / MachineEpsilon, MeanVariance(rows, weights, columns));
        _terms = new double[count];
        for (int i = 0; i < count; i++)
        {
            _terms[i] = weights[i] * Elementary.Log(_alpha / weights[i]);
        }
        _parent = [.. Enumerable.Range(0, count)];
        _active = [.. Enumerable.Range(0, count)];
        _partner = new int[count];
        _costs = new double[count][];
        for (int i = 0; i < count; i++)
        {
            _costs[i] = new double[i];
            for (int j = 0; j < i; j++)
            {
                _costs[i][j] = Cost(i, j);
            }
            FindPartner(i);
        }
    }

    private const double MachineEpsilon = 2.220446049250313e-16;

    /// <summary>The cluster of each row, numbered by first appearance.</summary>
    /// <param name="rows">Row-major values in comparable units.</param>
    /// <param name="weights">One positive weight per row.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="clusters">How many to leave, at most that of the rows.</param>
    /// <param name="criterion">What a merge costs.</param>
    /// <param name="cancellation">Cancels.</param>
    public static int[] Cluster(double[] rows, double[] weights, int columns, int clusters, HierarchicalCriterion criterion, CancellationToken cancellation) =>
        Levels(rows, weights, columns, [clusters], criterion, cancellation)[0];

    /// <summary>The partitions into several numbers of clusters, each the next with clusters joined.</summary>
    /// <param name="rows">Row-major values in comparable units.</param>
    /// <param name="weights">One positive weight per row.</param>
    /// <param name="columns">Values per row.</param>
    /// <param name="clusters">How many to leave, descending, at most that of the rows.</param>
    /// <param name="criterion">What a merge costs.</param>
    /// <param name="cancellation">Cancels.</param>
    public static int[][] Levels(double[] rows, double[] weights, int columns, int[] clusters, HierarchicalCriterion criterion, CancellationToken cancellation)
    {
        Agglomeration state = new(rows, weights, columns, criterion);
        int[][] levels = new int[clusters.Length][];
        for (int level = 0; level < levels.Length; level++)
        {
            while (state._active.Count > clusters[level])
            {
                cancellation.ThrowIfCancellationRequested();
                state.MergeCheapest();
            }
            levels[level] = state.Labels();
        }
        return levels;
    }

    private void MergeCheapest()
    {
        int last = -1;
        double least = double.PositiveInfinity;
        foreach (int i in _active)
        {
            if (_partner[i] >= 0 && (last < 0 || _costs[i][_partner[i]] < least))
            {
                (last, least) = (i, _costs[i][_partner[i]]);
            }
        }
        int kept = _partner[last];
        Join(kept, last);
        _active.Remove(last);
        foreach (int i in _active)
        {
            if (i == kept)
            {
                continue;
            }
            double cost = Cost(i, kept);
            _costs[Math.Max(i, kept)][Math.Min(i, kept)] = cost;
            if (i < kept)
            {
                continue;
            }
            if (_partner[i] == kept || _partner[i] == last)
            {
                FindPartner(i);
            }
            else if (cost < _costs[i][_partner[i]] || cost == _costs[i][_partner[i]] && kept < _partner[i])
            {
                _partner[i] = kept;
            }
        }
        FindPartner(kept);
    }

    private void FindPartner(int i)
    {
        int best = -1;
        foreach (int j in _active)
        {
            if (j >= i)
            {
                break;
            }
            best = best < 0 || _costs[i][j] < _costs[i][best] ? j : best;
        }
        _partner[i] = best;
    }

    /// <summary>What joining two clusters adds to the criterion.</summary>
    private double Cost(int i, int j)
    {
        if (_criterion == HierarchicalCriterion.Equal)
        {
            double distance = 0;
            for (int column = 0; column < _columns; column++)
            {
                double deviation = _means[i * _columns + column] - _means[j * _columns + column];
                distance += deviation * deviation;
            }
            return _weights[i] * _weights[j] / (_weights[i] + _weights[j]) * distance;
        }
        JointScatter(i, j);
        return Term(_weights[i] + _weights[j], _sizes[i] + _sizes[j]) - _terms[i] - _terms[j];
    }

    /// <summary>W of the union of two clusters, Wᵢ + Wⱼ + nᵢnⱼ/(nᵢ+nⱼ)·δδᵀ.</summary>
    private void JointScatter(int i, int j)
    {
        double share = _weights[i] * _weights[j] / (_weights[i] + _weights[j]);
        ReadOnlySpan<double> a = _means.AsSpan(i * _columns, _columns);
        ReadOnlySpan<double> b = _means.AsSpan(j * _columns, _columns);
        ReadOnlySpan<double> wa = _scatters.AsSpan(i * _packed, _packed);
        ReadOnlySpan<double> wb = _scatters.AsSpan(j * _packed, _packed);
        int cell = 0;
        for (int row = 0; row < _columns; row++)
        {
            double scaled = share * (a[row] - b[row]);
            for (int column = 0; column <= row; column++, cell++)
            {
                _joint[cell] = wa[cell] + wb[cell] + scaled * (a[column] - b[column]);
            }
        }
    }

    /// <summary>n·log(|W/n| + (tr W + α)/n) of the joint scatter [Fraley1998]; so few rows that W is singular leave the determinant out.</summary>
    private double Term(double weight, int size)
    {
        double trace = 0;
        for (int row = 0, cell = 0; row < _columns; row++, cell += row + 1)
        {
            trace += _joint[cell];
        }
        double determinant = size > _columns ? Determinant(1 / weight) : 0;
        return weight * Elementary.Log(determinant + (trace + _alpha) / weight);
    }

    private double Determinant(double scale)
    {
        int cell = 0;
        double product = 1;
        for (int row = 0; row < _columns; row++)
        {
            Span<double> current = _factor.AsSpan(row * _columns, _columns);
            for (int column = 0; column <= row; column++, cell++)
            {
                ReadOnlySpan<double> other = _factor.AsSpan(column * _columns, _columns);
                double value = _joint[cell] * scale;
                for (int k = 0; k < column; k++)
                {
                    value -= current[k] * other[k];
                }
                if (column < row)
                {
                    current[column] = value / other[column];
                }
                else if (value > 0)
                {
                    product *= value;
                    current[column] = Math.Sqrt(value);
                }
                else
                {
                    return 0;
                }
            }
        }
        return product;
    }

    private void Join(int kept, int gone)
    {
        double total = _weights[kept] + _weights[gone];
        if (_criterion == HierarchicalCriterion.Unequal)
        {
            JointScatter(kept, gone);
            _joint.CopyTo(_scatters.AsSpan(kept * _packed));
            _terms[kept] = Term(total, _sizes[kept] + _sizes[gone]);
        }
        for (int column = 0; column < _columns; column++)
        {
            double from = _means[kept * _columns + column];
            _means[kept * _columns + column] = from + _weights[gone] / total * (_means[gone * _columns + column] - from);
        }
        _weights[kept] = total;
        _sizes[kept] += _sizes[gone];
        _parent[gone] = kept;
    }

    private int[] Labels()
    {
        int[] labels = new int[_parent.Length];
        int next = 0;
        for (int row = 0; row < labels.Length; row++)
        {
            // A cluster is named after its first row, and a parent always comes before its children.
            labels[row] = _parent[row] == row ? next++ : labels[_parent[row]];
        }
        return labels;
    }

    /// <summary>tr(W)/(n·d) of all rows.</summary>
    private static double MeanVariance(double[] rows, double[] weights, int columns)
    {
        double total = weights.Sum();
        double sum = 0;
        for (int column = 0; column < columns; column++)
        {
            double mean = 0;
            for (int row = 0; row < weights.Length; row++)
            {
                mean += weights[row] / total * rows[row * columns + column];
            }
            for (int row = 0; row < weights.Length; row++)
            {
                double deviation = rows[row * columns + column] - mean;
                sum += weights[row] * deviation * deviation;
            }
        }
        return sum / (total * columns);
    }
}
