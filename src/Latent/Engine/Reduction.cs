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
        double[] root = _communicator is null ? Sum(1, parameters, cancellation) : SumAcrossRanks(_communicator, parameters);
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
                nodes.Add(slots + slot, Sum(slots + slot, parameters, cancellation));
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
                double[] node = Sum(slots + slot, parameters, CancellationToken.None);
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

    private double[] Sum(int top, TParameters parameters, CancellationToken cancellation)
    {
        (int first, int last) = _tree.LeavesBelow(top);
        int workers = Math.Min(_threads, last - first);
        Array.Clear(_waiting);
        double[]? root = null;
        int next = first - 1;

        void Work(int worker)
        {
            int leaf;
            while ((leaf = Interlocked.Increment(ref next)) < last)
            {
                double[] sum = Leaf(leaf, parameters, cancellation);
                if (Climb(_tree.Width + leaf, top, sum) is { } finished)
                {
                    root = finished;
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
        return root!;
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

    /// <summary>Joins a finished node with its sibling when that is there, and goes on upwards; returns the sum of <paramref name="top"/> when this reaches it.</summary>
    private double[]? Climb(int node, int top, double[] sum)
    {
        while (node != top)
        {
            int sibling = node ^ 1;
            if (!_tree.IsEmpty(sibling))
            {
                if (Interlocked.CompareExchange(ref _waiting[node >> 1], sum, null) is not { } other)
                {
                    return null;
                }
                (double[] left, double[] right) = (node & 1) == 0 ? (sum, other) : (other, sum);
                TensorPrimitives.Add(left, right, left);
                _buffers.Add(right);
                sum = left;
            }
            node >>= 1;
        }
        return sum;
    }

    private double[] Rent() => _buffers.TryTake(out double[]? buffer) ? buffer : new double[_model.StatisticLength + 1];
}
