using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// The M-step of covariances in any of the fourteen structures, from nₖ rows and scatters Wₖ about the means: minimises
/// Σₖ (nₖ·log |Σₖ| + tr(WₖΣₖ⁻¹)) [CeleuxGovaert1995]. The scatters may be those of complete rows, of rows completed by expectation, or of weighted ones.
/// </summary>
/// <remarks>
/// Scatters come as factors, Wₖ = FₖFₖᵀ, and variances along axes, eigenvalues and traces are sums of squares of turned factors: on a floor of 1e-8 a product would have lost half of the
/// digits of the least eigenvalue, and of the log-density with them, and in structures of equal volume of all other eigenvalues too.
/// </remarks>
internal sealed partial class StructuredCovariance
{
    // What rounding may do to a log-volume where eigenvalues span sixteen digits.
    private const double SameVolume = 1e-2;

    private readonly CovarianceDecomposition _structure;
    private readonly double[] _counts;
    private readonly double[][] _factors;
    private readonly Covariance[] _current;
    private readonly CovarianceFloor _floor;
    private readonly int _dimension;
    private readonly double _total;

    private StructuredCovariance(CovarianceDecomposition structure, double[] counts, double[][] factors, Covariance[] current, CovarianceFloor floor)
    {
        (_structure, _counts, _factors, _current, _floor) = (structure, counts, factors, current, floor);
        _dimension = current[0].Dimension;
        _total = counts.Sum();
    }

    /// <summary>The covariances.</summary>
    /// <param name="structure">What they share.</param>
    /// <param name="counts">nₖ; components without rows take the covariance of the first that has some, unless all are free.</param>
    /// <param name="factors">Fₖ, row-major d × d.</param>
    /// <param name="current">Where iterations begin, and what stays if nothing better is found.</param>
    /// <param name="floor">The bound.</param>
    /// <param name="guarded">Whether the current covariances, which obey the structure, stay where they are better.</param>
    /// <exception cref="NumericalException">A moment is not finite, or a covariance is singular and there is no floor.</exception>
    public static Covariance[] Estimate(
        CovarianceDecomposition structure, double[] counts, double[][] factors, Covariance[] current, CovarianceFloor floor, bool guarded = true)
    {
        int[] live = [.. Enumerable.Range(0, counts.Length).Where(k => counts[k] > 0)];
        if (live.Length == 0)
        {
            return current;
        }
        StructuredCovariance step = new(
            structure, Array.ConvertAll(live, k => counts[k]), Array.ConvertAll(live, k => factors[k]), Array.ConvertAll(live, k => current[k]), floor);
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
        double[] values = [.. other.AlongAxes(axes).Select(value => factor * value)];
        return Array.TrueForAll(values, value => value > 0 && double.IsFinite(1 / value)) && Covariance.TryFromAxes(axes, values, new double[d], other.Origin) is { } scaled ? scaled : other;
    }

    /// <summary>The nearest covariances of a structure: the M-step as if each were the scatter of one row.</summary>
    public static Covariance[] Project(CovarianceDecomposition structure, Covariance[] covariances, CovarianceFloor floor) =>
        Estimate(structure, [.. covariances.Select(_ => 1.0)], [.. covariances.Select(covariance => covariance.Lower.ToArray())], covariances, floor, guarded: false);

    /// <summary>The least eigenvalue where axes are turned against the columns: ε times the least of v, which every Σ ⪰ ε·diag(v) keeps.</summary>
    public static double LeastEigenvalue(CovarianceFloor floor) => floor.IsActive ? floor.Epsilon * floor.Variances.ToArray().Min() : 0;

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
            sum += _counts[k] * covariances[k].LogDeterminant + Trace(_factors[k], covariances[k].Whitening);
        }
        return sum;
    }

    /// <summary>tr(FFᵀΣ⁻¹) = ‖VF‖², Σ⁻¹ = VᵀV with V the whitening.</summary>
    private double Trace(double[] factor, ReadOnlySpan<double> whitening)
    {
        double trace = 0;
        foreach (double square in SquareMatrix.RowSquares(SquareMatrix.Multiply(whitening, factor, _dimension), _dimension))
        {
            trace += square;
        }
        return trace;
    }

    /// <summary>The bounds of eigenvalues along the axes of a structure.</summary>
    internal static double[] LeastAlongAxes(CovarianceDecomposition structure, CovarianceFloor floor, int dimension) => [.. Enumerable.Range(0, dimension).Select(j =>
        !structure.IsDiagonal ? LeastEigenvalue(floor) : structure.Shape == CovarianceSharing.Identity ? floor.LeastCommon() : floor.Least(j))];
}
