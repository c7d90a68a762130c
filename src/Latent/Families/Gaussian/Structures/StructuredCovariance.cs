using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// The M-step of covariances in any of the fourteen structures, from nₖ rows and scatters Wₖ about the means: minimises
/// Σₖ (nₖ·log |Σₖ| + tr(WₖΣₖ⁻¹)) [CeleuxGovaert1995]. The scatters may be those of complete rows, of rows completed by expectation, or of weighted ones.
/// </summary>
internal sealed class StructuredCovariance
{
    private const int MostRounds = 500;
    private const double Settled = 1e-12;

    // What rounding may do to a log-volume where eigenvalues span sixteen digits.
    private const double SameVolume = 1e-2;

    private readonly CovarianceDecomposition _structure;
    private readonly double[] _counts;
    private readonly double[][] _scatters;
    private readonly Covariance[] _current;
    private readonly CovarianceFloor _floor;
    private readonly int _dimension;
    private readonly double _total;

    private StructuredCovariance(CovarianceDecomposition structure, double[] counts, double[][] scatters, Covariance[] current, CovarianceFloor floor)
    {
        (_structure, _counts, _scatters, _current, _floor) = (structure, counts, scatters, current, floor);
        _dimension = current[0].Dimension;
        _total = counts.Sum();
    }

    /// <summary>The covariances.</summary>
    /// <param name="structure">What they share.</param>
    /// <param name="counts">nₖ; components without rows take the covariance of the first that has some, unless all are free.</param>
    /// <param name="scatters">Wₖ, row-major d × d, both triangles.</param>
    /// <param name="current">Where iterations begin, and what stays if nothing better is found.</param>
    /// <param name="floor">The bound.</param>
    /// <param name="guarded">Whether the current covariances, which obey the structure, stay where they are better.</param>
    /// <exception cref="NumericalException">A moment is not finite, or a covariance is singular and there is no floor.</exception>
    public static Covariance[] Estimate(
        CovarianceDecomposition structure, double[] counts, double[][] scatters, Covariance[] current, CovarianceFloor floor, bool guarded = true)
    {
        int[] live = [.. Enumerable.Range(0, counts.Length).Where(k => counts[k] > 0)];
        if (live.Length == 0)
        {
            return current;
        }
        StructuredCovariance step = new(
            structure, Array.ConvertAll(live, k => counts[k]), Array.ConvertAll(live, k => scatters[k]), Array.ConvertAll(live, k => current[k]), floor);
        Covariance[] found = step.Solve();
        found = guarded ? step.Kept(found) : found;
        Covariance[] result = [.. current];
        for (int k = 0; k < result.Length; k++)
        {
            int place = Array.IndexOf(live, k);
            result[k] = place >= 0 ? found[place] : structure.Name == "VVV" ? current[k] : AsLargeAs(current[k], found[0], structure);
        }
        return result;
    }

