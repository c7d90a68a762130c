using Latent.Clustering;
using Latent.Data;
using Latent.Testing;
using Latent.Tests.Engine.Checkpoints;

namespace Latent.Tests.Clustering;

/// <summary>k-means killed anywhere and resumed.</summary>
public sealed class KMeansCheckpointTests
{
    private static readonly RowSource _rows = RowSource.From(ClusterData.Blobs(3000, 3, 6, seed: 4), 3);
    private static readonly KMeansOptions _options = new() { Starts = 4, Threads = 1 };
    private static readonly KMeansFit _whole = KMeans.Fit(_rows, 6, _options);

    [Fact]
    public void EveryCheckpointLeadsToTheSameFit()
    {
        CheckpointHistory history = new();
        AssertSame(_whole, KMeans.Fit(_rows, 6, _options with { Checkpoint = history.Every() }));
        Assert.True(history.Written.Count > 15);
        for (int killed = 0; killed < history.Written.Count; killed++)
        {
            AssertSame(_whole, KMeans.Fit(_rows, 6, _options with { Threads = 1 + killed % 3, Checkpoint = history.After(killed).Resumed() }));
        }
    }

    [Fact]
    public void CancelledOrOutOfTimeItGoesOn()
    {
        CheckpointHistory store = new();
        KMeansFit? result = null;
        int runs = 0;
        while (result is null || !result.Converged)
        {
            using CancellationTokenSource cancellation = new();
            store = runs == 0 ? store : store.After(store.Written.Count - 1);
            int written = 0;
            store.Wrote = () =>
            {
                if (++written == 6)
                {
                    cancellation.Cancel();
                }
            };
            runs++;
            result = KMeans.Fit(_rows, 6, _options with { TimeLimit = runs == 2 ? TimeSpan.Zero : null, Checkpoint = store.Every() with { Resume = true } }, cancellation.Token);
            Assert.Equal(runs == 2 ? StopReason.TimeLimit : result.Converged ? _whole.StopReason : StopReason.Cancelled, result.StopReason);
        }
        Assert.True(runs > 3);
        AssertSame(_whole, result);
    }

    [Fact]
    public void AnotherFitIsRefusedByName()
    {
        CheckpointHistory history = new();
        KMeans.Fit(_rows, 6, _options with { Checkpoint = history.Every() });
        void Refused(string message, RowSource rows, int clusters, KMeansOptions options) => Assert.Contains(
            message, Assert.Throws<CheckpointException>(() => KMeans.Fit(rows, clusters, options with { Checkpoint = history.After(3).Resumed() })).Message, StringComparison.Ordinal);
        Refused("made from these data", RowSource.From(ClusterData.Blobs(3000, 3, 6, seed: 5), 3), 6, _options);
        Refused("clusters 5, found clusters 6", _rows, 5, _options);
        Refused("Initializer RandomRows, found Initializer PlusPlus", _rows, 6, _options with { Initializer = KMeansInitializer.RandomRows });
    }

    private static void AssertSame(KMeansFit expected, KMeansFit actual)
    {
        Close.SameBits([.. expected.Trace, .. expected.Centers.Values, expected.Inertia, expected.Agreement], [.. actual.Trace, .. actual.Centers.Values, actual.Inertia, actual.Agreement], "fit");
        Assert.Equal(expected.Centers.Weights.ToArray(), actual.Centers.Weights.ToArray());
        Assert.Equal(expected.Starts, actual.Starts);
        Assert.Equal(expected.Degeneracies, actual.Degeneracies);
        Assert.Equal((expected.Iterations, expected.Evaluations, expected.StopReason), (actual.Iterations, actual.Evaluations, actual.StopReason));
    }
}
