using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The most probable path of hidden states, in logarithms [Viterbi1967], with the buffers of one thread. Among equal paths the one with the lower state, from the end.
/// </summary>
internal sealed class Viterbi<TComponent>
{
    private const int Steps = 1024;

    // Pointers that are kept at once, 8 MB: a longer sequence keeps the scores at the borders of its segments, and each segment is done again on the way back.
    private const int MostPointers = 1 << 22;

    private readonly int _states;
    private readonly int _width;
    private readonly int _span;
    private readonly EmissionTiles<TComponent> _tiles;
    private readonly AlignedBuffer _densities;
    private readonly AlignedBuffer _greatest;
    private readonly double[] _logInitial;
    private readonly LogTransitions _transitions;
    private double[] _score;
    private double[] _next;
    private ushort[] _from = [];
    private int[] _path = [];

    public Viterbi(IFamily<TComponent, RowTile> family, int columns, int states, int[]? first = null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(states, ushort.MaxValue);
        _states = states;
        _width = ChainMatrices.WidthOf(states);
        _span = Math.Max(1, MostPointers / states / Steps) * Steps;
        _tiles = new EmissionTiles<TComponent>(family, columns, states, first);
        _densities = new AlignedBuffer((Steps + RowTile.Capacity) * _width);
        _greatest = new AlignedBuffer(Steps + RowTile.Capacity);
        _logInitial = new double[states];
        _transitions = new LogTransitions(states);
        _score = new double[states];
        _next = new double[states];
    }

    /// <summary>The best path of one sequence and its joint log-probability with what was seen; −∞ when no path is possible, and the path is then of no use.</summary>
    public double Path(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<int> path)
    {
        (int start, int length) = Begin(parameters, chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        int segments = (length + _span - 1) / _span;
        double[] borders = new double[(segments - 1) * _states];
        for (int segment = 0; segment < segments; segment++)
        {
            Advance(parameters, chunk, start, segment, length, keep: segment == segments - 1);
            if (segment < segments - 1)
            {
                _score.CopyTo(borders, segment * _states);
            }
        }
        double best = Best(out int state);
        for (int segment = segments - 1; segment >= 0; segment--)
        {
            if (segment < segments - 1)
            {
                borders.AsSpan(Math.Max(0, segment - 1) * _states, segment == 0 ? 0 : _states).CopyTo(_score);
                Advance(parameters, chunk, start, segment, length, keep: true);
            }
            int first = segment * _span;
            for (int t = Math.Min(length, first + _span) - 1; t >= first; t--)
            {
                path[t] = state;
                state = _from[(t - first) * _states + state];
            }
        }
        return best;
    }

    /// <summary>The joint log-probability of the best path alone.</summary>
    public double LogProbability(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence)
    {
        (int start, int length) = Begin(parameters, chunk, sequence);
        for (int segment = 0; segment * (long)_span < length; segment++)
        {
            Advance(parameters, chunk, start, segment, length, keep: false);
        }
        return length == 0 ? 0 : Best(out _);
    }

    /// <summary>The E-step of Viterbi training: the statistic of the best paths, and their log-probabilities in sum.</summary>
    public double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, MarkovStatistic statistic)
    {
        double sum = 0;
        for (int sequence = 0; sequence < chunk.Sequences; sequence++)
        {
            int start = chunk.Offsets[sequence];
            int length = chunk.Offsets[sequence + 1] - start;
            double weight = chunk.Weight(sequence);
            if (length == 0 || weight == 0)
            {
                continue;
            }
            if (_path.Length < length)
            {
                _path = new int[length];
            }
            double best = Path(parameters, chunk, sequence, _path);
            sum += weight * best;
            if (double.IsFinite(best))
            {
                Add(parameters, chunk, start, _path.AsSpan(0, length), weight, statistic);
            }
        }
        return sum;
    }

    private void Add(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, ReadOnlySpan<int> path, double weight, MarkovStatistic statistic)
    {
        statistic.Initial[path[0]] += weight;
        for (int t = 1; t < path.Length; t++)
        {
            statistic.Transition[path[t - 1] * _states + path[t]] += weight;
        }
        _tiles.AccumulatePath(parameters, chunk, start, path, weight, _densities.Span, statistic);
    }

    private (int Start, int Length) Begin(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence)
    {
        Elementary.Log(parameters.Initial.AsSpan(), _logInitial);
        _transitions.Load(parameters.Transition.AsSpan(), _states, parameters.Logits);
        _transitions.At(chunk, chunk.Offsets[sequence]);
        return (chunk.Offsets[sequence], chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]);
    }

    private double Best(out int state)
    {
        state = 0;
        for (int other = 1; other < _states; other++)
        {
            state = _score[other] > _score[state] ? other : state;
        }
        return _score[state];
    }

    /// <summary>The scores at the end of a segment from those at the end of the one before.</summary>
    private void Advance(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int segment, int length, bool keep)
    {
        int first = segment * _span;
        int count = Math.Min(_span, length - first);
        int pointers = keep ? count * _states : _states;
        if (_from.Length < pointers)
        {
            _from = new ushort[pointers];
        }
        for (int done = 0; done < count; done += Steps)
        {
            int steps = Math.Min(Steps, count - done);
            _tiles.Densities(parameters, chunk, start + first + done, steps, _densities.Span, _greatest.Span, logarithms: true, 1);
            for (int t = 0; t < steps; t++)
            {
                Advance(first + done + t, _densities.Span.Slice(t * _width, _states), _from.AsSpan(keep ? (done + t) * _states : 0, _states));
            }
        }
    }

    private void Advance(int t, ReadOnlySpan<double> densities, Span<ushort> origins)
    {
        if (t == 0)
        {
            for (int state = 0; state < _states; state++)
            {
                _score[state] = _logInitial[state] + densities[state];
            }
            origins.Clear();
            return;
        }
        ReadOnlySpan<double> transition = _transitions.Into(t);
        ReadOnlySpan<double> row = transition[.._states];
        Span<double> next = _next;
        for (int to = 0; to < next.Length; to++)
        {
            next[to] = _score[0] + row[to];
        }
        origins.Clear();
        for (int from = 1; from < _states; from++)
        {
            row = transition.Slice(from * _states, _states);
            double score = _score[from];
            for (int to = 0; to < next.Length; to++)
            {
                double value = score + row[to];
                if (value > next[to])
                {
                    next[to] = value;
                    origins[to] = (ushort)from;
                }
            }
        }
        for (int to = 0; to < next.Length; to++)
        {
            next[to] += densities[to];
        }
        (_score, _next) = (_next, _score);
    }
}