    /// <summary>
    /// The covariance of a component that nothing determines: that of another, with the volume it has where volumes are its own. A prior that leaves the volume free, as mclust's for VEV does, would
    /// otherwise fall when the last of its rows has gone.
    /// </summary>
    private static Covariance AsLargeAs(Covariance current, Covariance other, CovarianceDecomposition structure)
    {
        int d = other.Dimension;
        if (structure.Volume == CovarianceSharing.Equal || other.Axes is not { } axes)
        {
            return other;
        }
        double factor = Kernels.Elementary.Exp((current.LogDeterminant - other.LogDeterminant) / d);
        double[] values = new double[d];
        for (int axis = 0; axis < d; axis++)
        {
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j < d; j++)
                {
                    values[axis] += axes[i * d + axis] * (factor * other.Matrix[i * d + j]) * axes[j * d + axis];
                }
            }
        }
        return Array.TrueForAll(values, value => value > 0 && double.IsFinite(1 / value)) && Covariance.TryFromAxes(axes, values, new double[d], other.Origin) is { } scaled ? scaled : other;
    }

    /// <summary>The nearest covariances of a structure: the M-step as if each were the scatter of one row.</summary>
    public static Covariance[] Project(CovarianceDecomposition structure, Covariance[] covariances, CovarianceFloor floor) =>
        Estimate(structure, [.. covariances.Select(_ => 1.0)], [.. covariances.Select(covariance => covariance.Matrix.ToArray())], covariances, floor, guarded: false);

    /// <summary>The least eigenvalue where axes are turned against the columns: ε times the least of v, which every Σ ⪰ ε·diag(v) keeps.</summary>
    public static double LeastEigenvalue(CovarianceFloor floor) => floor.IsActive ? floor.Epsilon * floor.Variances.ToArray().Min() : 0;

    private Covariance[] Solve() => (_structure.Orientation, _structure.Shape, _structure.Volume) switch
    {
        (CovarianceSharing.Identity, _, _) => AlongColumns(),
        (CovarianceSharing.Equal, CovarianceSharing.Equal, CovarianceSharing.Equal) => Tied(),
        (CovarianceSharing.Equal, CovarianceSharing.Equal, _) => Proportional(),
        (CovarianceSharing.Equal, _, _) => AlongCommonAxes(),
        (_, CovarianceSharing.Variable, CovarianceSharing.Variable) => Free(),
        (_, CovarianceSharing.Variable, _) => EquallyLarge(),
        _ => AlongOwnAxes(),
    };

    /// <summary>An estimate that an iteration or a bound has left above where it began gives way to the current covariances.</summary>
    private Covariance[] Kept(Covariance[] found)
    {
        bool closed = _structure.Name is "EII" or "VII" or "EEI" or "VVI" or "EEE" or "VVV";
        bool exact = _structure.Orientation != CovarianceSharing.Equal && _structure.Name != "VEV" && !Array.Exists(found, covariance => covariance.FloorActive);
        if (closed || exact)
        {
            return found;
        }
        double before = Objective(_current);
        return Objective(found) <= before + 1e-12 * Math.Abs(before) || !double.IsFinite(before) || !IsOfStructure() ? found : _current;
    }

    /// <summary>Whether the current covariances are of the structure at all: those of a start need not be.</summary>
    private bool IsOfStructure()
    {
        // Volumes that a floor holds need not be equal to the last digit.
        bool held = Array.Exists(_current, covariance => covariance.FloorActive);
        if (!held && _structure.Volume == CovarianceSharing.Equal && Array.Exists(_current, covariance => Math.Abs(covariance.LogDeterminant - _current[0].LogDeterminant) > SameVolume * _dimension))
        {
            return false;
        }
        return Array.TrueForAll(_current, covariance => covariance.Axes is not null) || _structure.Name is "VEE" or "EVV";
    }

    private double Objective(Covariance[] covariances)
    {
        double sum = 0;
        for (int k = 0; k < covariances.Length; k++)
        {
            sum += _counts[k] * covariances[k].LogDeterminant + Trace(_scatters[k], covariances[k].Whitening);
        }
        return sum;
    }

    /// <summary>tr(WΣ⁻¹), Σ⁻¹ = VᵀV with V the whitening.</summary>
    private double Trace(double[] scatter, ReadOnlySpan<double> whitening)
    {
        double trace = 0;
        for (int row = 0; row < _dimension; row++)
        {
            ReadOnlySpan<double> v = whitening.Slice(row * _dimension, row + 1);
            for (int i = 0; i <= row; i++)
            {
                double sum = 0;
                for (int j = 0; j <= row; j++)
                {
                    sum += scatter[i * _dimension + j] * v[j];
                }
                trace += v[i] * sum;
            }
        }
        return trace;
    }

    private Covariance[] AlongColumns()
    {
        double[] least = LeastAlongAxes(_structure, _floor, _dimension);
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. _scatters.Select(scatter => CommonAxes.Diagonal(scatter, _dimension))], least, out _);
        double[] unit = SquareMatrix.Unit(_dimension);
        return [.. values.Select(row => Covariance.FromAxes(unit, row, least))];
    }

    private Covariance[] Tied()
    {
        Covariance shared = Covariance.FromScatter(Pooled([.. _counts.Select(_ => 1.0)], _total), _dimension, _floor);
        return [.. _counts.Select(_ => shared)];
    }

    private Covariance[] Free() =>
        [.. _scatters.Select((scatter, k) => Covariance.FromScatter([.. scatter.Select(value => value / _counts[k])], _dimension, _floor))];

    /// <summary>EEV, VEV: each component along its own eigenvectors, in order of its eigenvalues.</summary>
    private Covariance[] AlongOwnAxes()
    {
        (double[] Values, double[] Axes)[] own = [.. _scatters.Select(scatter => Sorted(scatter, _dimension))];
        double[] least = [.. Enumerable.Repeat(LeastEigenvalue(_floor), _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. own.Select(found => found.Values)], least, out _);
        RequireResolved(values);
        return [.. values.Select((row, k) => Covariance.FromAxes(own[k].Axes, row, least, _current[k].Origin ?? own[k].Axes))];
    }

    /// <summary>Without a bound, eigenvalues of a matrix that rounding has made up are no maximum of anything.</summary>
    private void RequireResolved(double[][] values)
    {
        if (!_floor.IsActive && Array.Exists(values, row => row.Min() <= Covariance.Resolved * row.Max()))
        {
            throw Covariance.Collapsed();
        }
    }

    /// <summary>EVE, VVE: the axes go on from the current ones, and where there are none from several places.</summary>
    private Covariance[] AlongCommonAxes()
    {
        double bound = LeastEigenvalue(_floor);
        bool equal = _structure.Volume == CovarianceSharing.Equal;
        double[]? from = _current[0].Axes;
        CommonAxes axes = from is not null && Array.TrueForAll(_current, covariance => ReferenceEquals(covariance.Axes, from))
            ? CommonAxes.From(_counts, _scatters, from, equal, bound)
            : CommonAxes.Best(_counts, _scatters, _dimension, equal, bound);
        double[] least = [.. Enumerable.Repeat(bound, _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, axes.Spread, least, out _);
        RequireResolved(values);
        double[] shared = axes.Axes;
        return [.. values.Select(row => Covariance.FromAxes(shared, row, least))];
    }

    /// <summary>EVV: Wₖ scaled to one volume; in units of the columns, in which the bound is one number.</summary>
    private Covariance[] EquallyLarge()
    {
        (double[] Values, double[] Axes)[] own = [.. _scatters.Select(scatter => Sorted(Scaled(scatter), _dimension))];
        double[] least = [.. Enumerable.Repeat(_floor.Epsilon, _dimension)];
        double[][] values = EigenvalueFit.Solve(_structure, _counts, [.. own.Select(found => found.Values)], least, out _);
        return [.. values.Select((row, k) => Covariance.FromUnitAxes(own[k].Axes, row, _floor))];
    }

    /// <summary>VEE: Σₖ = λₖC, with λₖ = tr(WₖC⁻¹)/(d·nₖ) and C = Σₖ Wₖ/λₖ/n by turns; convex along geodesics, so that there is one minimum.</summary>
    private Covariance[] Proportional()
    {
        double[] volumes = [.. _current.Select(covariance => Kernels.Elementary.Exp((covariance.LogDeterminant - _current[0].LogDeterminant) / _dimension))];
        Covariance shape = _current[0];
        for (int round = 0; round < MostRounds; round++)
        {
            double smallest = volumes.Min();
            shape = Covariance.FromScatter(Pooled([.. volumes.Select(volume => 1 / volume)], _total), _dimension, _floor.Times(1 / smallest));
            double bound = _floor.IsActive ? _floor.Epsilon / LeastInUnits(shape) : 0;
            double change = 0;
            for (int k = 0; k < volumes.Length; k++)
            {
                double volume = Math.Max(Trace(_scatters[k], shape.Whitening) / (_dimension * _counts[k]), bound);
                if (!(volume > 0) || !double.IsFinite(volume))
                {
                    throw new NumericalException("Expected a positive definite covariance, found a component that has collapsed on too few rows. Use a CovarianceFloor, or fewer components.");
                }
                change = Math.Max(change, Math.Abs(volume - volumes[k]) / volume);
                volumes[k] = volume;
            }
            if (!(change > Settled))
            {
                break;
            }
        }
        return [.. volumes.Select(volume => Covariance.FromScatter([.. shape.Matrix.ToArray().Select(value => volume * value)], _dimension, _floor))];
    }

    /// <summary>A number not above the least eigenvalue of D^−½CD^−½.</summary>
    private double LeastInUnits(Covariance shape)
    {
        (double[] values, _) = SymmetricEigen.Decompose(Scaled(shape.Matrix.ToArray()), _dimension);
        return values.Min();
    }

    /// <summary>Σₖ fₖWₖ/n.</summary>
    private double[] Pooled(double[] factors, double n)
    {
        double[] pooled = new double[_dimension * _dimension];
        for (int k = 0; k < factors.Length; k++)
        {
            for (int cell = 0; cell < pooled.Length; cell++)
            {
                pooled[cell] += factors[k] / n * _scatters[k][cell];
            }
        }
        return pooled;
    }

    /// <summary>D^−½·A·D^−½, D the columns' variances; A itself without a floor.</summary>
    private double[] Scaled(double[] matrix)
    {
        double[] scaled = new double[matrix.Length];
        for (int i = 0; i < _dimension; i++)
        {
            for (int j = 0; j < _dimension; j++)
            {
                scaled[i * _dimension + j] = matrix[i * _dimension + j] / (_floor.Unit(i) * _floor.Unit(j));
            }
        }
        return scaled;
    }

    /// <summary>The bounds of eigenvalues along the axes of a structure.</summary>
    internal static double[] LeastAlongAxes(CovarianceDecomposition structure, CovarianceFloor floor, int dimension) => [.. Enumerable.Range(0, dimension).Select(j =>
        !structure.IsDiagonal ? LeastEigenvalue(floor) : structure.Shape == CovarianceSharing.Identity ? floor.LeastCommon() : floor.Least(j))];

    /// <summary>Eigenvalues, ascending and not negative, with their vectors as columns in the same order.</summary>
    internal static (double[] Values, double[] Vectors) Sorted(double[] matrix, int dimension)
    {
        (double[] values, double[] vectors) = SymmetricEigen.Decompose([.. matrix], dimension);
        int[] order = [.. Enumerable.Range(0, dimension).OrderBy(j => values[j])];
        double[] axes = new double[vectors.Length];
        for (int row = 0; row < dimension; row++)
        {
            for (int j = 0; j < dimension; j++)
            {
                axes[row * dimension + j] = vectors[row * dimension + order[j]];
            }
        }
        return ([.. order.Select(j => double.IsNaN(values[j]) ? values[j] : Math.Max(0, values[j]))], axes);
    }
}
