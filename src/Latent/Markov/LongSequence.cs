using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The E-step of one sequence that is longer than a segment, on several threads: the recursions go through its segments in order, one thread's work, while others find the densities of
/// the segments ahead and add up the statistics of those behind. Segments have sums of their own, joined in order: the same bits for any number of threads.
/// </summary>
internal sealed class LongSequence<TComponent>
{
    // Buffers are in use for three purposes at once: densities ahead, recursions, statistics behind.
    private const int Sets = 3;

    private const int MostPerWave = 8;

    private const double LogTwo = 0.6931471805599453;

    private readonly int _states;
    private readonly int _width;
    private readonly int _capacity;
    private readonly int _threads;
    private readonly int _wave;
    private readonly Segment[] _segments;
    private readonly AlignedBuffer _border;
    private double[] _checkpoints = [];

    public LongSequence(IFamily<TComponent, RowTile> family, int columns, int states, int capacity, int statisticLength, int threads, int[]? first)
    {
        _states = states;
        _width = ChainMatrices.WidthOf(states);
        _capacity = capacity;
        _threads = threads;
        _wave = Math.Min(threads, MostPerWave);
        _segments = [.. Enumerable.Range(0, threads > 1 ? Sets * _wave : 1).Select(_ => new Segment(family, columns, states, capacity, statisticLength, first))];
        _border = new AlignedBuffer(_width);
    }

    /// <summary>Adds the expected statistic and the products of α and β; returns the log-likelihood, or null where something underflows and the sums are of no use.</summary>
    public double? Expect(Passage passage, MarkovStatistic statistic, Span<double> pairs)
    {
        int count = (passage.Length + _capacity - 1) / _capacity;
        if (_checkpoints.Length < count * _width)
        {
            _checkpoints = new double[count * _width];
        }
        return Forward(passage, count) is { } logLikelihood && Backward(passage, count, statistic, pairs) ? logLikelihood : null;
    }

    private double? Forward(Passage passage, int count)
    {
        double sum = 0;
        long exponents = 0;
        Span<double> before = _border.Span;
        Task? ahead = null;
        for (int place = 0; place < count; place += _wave)
        {
            Wait(ahead ?? Prepare(passage, place, count, backwards: false));
            ahead = _threads > 1 && place + _wave < count ? Prepare(passage, place + _wave, count, backwards: false) : null;
            for (int index = place; index < Math.Min(place + _wave, count); index++)
            {
                Segment own = At(index);
                Span<double> alpha = own.Alpha.Span[..(own.Count * _width)];
                if (!ChainKernel.Run(passage.Chain, 0, own.Densities.Span, own.Count, index * _capacity, before, alpha, own.Scales.Span, [], [], out long exponent, Simd.Level))
                {
                    Wait(ahead ?? Task.CompletedTask);
                    return null;
                }
                foreach (double greatest in own.Greatest.Span[..own.Count])
                {
                    sum += greatest;
                }
                exponents += exponent;
                alpha[^_width..].CopyTo(before);
                before.CopyTo(_checkpoints.AsSpan(index * _width, _width));
            }
        }
        double end = 0;
        foreach (double value in before[.._states])
        {
            end += value;
        }
        return Elementary.Log(end) + exponents * LogTwo + sum;
    }

    private bool Backward(Passage passage, int count, MarkovStatistic statistic, Span<double> pairs)
    {
        Queue<(int Place, Task Work)> behind = new();
        Task? ahead = null;
        Span<double> after = [];
        bool fine = true;
        for (int place = 0; place < count && fine; place += _wave)
        {
            Wait(ahead ?? Prepare(passage, place, count, backwards: true));
            while (behind.Count > 1)
            {
                fine &= Join(behind.Dequeue(), count, statistic, pairs);
            }
            ahead = _threads > 1 && place + _wave < count ? Prepare(passage, place + _wave, count, backwards: true) : null;
            for (int turn = place; turn < Math.Min(place + _wave, count) && fine; turn++)
            {
                Segment own = At(turn);
                int index = count - 1 - turn;
                ReadOnlySpan<double> before = index == 0 ? [] : _checkpoints.AsSpan((index - 1) * _width, _width);
                Span<double> beta = own.Beta.Span[..((own.Count + 1) * _width)];
                fine = ChainKernel.Run(
                    passage.Chain, 0, own.Densities.Span, own.Count, index * _capacity, before, own.Alpha.Span[..(own.Count * _width)], own.Scales.Span, after, beta, out _, Simd.Level);
                after = _border.Span;
                for (int state = 0; state < _width; state++)
                {
                    after[state] = own.Densities.Span[state] * beta[state];
                }
            }
            if (fine)
            {
                behind.Enqueue((place, Finish(passage, place, count)));
            }
            while (behind.Count > 0 && _threads == 1)
            {
                fine &= Join(behind.Dequeue(), count, statistic, pairs);
            }
        }
        Wait(ahead ?? Task.CompletedTask);
        while (behind.Count > 0)
        {
            fine &= Join(behind.Dequeue(), count, statistic, pairs);
        }
        return fine;
    }

