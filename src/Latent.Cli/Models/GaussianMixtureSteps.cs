using Latent.Data;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The steps of a Gaussian mixture.</summary>
internal sealed class GaussianMixtureSteps(GaussianMixtureKind kind, GaussianMixture mixture) : IModelSteps
{
    private const string Columns = "columns";

    public IReadOnlyDictionary<string, PartialStatistic> Expect(RowSource rows, int part, int parts, int threads, CancellationToken cancellation)
    {
        GaussianMixtureStatistic statistic = mixture.Accumulate(rows, part, parts, threads, cancellation);
        return new Dictionary<string, PartialStatistic> { [IModelSteps.Expected] = statistic.Expected, [Columns] = statistic.Columns };
    }

    public FittedModel Maximize(IReadOnlyDictionary<string, PartialStatistic> statistics) => statistics.GetValueOrDefault(Columns) is { } columns
        ? new FittedGaussianMixture(kind, mixture.Maximize(new GaussianMixtureStatistic(statistics[IModelSteps.Expected], columns)))
        : throw new UsageException($"Expected the statistics {IModelSteps.Expected} and {Columns}, found {string.Join(", ", statistics.Keys)}. Accumulate them again.");
}
