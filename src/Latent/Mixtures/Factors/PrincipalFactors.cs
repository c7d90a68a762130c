using Latent.Data;
using Latent.Factors;
using Latent.Mixtures.Starts;
using Latent.Numerics;

namespace Latent.Mixtures;

/// <summary>Factors along the principal axes of weighted rows, by orthogonal iteration: O(n·d·q) and without any d × d matrix.</summary>
internal static class PrincipalFactors
{
    private const int Iterations = 4;

    // A factor that explains nothing would stay so: loadings of zero are a saddle.
    private const double LeastShare = 1e-2;

    /// <summary>All rows, or a sample of them, as one component.</summary>
    public static FactorGaussian Reference(FactorGaussianFamily family, IRowSource rows, ColumnSummary summary, int most, ulong seed)
    {
        double[] scales = [.. summary.Variances.Select(variance => variance > 0 ? 1 / Math.Sqrt(variance) : 0)];
        StartSample sample = StartSample.Of(rows, most, summary, scales, seed);
        FactorGaussian blank = family.Reference(summary);
        return family.Constrain([1], [family.MoveTo(Of(family, sample.Values, sample.Weights, summary, blank), [.. summary.Means])])[0];
    }

    /// <summary>
    /// The component of weighted rows about the mean of another, whose loadings are where the iteration begins; the other itself where too few rows have weight.
    /// </summary>
    /// <param name="family">The family.</param>
    /// <param name="standardised">(x − mean)/deviation of the data, row-major.</param>
    /// <param name="weights">One per row.</param>
    /// <param name="summary">Means and variances of the data.</param>
    /// <param name="like">The component to begin at.</param>
    public static FactorGaussian Of(FactorGaussianFamily family, double[] standardised, double[] weights, ColumnSummary summary, FactorGaussian like)
    {
        (int d, int q) = (family.Columns, family.Factors);
        double total = weights.Sum();
        double squares = weights.Sum(weight => weight * weight);
        if (!(total * total > (q + 1) * squares))
        {
            return like;
        }
        // Columns in one unit where they share a uniqueness, else each in its own.
        double[] units = [.. summary.Variances.Select(variance => variance > 0 ? Math.Sqrt(variance) : 1)];
        double common = Math.Sqrt(units.Average(unit => unit * unit));
        double[] factor = [.. units.Select(unit => family.Sharing == UniquenessSharing.Isotropic ? unit / common : 1)];
        double[] scales = [.. units.Select((unit, j) => unit / factor[j])];
        double[] centre = new double[d];
        double[] variances = new double[d];
        double[] values = new double[standardised.Length];
        for (int row = 0; row < weights.Length; row++)
        {
            for (int j = 0; j < d; j++)
            {
                values[row * d + j] = standardised[row * d + j] * factor[j];
                centre[j] += weights[row] / total * values[row * d + j];
            }
        }
        for (int row = 0; row < weights.Length; row++)
        {
            for (int j = 0; j < d; j++)
            {
                values[row * d + j] -= centre[j];
                variances[j] += weights[row] / total * values[row * d + j] * values[row * d + j];
            }
        }
        double[] axes = new double[q * d];
        for (int k = 0; k < q; k++)
        {
            for (int j = 0; j < d; j++)
            {
                axes[k * d + j] = like.Parameters.Row(j)[k] / scales[j];
            }
        }
        double[] images = new double[q * d];
        for (int iteration = 0; iteration <= Iterations; iteration++)
        {
            if (!GramSchmidt.Orthonormalise(axes, d))
            {
                return like;
            }
            Multiply(values, weights, total, axes, images, d);
            if (iteration < Iterations)
            {
                images.CopyTo(axes, 0);
            }
        }
        return Component(family, axes, images, variances, scales, like);
    }

    /// <summary>Loadings V·chol(VᵀSV − σ²I), σ² the mean of what the axes V leave of the variances, and what they leave of each column.</summary>
    private static FactorGaussian Component(FactorGaussianFamily family, double[] axes, double[] images, double[] variances, double[] scales, FactorGaussian like)
    {
        (int d, int q) = (family.Columns, family.Factors);
        double[] inside = new double[q * q];
        for (int i = 0; i < q; i++)
        {
            for (int k = 0; k < q; k++)
            {
                inside[i * q + k] = GramSchmidt.Dot(axes.AsSpan(i * d, d), images.AsSpan(k * d, d));
            }
        }
        double trace = variances.Sum();
        double noise = Math.Max((trace - Enumerable.Range(0, q).Sum(k => inside[k * q + k])) / (d - q), LeastShare * trace / d);
        for (int k = 0; k < q; k++)
        {
            inside[k * q + k] = Math.Max(inside[k * q + k] - noise, LeastShare * noise);
        }
        if (!(trace > 0) || !Cholesky.Factor(inside, q))
        {
            return like;
        }
        double[] loadings = new double[d * q];
        double[] uniquenesses = new double[d];
        for (int j = 0; j < d; j++)
        {
            double explained = 0;
            for (int k = 0; k < q; k++)
            {
                double loading = 0;
                for (int i = k; i < q; i++)
                {
                    loading += axes[i * d + j] * inside[i * q + k];
                }
                explained += loading * loading;
                loadings[j * q + k] = loading * scales[j];
            }
            double left = family.Sharing == UniquenessSharing.Isotropic ? noise : Math.Max(variances[j] - explained, 0.1 * Math.Max(variances[j], LeastShare * noise));
            uniquenesses[j] = left * scales[j] * scales[j];
        }
        return new FactorGaussian(new FactorParameters(like.Mean, loadings, uniquenesses));
    }

    /// <summary>Σ w·x(xᵀv)/Σw for every axis v.</summary>
    private static void Multiply(double[] values, double[] weights, double total, double[] axes, double[] images, int d)
    {
        Array.Clear(images);
        for (int row = 0; row < weights.Length; row++)
        {
            if (weights[row] <= 1e-12 * total)
            {
                continue;
            }
            ReadOnlySpan<double> x = values.AsSpan(row * d, d);
            for (int start = 0; start < axes.Length; start += d)
            {
                double along = weights[row] / total * GramSchmidt.Dot(x, axes.AsSpan(start, d));
                Span<double> image = images.AsSpan(start, d);
                for (int j = 0; j < d; j++)
                {
                    image[j] = Math.FusedMultiplyAdd(along, x[j], image[j]);
                }
            }
        }
    }
}
