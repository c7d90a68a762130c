namespace Latent.Families;

/// <content>The gradient in coordinates: Σ r(x−μ)/σ² by the mean, ½(Σ r‖x−μ‖²/σ² − n·d) by log σ².</content>
public sealed partial class SphericalGaussianFamily : ICoordinateScoreFamily<SphericalGaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<SphericalGaussian> components, Span<double> score)
    {
        int d = Columns;
        for (int k = 0; k < components.Length; k++)
        {
            SphericalGaussian component = components[k];
            if (component.FloorActive)
            {
                return false;
            }
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            Span<double> target = score.Slice(k * FreeParameters, FreeParameters);
            double shrinkage = Prior?.Shrinkage ?? 0;
            double square = own[1 + d] + (Prior?.Trace ?? 0);
            for (int j = 0; j < d; j++)
            {
                double offset = Prior is null ? 0 : Prior.Mean[j] - component.Mean[j];
                target[j] = (own[1 + j] + shrinkage * offset) / component.Variance * Floor.Unit(j);
                square += shrinkage * offset * offset;
            }
            target[d] = 0.5 * (square / component.Variance - d * (own[0] + (Prior?.RowsOf(1) ?? 0)));
        }
        return !RatioBinds(components);
    }
}
