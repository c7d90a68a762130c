using Latent.Data;

namespace Latent.Families;

/// <content>
/// Scores of incomplete rows, expected over the missing cells: with z = Wᵀŷ and P = Wᵀ(I − QQᵀ)W, ∂/∂μ = z, ∂/∂Σᵢᵢ = ½(zᵢ² − Pᵢᵢ) and ∂/∂Σᵢⱼ = zᵢzⱼ − Pᵢⱼ.
/// </content>
public sealed partial class IncompleteGaussianFamily
{
    /// <inheritdoc/>
    public override void WriteScores(Gaussian component, RowTile tile, Span<double> scores)
    {
        int d = Columns;
        ReadOnlySpan<double> whitening = component.Covariance.Whitening;
        RowTile filled = new(d);
        filled.Resize(tile);
        Transform([component], tile, filled);
        double[] whitened = new double[ScratchLength(RowTile.Capacity)];
        LogDensity(component, filled, whitened, new double[RowTile.Capacity]);
        MissingRuns runs = filled.Missing;
        double[] z = new double[d];
        for (int run = 0; run < runs.Count; run++)
        {
            double[] precision = Precision(component.Covariance, runs.Pattern(run));
            for (int row = runs.Start(run); row < runs.Start(run + 1); row++)
            {
                for (int j = 0; j < d; j++)
                {
                    double sum = 0;
                    for (int i = j; i < d; i++)
                    {
                        sum += whitening[i * d + j] * whitened[i * RowTile.Capacity + row];
                    }
                    z[j] = sum;
                    scores[j * RowTile.Capacity + row] = sum;
                }
                int index = d;
                for (int i = 0; i < d; i++)
                {
                    for (int j = 0; j <= i; j++)
                    {
                        double value = z[i] * z[j] - precision[i * d + j];
                        scores[index++ * RowTile.Capacity + row] = i == j ? 0.5 * value : value;
                    }
                }
            }
        }
    }

    /// <summary>Wᵀ(I − QQᵀ)W, its lower triangle.</summary>
    private static double[] Precision(Covariance covariance, MissingCells missing)
    {
        int d = covariance.Dimension;
        ReadOnlySpan<double> whitening = covariance.Whitening;
        double[] kept = new double[d * d];
        MissingFrame? frame = missing.Columns.Length > 0 ? covariance.FrameOf(missing) : null;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                int cell = Math.Max(i, j) * (Math.Max(i, j) + 1) / 2 + Math.Min(i, j);
                kept[i * d + j] = (i == j ? 1 : 0) - (frame is null ? 0 : frame.Projector[cell]);
            }
        }
        double[] half = new double[d * d];
        double[] precision = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                for (int k = j; k < d; k++)
                {
                    half[i * d + j] += kept[i * d + k] * whitening[k * d + j];
                }
            }
        }
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                for (int k = i; k < d; k++)
                {
                    precision[i * d + j] += whitening[k * d + i] * half[k * d + j];
                }
            }
        }
        return precision;
    }
}
