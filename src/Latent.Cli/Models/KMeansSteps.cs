using Latent.Clustering;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>The steps of k-means. A cluster without rows keeps its center.</summary>
internal sealed class KMeansSteps(KMeansKind kind, KMeansCenters centers, IReadOnlyList<string> columns) : IModelSteps
{
    private readonly KMeansModel _model = new(centers.Columns, centers.Count);

    public IReadOnlyDictionary<string, PartialStatistic> Expect(RowSource rows, int part, int parts, int threads, CancellationToken cancellation) =>
        new Dictionary<string, PartialStatistic> { [IModelSteps.Expected] = PartialStatistic.Collect(_model, rows, centers, part, parts, threads, cancellation) };

    public FittedModel Maximize(IReadOnlyDictionary<string, PartialStatistic> statistics)
    {
        double[] statistic = statistics[IModelSteps.Expected].Total().Statistic;
        return statistic.Length == _model.StatisticLength
            ? new FittedKMeans(kind, _model.Maximize(statistic, centers), columns, double.NaN)
            : throw new DataFormatException(IModelSteps.Expected, $"{_model.StatisticLength} sums", statistic.Length.ToString(), "accumulate them again");
    }
}
