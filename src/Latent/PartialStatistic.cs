using System.Numerics.Tensors;
using Latent.Engine;

namespace Latent;

/// <summary>
/// The E-step of part of the data, to be put together elsewhere: whole subtrees of the fixed reduction tree, each a statistic and, last, its log-likelihood. Parts of one data
/// set join to the bits of a sweep over all of it, whatever their number; statistics of different data sets are added.
/// </summary>
public sealed class PartialStatistic
{
    private readonly SortedDictionary<int, double[]> _nodes;

    /// <summary>A statistic as it was stored.</summary>
    /// <param name="chunks">The chunks of the whole data set.</param>
    /// <param name="length">The length of the model's statistic.</param>
    /// <param name="parts">Into how many parts the data set was divided.</param>
    /// <param name="present">Which of them are here, from 1.</param>
    /// <param name="nodes">The subtrees by number (the root is 1, the children of n are 2n and 2n+1), each of <paramref name="length"/> + 1 values.</param>
    /// <exception cref="ArgumentException">Numbers or lengths that do not fit each other.</exception>
    public PartialStatistic(int chunks, int length, int parts, IReadOnlyList<int> present, IEnumerable<KeyValuePair<int, double[]>> nodes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        ArgumentNullException.ThrowIfNull(present);
        Chunks = chunks;
        Length = length;
        Parts = parts;
        Present = [.. present.Order()];
        _nodes = new SortedDictionary<int, double[]>(new Dictionary<int, double[]>(nodes));
        foreach ((int node, double[] values) in _nodes)
        {
            if (node < 1 || values.Length != length + 1)
            {
                throw new ArgumentException($"Expected nodes of {length + 1} values numbered from 1, found {values?.Length ?? 0} values at node {node}.", nameof(nodes));
            }
        }
        int odd = Present.FirstOrDefault(part => part < 1 || part > parts, 0);
        if (odd != 0 || Present.Distinct().Count() != Present.Count)
        {
            throw new ArgumentException($"Expected different parts from 1 to {parts}, found {string.Join(", ", Present)}.", nameof(present));
        }
    }

    /// <summary>The chunks of the whole data set.</summary>
    public int Chunks { get; }

    /// <summary>The length of the model's statistic.</summary>
    public int Length { get; }

    /// <summary>Into how many parts the data set was divided.</summary>
    public int Parts { get; }

    /// <summary>Which of them are here, from 1, in order.</summary>
    public IReadOnlyList<int> Present { get; }

    /// <summary>The subtrees, by number: each the statistic, and last the log-likelihood.</summary>
    public IReadOnlyDictionary<int, double[]> Nodes => _nodes;

    /// <summary>Whether all parts are here.</summary>
    public bool IsComplete => Present.Count == Parts;

