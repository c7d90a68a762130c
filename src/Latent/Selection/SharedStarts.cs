using System.Collections.Concurrent;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>
/// The starts that every structure gets with as many components: a partition says nothing of covariances, so that it is made once, by whichever structure asks first, and gives
/// each its own first M-step. One agglomerative clustering serves all numbers of components, as in mclust.
/// </summary>
internal sealed class SharedStarts
{
    /// <summary>Rows that the agglomerative clustering takes part of: its time and memory grow with their square.</summary>
    private const int MostRows = 1000;

    private const long SmallCells = 1024;
    private const int MostRounds = 12;

    private readonly HierarchicalInitializer _tree = new(MostRows);
    private readonly int[] _counts;
    private readonly ConcurrentDictionary<(Centred Start, int Components), Lazy<double[][]>> _centres = [];
    private Lazy<Dictionary<int, int[]>>? _partitions;

    /// <summary>Starts for these numbers of components: one of each kind, and the random ones again and again where the data are so small that they cost next to nothing.</summary>
    public SharedStarts(int[] counts, long cells)
    {
        _counts = counts;
        int rounds = (int)Math.Clamp(SmallCells / Math.Max(1, cells), 1, MostRounds);
        Initializers = [new Clustered(this), .. Enumerable.Range(0, rounds).SelectMany(round => (MixtureInitializer[])
        [
            new Centred(this, round, new PlusPlusInitializer()), new Centred(this, round, new RandomCentresInitializer()), new Drawn(round),
        ])];
    }

    /// <summary>The starts, one each.</summary>
    public IReadOnlyList<MixtureInitializer> Initializers { get; }

    private int[] PartitionOf<TComponent>(StartContext<TComponent> context)
    {
        Interlocked.CompareExchange(ref _partitions, new Lazy<Dictionary<int, int[]>>(() =>
        {
            int[] counts = [.. _counts.Where(count => count <= context.Sample(MostRows).Count).OrderDescending()];
            return counts.Zip(_tree.Levels(context, counts)).ToDictionary(pair => pair.First, pair => pair.Second);
        }), null);
        return _partitions.Value.GetValueOrDefault(context.Model.Components)
            ?? throw new DegenerateStartException($"Expected at least {context.Model.Components} rows to cluster, found fewer. Use fewer components.");
    }

    private double[][] CentresOf<TComponent>(Centred start, StartContext<TComponent> context) => _centres.GetOrAdd(
        (start, context.Model.Components),
        _ => new Lazy<double[][]>(() => start.Maker is PlusPlusInitializer near ? context.KMeansCentres(near.Iterations) : context.DrawRows(context.Model.Components))).Value;

    /// <summary>The agglomerative clustering, cut where it has as many clusters.</summary>
    private sealed record Clustered(SharedStarts Shared) : MixtureInitializer
    {
        public override string Name => Shared._tree.Name;

        public override bool IsDeterministic => true;

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) =>
            context.FromSample(context.Sample(MostRows), Shared.PartitionOf(context));
    }

    /// <summary>Centres of k-means, or rows drawn at random.</summary>
    private sealed record Centred(SharedStarts Shared, int Round, MixtureInitializer Maker) : MixtureInitializer
    {
        public override string Name => Maker.Name;

        public override bool IsDeterministic => true;

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) => context.FromCentres(Shared.CentresOf(this, context));
    }

    /// <summary>A random partition, drawn anew for each start.</summary>
    private sealed record Drawn(int Round) : MixtureInitializer
    {
        private static readonly RandomPartitionInitializer _maker = new();

        public override string Name => _maker.Name;

        public override bool IsDeterministic => true;

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) => _maker.Start(context);
    }
}
