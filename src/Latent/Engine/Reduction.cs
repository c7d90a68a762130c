using System.Collections.Concurrent;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.ExceptionServices;

namespace Latent.Engine;

/// <summary>
/// One sweep over the data: the E-step of every chunk, summed over a fixed tree, so that the result has the same bits
/// for any number of threads and of processes.
/// </summary>
internal sealed class Reduction<TParameters, TChunk>
{
    // Ranks differ by at most one slot, whose messages only the ranks' borders cost.
    private const int SlotsPerMessenger = 16;

    private readonly IEmModel<TParameters, TChunk> _model;
    private readonly IWarmStart<TParameters, TChunk>? _warm;
    private double[]?[]? _states;
    private readonly IDataSource<TChunk> _source;
    private readonly ICommunicator? _communicator;
    private readonly int _threads;
    private readonly ReductionTree _tree;
    private readonly double[]?[] _waiting;
    private readonly ConcurrentBag<double[]> _buffers = [];

    public Reduction(IEmModel<TParameters, TChunk> model, IDataSource<TChunk> source, int threads, ICommunicator? communicator = null)
    {
        _model = model;
        _warm = model as IWarmStart<TParameters, TChunk>;
        _source = source;
        _communicator = communicator is { Size: > 1 } ? communicator : null;
        _threads = threads;
        _tree = new ReductionTree(source.ChunkCount, model.StatisticLength);
        _waiting = new double[]?[2 * _tree.Width];
    }

    /// <summary>
    /// Sets <paramref name="statistic"/> to the expected statistic under <paramref name="parameters"/> and returns the log-likelihood.
    /// </summary>
    public double Evaluate(TParameters parameters, Span<double> statistic, CancellationToken cancellation)
    {
        if (_tree.Leaves == 0)
        {
            statistic.Clear();
            return 0;
        }
        double[] root = _communicator switch
        {
            null => Sum(1, 0, 1, parameters, cancellation)[0]!,
            IMessenger messenger => SumByMessages(messenger, parameters),
            _ => SumAcrossRanks(_communicator, parameters),
        };
        root.AsSpan(0, statistic.Length).CopyTo(statistic);
        double objective = root[^1];
        _buffers.Add(root);
        return objective;
    }

    /// <summary>The sums of those nodes of one level of the tree that belong to one of so many parts: the log-likelihood is last.</summary>
    public Dictionary<int, double[]> Part(int part, int parts, TParameters parameters, CancellationToken cancellation)
    {
        Dictionary<int, double[]> nodes = [];
        int slots = Math.Min(_tree.Width, (int)BitOperations.RoundUpToPowerOf2((uint)parts * 4));
        for (int slot = 0; slot < slots && _tree.Leaves > 0; slot++)
        {
            if ((long)slot * parts / slots == part && !_tree.IsEmpty(slots + slot))
            {
                nodes.Add(slots + slot, Sum(slots, slot, slot + 1, parameters, cancellation)[0]!);
            }
        }
        return nodes;
    }

    /// <summary>Whether sweeps start from scratch although the model could go on from the last one.</summary>
    public bool IsFresh => _warm is not null && _states is null;

    /// <summary>From the next sweep on, which is the last to start from scratch, sweeps go on where the last one stopped.</summary>
    public void KeepStates() => _states = new double[]?[_source.ChunkCount];

    /// <summary>From now on sweeps go on from states of an earlier run.</summary>
    public void KeepStates(double[][] states) => _states = Array.ConvertAll(states, state => state.Length == 0 ? null : (double[])state.Clone());

    /// <summary>What sweeps go on from, empty for chunks of other ranks; null while they start from scratch.</summary>
    public double[][]? States => _states is null ? null : Array.ConvertAll(_states, state => state is null ? [] : (double[])state.Clone());

    /// <summary>Whether other processes have part of the data.</summary>
    public bool IsShared => _communicator is not null;

    /// <summary>Whether any rank says so: clocks and callers differ, but ranks must stop together.</summary>
    public bool AnyRank(bool own)
    {
        if (_communicator is null)
        {
            return own;
        }
        double[] said = new double[_communicator.Size];
        said[_communicator.Rank] = own ? 1 : 0;
        _communicator.Sum(said);
        return said.AsSpan().ContainsAnyExcept(0.0);
    }

    /// <summary>
    /// Every rank sums whole nodes of one level of the tree; the level's slots, each filled by one rank and zero elsewhere, are
    /// summed exactly whatever the transport's order, and the levels above are joined alike by every rank.
    /// </summary>
    /// <remarks>A sweep that one rank left would leave the others waiting: ranks are cancelled between sweeps.</remarks>
    private double[] SumAcrossRanks(ICommunicator communicator, TParameters parameters)
    {
        int slots = Math.Min(_tree.Width, (int)BitOperations.RoundUpToPowerOf2((uint)communicator.Size * 4));
        int length = _model.StatisticLength + 1;
        double[] level = new double[slots * length];
        for (int slot = 0; slot < slots; slot++)
        {
            if ((long)slot * communicator.Size / slots == communicator.Rank && !_tree.IsEmpty(slots + slot))
            {
                double[] node = Sum(slots, slot, slot + 1, parameters, CancellationToken.None)[0]!;
                node.CopyTo(level.AsSpan(slot * length));
                _buffers.Add(node);
            }
        }
        communicator.Sum(level);
        for (int width = slots / 2; width > 0; width /= 2)
        {
            for (int node = 0; node < width; node++)
            {
                Span<double> joined = level.AsSpan(node * length, length);
                level.AsSpan(2 * node * length, length).CopyTo(joined);
                if (!_tree.IsEmpty(2 * (width + node) + 1))
                {
                    TensorPrimitives.Add(joined, level.AsSpan((2 * node + 1) * length, length), joined);
                }
            }
        }
        double[] root = Rent();
        level.AsSpan(0, length).CopyTo(root);
        return root;
    }

