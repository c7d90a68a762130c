using Latent.Data;

namespace Latent.Clustering;

public sealed unsafe partial class KMeansModel : IStepwiseModel<KMeansCenters, RowChunk>
{
    /// <summary>The sum of the rows' weights.</summary>
    public double Mass(RowChunk chunk) => RowMass.Of(chunk);

    /// <summary>Sums about other centers; the inertia is that of the same clusters about them.</summary>
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistic, KMeansCenters from, KMeansCenters to)
    {
        CheckShape(from);
        CheckShape(to);
        for (int cluster = 0; cluster < _clusters; cluster++)
        {
            double weight = statistic[cluster];
            Span<double> sum = statistic.Slice(_clusters + cluster * _columns, _columns);
            for (int column = 0; column < _columns; column++)
            {
                double shift = from[cluster][column] - to[cluster][column];
                statistic[^1] += shift * (2 * sum[column] + weight * shift);
                sum[column] += weight * shift;
            }
        }
    }
}
