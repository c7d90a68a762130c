using Latent.Data;
using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// What a covariance says of the missing cells of a pattern, in whitened coordinates y = W(x − μ): an orthonormal basis Q of the columns of W that belong to
/// them. (I − QQᵀ)y is the row completed by the conditional mean, whatever stood in its place; QQᵀ is the conditional covariance.
/// </summary>
/// <remarks>
/// Completing by the conditional mean minimises ‖y‖, so that ‖(I − QQᵀ)y‖² is the Mahalanobis distance of the observed cells alone, and the conditional
/// covariance (W_mᵀW_m)⁻¹ becomes W_m(W_mᵀW_m)⁻¹W_mᵀ = QQᵀ. Its determinant is that of R⁻¹R⁻ᵀ, W_m = QR.
/// </remarks>
internal sealed class MissingFrame
{
    private MissingFrame(double[] basis, int count, double logDeterminant, int dimension)
    {
        Basis = basis;
        Count = count;
        LogFactor = 0.5 * (count * GaussianConstants.LogTwoPi + logDeterminant);
        Projector = new double[dimension * (dimension + 1) / 2];
        int index = 0;
        for (int i = 0; i < dimension; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int v = 0; v < count; v++)
                {
                    sum += basis[v * dimension + i] * basis[v * dimension + j];
                }
                Projector[index++] = sum;
            }
        }
    }

    /// <summary>Q, one vector after another.</summary>
    public double[] Basis { get; }

    /// <summary>The number of missing cells.</summary>
    public int Count { get; }

    /// <summary>½(q·log 2π + log |Σ_m|o|): what the log-density at the mean gains where q cells are missing.</summary>
    public double LogFactor { get; }

    /// <summary>QQᵀ, its lower triangle row by row.</summary>
    public double[] Projector { get; }

    /// <summary>The frame of a pattern.</summary>
    public static MissingFrame Of(Covariance covariance, MissingCells missing) => Of(covariance, missing.Columns);

    /// <summary>The frame of missing columns, ascending.</summary>
    public static MissingFrame Of(Covariance covariance, ReadOnlySpan<int> columns)
    {
        int d = covariance.Dimension;
        ReadOnlySpan<double> whitening = covariance.Whitening;
        double[] basis = new double[columns.Length * d];
        double logDeterminant = 0;
        // From the last column back, W being lower triangular: the longest columns come last.
        for (int v = 0; v < columns.Length; v++)
        {
            Span<double> own = basis.AsSpan(v * d, d);
            int column = columns[^(v + 1)];
            for (int i = column; i < d; i++)
            {
                own[i] = whitening[i * d + column];
            }
            // Twice is enough.
            for (int pass = 0; pass < 2; pass++)
            {
                for (int before = 0; before < v; before++)
                {
                    ReadOnlySpan<double> other = basis.AsSpan(before * d, d);
                    double dot = 0;
                    for (int i = column; i < d; i++)
                    {
                        dot += own[i] * other[i];
                    }
                    for (int i = column; i < d; i++)
                    {
                        own[i] -= dot * other[i];
                    }
                }
            }
            double square = 0;
            for (int i = column; i < d; i++)
            {
                square += own[i] * own[i];
            }
            double length = Math.Sqrt(square);
            logDeterminant -= 2 * Elementary.Log(length);
            for (int i = column; i < d; i++)
            {
                own[i] /= length;
            }
        }
        return new MissingFrame(basis, columns.Length, logDeterminant, d);
    }
}