    /// <summary>
    /// Every rank sums its share of the nodes of one level; from there on upwards the owner of a right child sends it to the owner of the left, who joins them. Rank 0 comes to have the root, and hands
    /// it to all.
    /// </summary>
    /// <remarks>Within a level messages go to lower ranks, and a rank sends before it receives: nobody waits in a circle.</remarks>
    private double[] SumByMessages(IMessenger messenger, TParameters parameters)
    {
        int slots = Math.Min(_tree.Width, (int)BitOperations.RoundUpToPowerOf2((uint)messenger.Size * SlotsPerMessenger));
        int[] owners = [.. Enumerable.Range(0, slots).Select(slot => (int)((long)slot * messenger.Size / slots))];
        int first = Array.IndexOf(owners, messenger.Rank);
        double[]?[] nodes = new double[]?[slots];
        if (first >= 0)
        {
            Sum(slots, first, Array.LastIndexOf(owners, messenger.Rank) + 1, parameters, CancellationToken.None).CopyTo(nodes, first);
        }
        for (int width = slots / 2; width > 0; width /= 2)
        {
            for (int node = 0; node < width; node++)
            {
                (int left, int right) = (owners[2 * node], owners[2 * node + 1]);
                double[]? sum = nodes[2 * node];
                if (!_tree.IsEmpty(2 * (width + node) + 1))
                {
                    if (right == messenger.Rank && left != right)
                    {
                        messenger.Send(left, nodes[2 * node + 1]);
                        _buffers.Add(nodes[2 * node + 1]!);
                    }
                    else if (left == messenger.Rank)
                    {
                        double[] other = left == right ? nodes[2 * node + 1]! : Rent();
                        if (left != right)
                        {
                            messenger.Receive(right, other);
                        }
                        TensorPrimitives.Add(sum!, other, sum!);
                        _buffers.Add(other);
                    }
                }
                (nodes[node], owners[node]) = (sum, left);
            }
        }
        double[] root = messenger.Rank == 0 ? nodes[0]! : Rent();
        messenger.Broadcast(root);
        return root;
    }

    /// <summary>The sums of some nodes of one level of the tree; null for those without leaves.</summary>
    private double[]?[] Sum(int level, int firstSlot, int lastSlot, TParameters parameters, CancellationToken cancellation)
    {
        int first = _tree.LeavesBelow(level + firstSlot).First;
        int last = _tree.LeavesBelow(level + lastSlot - 1).Last;
        int workers = Math.Min(_threads, last - first);
        Array.Clear(_waiting);
        double[]?[] tops = new double[]?[lastSlot - firstSlot];
        int next = first - 1;

        void Work(int worker)
        {
            int leaf;
            while ((leaf = Interlocked.Increment(ref next)) < last)
            {
                double[] sum = Leaf(leaf, parameters, cancellation);
                (int node, double[]? finished) = Climb(_tree.Width + leaf, level, sum);
                if (finished is not null)
                {
                    tops[node - level - firstSlot] = finished;
                }
            }
        }

        if (workers <= 1)
        {
            Work(0);
        }
        else
        {
            try
            {
                Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
            }
            catch (AggregateException failures)
            {
                ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
            }
        }
        return tops;
    }

    private double[] Leaf(int leaf, TParameters parameters, CancellationToken cancellation)
    {
        double[] sum = Rent();
        Array.Clear(sum);
        Span<double> statistic = sum.AsSpan(0, sum.Length - 1);
        (int first, int last) = _tree.Chunks(leaf);
        for (int chunk = first; chunk < last; chunk++)
        {
            cancellation.ThrowIfCancellationRequested();
            sum[^1] += Expect(parameters, chunk, statistic);
        }
        return sum;
    }

    private double Expect(TParameters parameters, int index, Span<double> statistic)
    {
        TChunk chunk = _source.GetChunk(index);
        return _states is null
            ? _model.Expect(parameters, chunk, statistic)
            : _warm!.Expect(parameters, chunk, statistic, _states[index] ??= new double[_warm.StateLength(chunk)]);
    }

    /// <summary>Joins a finished node with its sibling when that is there, and goes on upwards; returns the node of a level, and its sum, when this reaches it.</summary>
    private (int Node, double[]? Sum) Climb(int node, int level, double[] sum)
    {
        while (node >= 2 * level)
        {
            int sibling = node ^ 1;
            if (!_tree.IsEmpty(sibling))
            {
                if (Interlocked.CompareExchange(ref _waiting[node >> 1], sum, null) is not { } other)
                {
                    return (node, null);
                }
                (double[] left, double[] right) = (node & 1) == 0 ? (sum, other) : (other, sum);
                TensorPrimitives.Add(left, right, left);
                _buffers.Add(right);
                sum = left;
            }
            node >>= 1;
        }
        return (node, sum);
    }

    private double[] Rent() => _buffers.TryTake(out double[]? buffer) ? buffer : new double[_model.StatisticLength + 1];
}