    /// <summary>The E-step of one part of the data.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">All of the data: which chunks belong to a part depends on the whole.</param>
    /// <param name="parameters">θ.</param>
    /// <param name="part">The part, from 1.</param>
    /// <param name="parts">The number of parts.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="NumericalException">The log-likelihood is not finite.</exception>
    public static PartialStatistic Collect<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters parameters, int part = 1, int parts = 1, int threads = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(parts);
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, parts);
        Dictionary<int, double[]> nodes = new Reduction<TParameters, TChunk>(model, data, EmOptions.ThreadsOrAll(threads)).Part(part - 1, parts, parameters, cancellation);
        foreach (double[] values in nodes.Values)
        {
            if (!double.IsFinite(values[^1]))
            {
                throw new NumericalException($"Expected a finite log-likelihood, found {values[^1]}: the data have density zero, or overflow, under the model. Rescale the data, or begin elsewhere.");
            }
        }
        PartialStatistic collected = new(data.ChunkCount, model.StatisticLength, parts, [part], nodes);
        collected.Join();
        return collected;
    }

    /// <summary>
    /// Puts statistics together: parts of one data set by the tree they come from; those of different data sets, each complete, pairwise in the order given.
    /// </summary>
    /// <exception cref="ArgumentException">None, another length, parts of different divisions, or one part twice.</exception>
    public static PartialStatistic Merge(IReadOnlyList<PartialStatistic> statistics)
    {
        ArgumentNullException.ThrowIfNull(statistics);
        if (statistics.Count == 0)
        {
            throw new ArgumentException("Expected at least one statistic to merge, found none.", nameof(statistics));
        }
        PartialStatistic first = statistics[0];
        if (statistics.FirstOrDefault(other => other.Length != first.Length) is { } odd)
        {
            throw new ArgumentException($"Expected statistics of {first.Length} numbers like the first, found {odd.Length}.", nameof(statistics));
        }
        return statistics.All(one => one.IsComplete) ? MergeWholes(statistics) : MergeParts(statistics);
    }

    /// <summary>The statistic of all the data, and its log-likelihood.</summary>
    /// <exception cref="InvalidOperationException">Parts are missing.</exception>
    public (double[] Statistic, double LogLikelihood) Total()
    {
        if (!IsComplete)
        {
            string missing = string.Join(", ", Enumerable.Range(1, Parts).Except(Present));
            throw new InvalidOperationException($"Expected all {Parts} parts of the data, found none of part {missing}. Accumulate and merge what is missing.");
        }
        return _nodes.TryGetValue(1, out double[]? root) ? ([.. root.AsSpan(0, Length)], root[^1]) : (new double[Length], 0);
    }

    private static PartialStatistic MergeParts(IReadOnlyList<PartialStatistic> statistics)
    {
        PartialStatistic first = statistics[0];
        List<int> present = [];
        Dictionary<int, double[]> nodes = [];
        foreach (PartialStatistic one in statistics)
        {
            if (one.Parts != first.Parts || one.Chunks != first.Chunks)
            {
                throw new ArgumentException(
                    $"Expected parts of one data set of {first.Chunks} chunks divided by {first.Parts}, found one of {one.Chunks} divided by {one.Parts}. Merge data sets when each is complete.", nameof(statistics));
            }
            if (one.Present.Intersect(present).Order().ToArray() is { Length: > 0 } twice)
            {
                throw new ArgumentException($"Expected each part once, found part {twice[0]} of {first.Parts} twice.", nameof(statistics));
            }
            present.AddRange(one.Present);
            foreach ((int node, double[] values) in one._nodes)
            {
                nodes.Add(node, values);
            }
        }
        PartialStatistic merged = new(first.Chunks, first.Length, first.Parts, present, nodes);
        merged.Join();
        return merged;
    }

    private static PartialStatistic MergeWholes(IReadOnlyList<PartialStatistic> statistics)
    {
        double[][] sums = [.. statistics.Select(one => one.Total() is var (values, likelihood) ? (double[])[.. values, likelihood] : [])];
        for (int count = sums.Length; count > 1; count = (count + 1) / 2)
        {
            for (int pair = 0; pair < count / 2; pair++)
            {
                TensorPrimitives.Add(sums[2 * pair], sums[2 * pair + 1], sums[2 * pair]);
                sums[pair] = sums[2 * pair];
            }
            if (count % 2 == 1)
            {
                sums[count / 2] = sums[count - 1];
            }
        }
        return new PartialStatistic(statistics.Sum(one => one.Chunks), statistics[0].Length, 1, [1], [new(1, sums[0])]);
    }

    /// <summary>Joins siblings as the tree does, so that little is left to store.</summary>
    private void Join()
    {
        ReductionTree tree = new(Chunks, Length);
        for (int node = 2 * tree.Width - 1; node > 1; node--)
        {
            int left = node & ~1;
            if (!_nodes.TryGetValue(left, out double[]? values))
            {
                continue;
            }
            if (tree.IsEmpty(left + 1))
            {
                _nodes.Remove(left);
                _nodes.Add(left / 2, values);
            }
            else if (_nodes.TryGetValue(left + 1, out double[]? right))
            {
                double[] sum = new double[values.Length];
                TensorPrimitives.Add(values, right, sum);
                _nodes.Remove(left);
                _nodes.Remove(left + 1);
                _nodes.Add(left / 2, sum);
            }
        }
    }
}
