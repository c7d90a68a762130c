using Latent.Data;

namespace Latent.Cli.Models;

/// <summary>The two steps of EM of one model, the statistics between them kept wherever one likes.</summary>
internal interface IModelSteps
{
    /// <summary>The name of the statistic that the log-likelihood belongs to.</summary>
    const string Expected = "expected";

    /// <summary>The E-step on a part of the rows: statistics by name, <see cref="Expected"/> among them.</summary>
    IReadOnlyDictionary<string, PartialStatistic> Expect(RowSource rows, int part, int parts, int threads, CancellationToken cancellation);

    /// <summary>The M-step of whole statistics.</summary>
    FittedModel Maximize(IReadOnlyDictionary<string, PartialStatistic> statistics);
}
