using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <content>
/// Coordinates: of each component its mean and loadings in units of the columns' deviations, then the logarithms of the uniquenesses, of each component or of all. Turns of the loadings are left
/// in: no step of the map makes any. For standard errors they are taken out: the loadings are turned so that those of q pivot columns are lower triangular, and what is then 0 is no coordinate.
/// </content>
public sealed partial class FactorGaussianFamily : ICoordinateFamily<FactorGaussian>, IIdentifiedFamily<FactorGaussian>
{
    /// <summary>Of each component, for each column its place among the pivots, or q where it is none; null where turns are left in.</summary>
    private readonly int[][]? _pivots;

    private FactorGaussianFamily(FactorGaussianFamily other, int[][] pivots)
        : this(other.Columns, other.Factors, other.Sharing, other.Floor, other._reference) => _pivots = pivots;

    private int PerComponent => Columns * (1 + Factors) - (_pivots is null ? 0 : Turns);

    /// <summary>q(q − 1)/2, the dimension of the turns.</summary>
    private int Turns => Factors * (Factors - 1) / 2;

    /// <inheritdoc/>
    public IFamily<FactorGaussian, RowTile> Identified(ReadOnlySpan<FactorGaussian> components)
    {
        int[][] pivots = new int[components.Length][];
        for (int k = 0; k < pivots.Length; k++)
        {
            pivots[k] = PivotsOf(components[k].Parameters);
        }
        return new FactorGaussianFamily(this, pivots);
    }

    /// <inheritdoc/>
    public FactorGaussian Aligned(FactorGaussian component, FactorGaussian like)
    {
        ArgumentNullException.ThrowIfNull(component);
        ArgumentNullException.ThrowIfNull(like);
        return component.Towards(like);
    }

    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * PerComponent + Noises(components);

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<FactorGaussian> components, Span<double> point)
    {
        int noises = Noises(1);
        for (int k = 0; k < components.Length; k++)
        {
            FactorParameters own = components[k].Parameters;
            Span<double> target = point.Slice(k * PerComponent, PerComponent);
            GaussianCoordinates.WriteMean(own.Mean, Floor, target);
            double[] loadings = _pivots is null ? own.Loadings.ToArray() : Triangular(own, _pivots[k]);
            int next = Columns;
            for (int index = 0; index < loadings.Length; index++)
            {
                if (IsFree(k, index))
                {
                    target[next++] = loadings[index] / Floor.Unit(index / Factors);
                }
            }
            for (int j = 0; j < noises && (k == 0 || Sharing != UniquenessSharing.Common); j++)
            {
                double unit = Floor.Unit(j);
                point[components.Length * PerComponent + k * noises + j] = Elementary.Log(own.Uniquenesses[j] / unit / unit);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<FactorGaussian> like, Span<FactorGaussian> components)
    {
        int noises = Noises(1);
        double[] uniquenesses = new double[Columns];
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * PerComponent, PerComponent);
            ReadOnlySpan<double> logarithms = point.Slice(components.Length * PerComponent + (Sharing == UniquenessSharing.Common ? 0 : k * noises), noises);
            bool held = false;
            for (int j = 0; j < noises; j++)
            {
                double least = Sharing == UniquenessSharing.Isotropic ? Floor.LeastCommon() : Floor.Least(j);
                if (GaussianCoordinates.TryReadVariance(logarithms[j], Floor.Unit(j), least) is not { } read)
                {
                    return false;
                }
                uniquenesses[j] = read.Variance;
                held |= read.Held;
            }
            if (Sharing == UniquenessSharing.Isotropic)
            {
                Array.Fill(uniquenesses, uniquenesses[0]);
            }
            double[] loadings = new double[Columns * Factors];
            bool finite = true;
            int next = Columns;
            for (int index = 0; index < loadings.Length; index++)
            {
                loadings[index] = IsFree(k, index) ? own[next++] * Floor.Unit(index / Factors) : 0;
                finite &= double.IsFinite(loadings[index] * loadings[index] / uniquenesses[index / Factors] * loadings.Length);
            }
            if (!finite || GaussianCoordinates.TryReadMean(own[..Columns], Floor) is not { } mean)
            {
                return false;
            }
            FactorGaussian found = new(new FactorParameters(mean, loadings, uniquenesses), held);
            components[k] = _pivots is null ? found : Aligned(found, like[k]);
        }
        return true;
    }

    private bool IsFree(int component, int index) => _pivots is null || index % Factors <= _pivots[component][index / Factors];

    /// <summary>Columns whose loadings, in units of their uniquenesses, are long and far from each other: the longest first, then always the one that those before leave most of.</summary>
    private int[] PivotsOf(FactorParameters parameters)
    {
        int[] places = new int[Columns];
        Array.Fill(places, Factors);
        for (int place = 0; place < Factors; place++)
        {
            double[] axes = Axes(parameters, places, place);
            double[] left = new double[Columns];
            for (int j = 0; j < Columns; j++)
            {
                ReadOnlySpan<double> row = parameters.Row(j);
                left[j] = GramSchmidt.Dot(row, row);
                for (int start = 0; start < axes.Length; start += Factors)
                {
                    double along = GramSchmidt.Dot(row, axes.AsSpan(start, Factors));
                    left[j] -= along * along;
                }
                left[j] = places[j] == Factors ? left[j] / parameters.Uniquenesses[j] : double.NegativeInfinity;
            }
            places[Array.IndexOf(left, left.Max())] = place;
        }
        return places;
    }

    /// <summary>The loadings turned so that the first pivot has one factor, the second two, and so on.</summary>
    private double[] Triangular(FactorParameters parameters, int[] places)
    {
        double[] axes = Axes(parameters, places, Factors);
        double[] turned = new double[Columns * Factors];
        for (int index = 0; index < turned.Length; index++)
        {
            turned[index] = GramSchmidt.Dot(parameters.Row(index / Factors), axes.AsSpan(index % Factors * Factors, Factors));
        }
        return turned;
    }

    /// <summary>The loadings of the first so many pivots made orthonormal.</summary>
    /// <exception cref="NumericalException">Some factors have no loadings of their own, so that their turns are undetermined.</exception>
    private double[] Axes(FactorParameters parameters, int[] places, int count)
    {
        double[] axes = new double[count * Factors];
        for (int place = 0; place < count; place++)
        {
            parameters.Row(Array.IndexOf(places, place)).CopyTo(axes.AsSpan(place * Factors));
        }
        return GramSchmidt.Orthonormalise(axes, Factors)
            ? axes
            : throw new NumericalException($"Expected loadings of {Factors} factors, found some that fewer explain: their standard errors do not exist. Use fewer factors.");
    }
}
