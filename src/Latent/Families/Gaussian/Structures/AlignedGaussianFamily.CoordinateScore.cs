namespace Latent.Families;

/// <content>The gradient in coordinates: Σ r(x−μ)/σ² by the mean, ½(Σ r(x−μ)²/σ² − n) by log σ², summed over what a coordinate moves.</content>
public partial class AlignedGaussianFamily : ICoordinateScoreFamily<DiagonalGaussian>
{
    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistics, ReadOnlySpan<DiagonalGaussian> components, Span<double> score)
    {
        int d = Columns;
        double[][] byLogs = new double[components.Length][];
        for (int k = 0; k < components.Length; k++)
        {
            DiagonalGaussian component = components[k];
            if (component.FloorActive)
            {
                return false;
            }
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            double shrinkage = Prior?.Shrinkage ?? 0;
            bool counts = Prior is not null && (k == 0 || !Structure.IsShared);
            double n = own[0] + (counts ? Prior!.Power : 0) + (shrinkage > 0 ? 1 : 0);
            byLogs[k] = new double[d];
            for (int j = 0; j < d; j++)
            {
                double offset = Prior is null ? 0 : Prior.Mean[j] - component.Mean[j];
                double sum = own[1 + j] + shrinkage * offset;
                double square = own[1 + d + j] + (counts ? Prior!.Scale.Matrix[j * d + j] : 0) + shrinkage * offset * offset;
                score[k * d + j] = sum / component.Variances[j] * Floor.Unit(j);
                byLogs[k][j] = 0.5 * (square / component.Variances[j] - n);
            }
        }
        StructuredChart.WriteValuesScore(Structure, byLogs, score[(components.Length * d)..]);
        return true;
    }
}