    /// <summary>Finds the densities of a wave of segments.</summary>
    private Task Prepare(Passage passage, int place, int count, bool backwards) => Each(place, count, turn =>
    {
        Segment own = At(turn);
        int first = (backwards ? count - 1 - turn : turn) * _capacity;
        own.Count = Math.Min(_capacity, passage.Length - first);
        own.Tiles.Densities(passage.Parameters, passage.Chunk, passage.Start + first, own.Count, own.Densities.Span, own.Greatest.Span, logarithms: false, passage.Power);
    });

    /// <summary>Turns α and β of a wave of segments into their statistics.</summary>
    private Task Finish(Passage passage, int place, int count) => Each(place, count, turn =>
    {
        Segment own = At(turn);
        int index = count - 1 - turn;
        Span<double> densities = own.Densities.Span;
        Span<double> alpha = own.Alpha.Span[..(own.Count * _width)];
        Span<double> beta = own.Beta.Span[..((own.Count + 1) * _width)];
        own.Pairs.Span.Clear();
        own.Statistic.AsSpan().Clear();
        own.Failed = !ChainKernel.Combine(_width, densities, own.Count, alpha, own.Scales.Span, beta, passage.Weight, own.First.Span, Simd.Level);
        if (own.Failed)
        {
            return;
        }
        if (index > 0)
        {
            ChainProducts.Add(_checkpoints.AsSpan((index - 1) * _width, _width), beta, 1, _width, own.Pairs.Span, Simd.Level);
        }
        ChainProducts.Add(alpha, beta[_width..], own.Count - 1, _width, own.Pairs.Span, Simd.Level);
        MarkovStatistic sums = new(own.Statistic, _states);
        ReadOnlySpan<double> posteriors = densities[..(own.Count * _width)];
        own.Tiles.Accumulate(passage.Parameters, passage.Chunk, passage.Start + index * _capacity, own.Count, posteriors, sums.Occupancy, sums.Emissions);
        if (index == 0)
        {
            sums.AddInitial(posteriors[.._states]);
        }
    });

    private bool Join((int Place, Task Work) wave, int count, MarkovStatistic statistic, Span<double> pairs)
    {
        Wait(wave.Work);
        bool fine = true;
        for (int turn = wave.Place; turn < Math.Min(wave.Place + _wave, count); turn++)
        {
            Segment own = At(turn);
            fine &= !own.Failed;
            Add(own.Statistic, statistic.All);
            Add(own.Pairs.Span, pairs);
        }
        return fine;
    }

    private Task Each(int place, int count, Action<int> work)
    {
        int end = Math.Min(place + _wave, count);
        if (_threads > 1)
        {
            return Task.Run(() => Parallel.For(place, end, new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, _threads / 2) }, work));
        }
        for (int turn = place; turn < end; turn++)
        {
            work(turn);
        }
        return Task.CompletedTask;
    }

    private Segment At(int turn) => _segments[turn % _segments.Length];

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static void Add(ReadOnlySpan<double> values, Span<double> sums)
    {
        for (int index = 0; index < values.Length; index++)
        {
            sums[index] += values[index];
        }
    }

    /// <summary>A sequence on its way through the recursions.</summary>
    /// <param name="Parameters">The parameters.</param>
    /// <param name="Chain">Their probabilities, raised to the power.</param>
    /// <param name="Chunk">The chunk.</param>
    /// <param name="Start">Its first step, in the chunk.</param>
    /// <param name="Length">Its steps.</param>
    /// <param name="Weight">Its weight.</param>
    /// <param name="Power">The power that densities are raised to.</param>
    public sealed record Passage(HiddenMarkov<TComponent> Parameters, ChainMatrices Chain, SequenceChunk Chunk, int Start, int Length, double Weight, double Power);

    /// <summary>The buffers of one segment.</summary>
    private sealed class Segment(IFamily<TComponent, RowTile> family, int columns, int states, int capacity, int statisticLength, int[]? first)
    {
        public EmissionTiles<TComponent> Tiles { get; } = new(family, columns, states, first);

        public AlignedBuffer Densities { get; } = new((capacity + RowTile.Capacity) * ChainMatrices.WidthOf(states));

        public AlignedBuffer Greatest { get; } = new(capacity + RowTile.Capacity);

        public AlignedBuffer Alpha { get; } = new(capacity * ChainMatrices.WidthOf(states));

        public AlignedBuffer Beta { get; } = new((capacity + 1) * ChainMatrices.WidthOf(states));

        public AlignedBuffer Scales { get; } = new(capacity);

        public AlignedBuffer First { get; } = new(ChainMatrices.WidthOf(states));

        public AlignedBuffer Pairs { get; } = new(ChainMatrices.WidthOf(states) * ChainMatrices.WidthOf(states));

        public double[] Statistic { get; } = new double[statisticLength];

        public int Count { get; set; }

        public bool Failed { get; set; }
    }
}
