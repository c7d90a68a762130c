using System.Buffers;
using System.Numerics.Tensors;
using Latent.Data;

namespace Latent.Families;

/// <summary>Natural parameters of normal distributions (means, variances, covariances) and the derivatives of the log-density by them.</summary>
internal static class GaussianScores
{
    private const int Stride = RowTile.Capacity;

    /// <summary>Means, then the lower triangle of Σ row by row.</summary>
    /// <param name="component">The component's number.</param>
    /// <param name="columns">The names of the columns.</param>
    /// <param name="shared">Whether all components have the same Σ, whose names then carry no number.</param>
    public static IReadOnlyList<NaturalParameter> FullNames(int component, IReadOnlyList<string> columns, bool shared = false)
    {
        string prefix = shared ? "" : $"{component}, ";
        List<NaturalParameter> names = [.. Means(component, columns)];
        for (int i = 0; i < columns.Count; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                names.Add(i == j
                    ? new NaturalParameter($"variance[{prefix}{columns[i]}]", ParameterScale.Log)
                    : new NaturalParameter($"covariance[{prefix}{columns[j]}, {columns[i]}]"));
            }
        }
        return names;
    }

    /// <summary>Means, then variances.</summary>
    public static IReadOnlyList<NaturalParameter> DiagonalNames(int component, IReadOnlyList<string> columns) =>
        [.. Means(component, columns), .. columns.Select(column => new NaturalParameter($"variance[{component}, {column}]", ParameterScale.Log))];

    /// <summary>Means, then the variance.</summary>
    public static IReadOnlyList<NaturalParameter> SphericalNames(int component, IReadOnlyList<string> columns) =>
        [.. Means(component, columns), new NaturalParameter($"variance[{component}]", ParameterScale.Log)];

    public static void WriteFull(ReadOnlySpan<double> mean, Covariance covariance, Span<double> values)
    {
        int d = covariance.Dimension;
        mean.CopyTo(values);
        int index = d;
        for (int i = 0; i < d; i++)
        {
            covariance.Matrix.Slice(i * d, i + 1).CopyTo(values[index..]);
            index += i + 1;
        }
    }

    /// <summary>∂/∂μ = z = Σ⁻¹(x − μ); ∂/∂Σᵢᵢ = ½(zᵢ² − Pᵢᵢ); ∂/∂Σᵢⱼ = zᵢzⱼ − Pᵢⱼ, P = Σ⁻¹, since Σᵢⱼ stands twice in Σ.</summary>
    public static void WriteFullScores(ReadOnlySpan<double> mean, Covariance covariance, RowTile tile, Span<double> scores)
    {
        int d = covariance.Dimension;
        int rows = tile.PaddedRows;
        ReadOnlySpan<double> whitening = covariance.Whitening;
        double[] buffer = ArrayPool<double>.Shared.Rent((d + 2) * Stride);
        Span<double> deviation = buffer.AsSpan(d * Stride, rows);
        Span<double> term = buffer.AsSpan((d + 1) * Stride, rows);
        buffer.AsSpan(0, d * Stride).Clear();
        scores[..(d * Stride)].Clear();
        for (int j = 0; j < d; j++)
        {
            TensorPrimitives.Subtract(tile.Column(j), mean[j], deviation);
            for (int i = j; i < d; i++)
            {
                Span<double> whitened = buffer.AsSpan(i * Stride, rows);
                TensorPrimitives.Multiply(deviation, whitening[i * d + j], term);
                TensorPrimitives.Add(whitened, term, whitened);
            }
        }
        for (int j = 0; j < d; j++)
        {
            Span<double> z = scores.Slice(j * Stride, rows);
            for (int i = j; i < d; i++)
            {
                TensorPrimitives.Multiply(buffer.AsSpan(i * Stride, rows), whitening[i * d + j], term);
                TensorPrimitives.Add(z, term, z);
            }
        }
        int index = d;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++, index++)
            {
                double precision = 0;
                for (int l = i; l < d; l++)
                {
                    precision += whitening[l * d + i] * whitening[l * d + j];
                }
                Span<double> target = scores.Slice(index * Stride, rows);
                TensorPrimitives.Multiply(scores.Slice(i * Stride, rows), scores.Slice(j * Stride, rows), target);
                TensorPrimitives.Subtract(target, precision, target);
                TensorPrimitives.Multiply(target, i == j ? 0.5 : 1, target);
            }
        }
        ArrayPool<double>.Shared.Return(buffer);
    }

    /// <summary>∂/∂μⱼ = zⱼ = (xⱼ − μⱼ)/σⱼ²; ∂/∂σⱼ² = ½(zⱼ² − 1/σⱼ²).</summary>
    public static void WriteDiagonalScores(DiagonalGaussian component, RowTile tile, Span<double> scores)
    {
        int d = component.Dimension;
        int rows = tile.PaddedRows;
        for (int j = 0; j < d; j++)
        {
            Span<double> target = scores.Slice((d + j) * Stride, rows);
            Standardize(tile.Column(j), component.Mean[j], component.Variances[j], scores.Slice(j * Stride, rows), target);
            TensorPrimitives.Subtract(target, 1 / component.Variances[j], target);
            TensorPrimitives.Multiply(target, 0.5, target);
        }
    }

    /// <summary>∂/∂μⱼ = zⱼ = (xⱼ − μⱼ)/σ²; ∂/∂σ² = ½(Σⱼ zⱼ² − d/σ²).</summary>
    public static void WriteSphericalScores(SphericalGaussian component, RowTile tile, Span<double> scores)
    {
        int d = component.Dimension;
        int rows = tile.PaddedRows;
        Span<double> square = stackalloc double[rows];
        Span<double> target = scores.Slice(d * Stride, rows);
        target.Fill(-d / component.Variance);
        for (int j = 0; j < d; j++)
        {
            Standardize(tile.Column(j), component.Mean[j], component.Variance, scores.Slice(j * Stride, rows), square);
            TensorPrimitives.Add(target, square, target);
        }
        TensorPrimitives.Multiply(target, 0.5, target);
    }

    private static void Standardize(ReadOnlySpan<double> column, double mean, double variance, Span<double> z, Span<double> square)
    {
        TensorPrimitives.Subtract(column, mean, z);
        TensorPrimitives.Divide(z, variance, z);
        TensorPrimitives.Multiply(z, z, square);
    }

    private static IEnumerable<NaturalParameter> Means(int component, IReadOnlyList<string> columns) =>
        columns.Select(column => new NaturalParameter($"mean[{component}, {column}]"));
}
