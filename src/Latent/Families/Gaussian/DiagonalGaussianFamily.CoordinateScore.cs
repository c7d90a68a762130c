namespace Latent.Families;

/// <content>The gradient in coordinates: Σ r(x−μ)/σ² by the mean, ½(Σ r(x−μ)²/σ² − n) by log σ².</content>
public sealed partial class DiagonalGaussianFamily : ICoordinateScoreFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<DiagonalGaussian> components, Span<double> score)
    {
        int d = Columns;
        for (int k = 0; k < components.Length; k++)
        {
            DiagonalGaussian component = components[k];
            if (component.FloorActive)
            {
                return false;
            }
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            Span<double> target = score.Slice(k * FreeParameters, FreeParameters);
            double shrinkage = Prior?.Shrinkage ?? 0;
            double n = own[0] + (Prior?.RowsOf(1) ?? 0);
            for (int j = 0; j < d; j++)
            {
                double offset = Prior is null ? 0 : Prior.Mean[j] - component.Mean[j];
                double sum = own[1 + j] + shrinkage * offset;
                double square = own[1 + d + j] + (Prior is null ? 0 : Prior.Scale.Matrix[j * d + j]) + shrinkage * offset * offset;
                target[j] = sum / component.Variances[j] * Floor.Unit(j);
                target[d + j] = 0.5 * (square / component.Variances[j] - n);
            }
        }
        return !RatioBinds(components);
    }
}
