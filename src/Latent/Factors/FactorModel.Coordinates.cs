using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Factors;

/// <content>Coordinates: means and loadings in units of the columns' deviations, and logarithms of uniquenesses. Rotations of the loadings are left in: no step of the map turns them.</content>
public sealed partial class FactorModel : ICoordinates<FactorParameters>
{
    private readonly ConcurrentBag<FactorPattern> _patterns = [];

    /// <summary>Names of the columns, for messages; x1, x2, … by default.</summary>
    public IReadOnlyList<string> ColumnNames
    {
        get => field ??= Schema.Numbered(Columns).Names;
        init => field = value.Count == Columns ? value : throw new ArgumentException($"Expected {Columns} column names, found {value.Count}.", nameof(value));
    }

    private int Noises => IsIsotropic ? 1 : Columns;

    /// <inheritdoc/>
    public int CoordinateCount(FactorParameters parameters) => Columns * (1 + Factors) + Noises;

    /// <inheritdoc/>
    public void WriteCoordinates(FactorParameters parameters, Span<double> point)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        for (int j = 0; j < Columns; j++)
        {
            double unit = Math.Sqrt(Variances[j]);
            point[j] = parameters.Mean[j] / unit;
            for (int k = 0; k < Factors; k++)
            {
                point[Columns + j * Factors + k] = parameters.Row(j)[k] / unit;
            }
        }
        for (int j = 0; j < Noises; j++)
        {
            point[Columns * (1 + Factors) + j] = Elementary.Log(parameters.Uniquenesses[j] / Variances[j]);
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, FactorParameters like, [MaybeNullWhen(false)] out FactorParameters parameters)
    {
        parameters = null;
        double[] mean = new double[Columns];
        double[] loadings = new double[Columns * Factors];
        double[] uniquenesses = new double[Columns];
        for (int j = 0; j < Columns; j++)
        {
            double unit = Math.Sqrt(Variances[j]);
            mean[j] = point[j] * unit;
            for (int k = 0; k < Factors; k++)
            {
                loadings[j * Factors + k] = point[Columns + j * Factors + k] * unit;
            }
            int noise = IsIsotropic ? 0 : j;
            double uniqueness = Elementary.Exp(point[Columns * (1 + Factors) + noise]) * Variances[noise];
            if (!(uniqueness > 0) || !double.IsFinite(uniqueness) || uniqueness < _floors[j] * (1 - 1e-3))
            {
                return false;
            }
            // On the floor a uniqueness comes back from its logarithm with a rounding error to either side.
            uniquenesses[j] = uniqueness < _floors[j] * (1 + 1e-12) ? _floors[j] : uniqueness;
        }
        if (Array.Exists(mean, value => !double.IsFinite(value)) || Array.Exists(loadings, value => !double.IsFinite(value)))
        {
            return false;
        }
        parameters = new FactorParameters(mean, loadings, uniquenesses);
        return true;
    }
}
