using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// Forward–backward of a hidden semi-Markov model, with the buffers of one thread. A state and its age are together a Markov chain, whose vectors of S·D values move one age
/// up with every step: O(S·(S + D)) per step [Guedon2003], all terms positive, and no window of steps that could under- or overflow. The last stay of a sequence is cut off by its end.
/// Sequences that fit the buffers go through them together; a longer one keeps α at the borders of its blocks alone, and each block is done again on the way back.
/// </summary>
internal sealed partial class SojournPass<TComponent> : IChainPass<TComponent>
{
    /// <summary>Doubles of α that stay in the cache.</summary>
    private const int BufferLength = 1 << 16;

    /// <summary>Doubles that may be kept at the borders of blocks before blocks are made longer.</summary>
    private const long MostKept = 1 << 22;

    private const double LogTwo = 0.6931471805599453;

    private readonly int _states;
    private readonly int _width;
    private readonly int _row;
    private readonly int _capacity;
    private readonly EmissionTiles<TComponent> _tiles;
    private readonly AlignedBuffer _after;
    private readonly AlignedBuffer _pairs;
    private readonly AlignedBuffer _ends;
    private readonly AlignedBuffer _stays;
    private readonly double[] _ended;
    private readonly double[] _entering;
    private readonly LogSojourns _logarithms;
    private readonly Lazy<SojournPaths<TComponent>> _paths;
    private AlignedBuffer _densities = new(0);
    private AlignedBuffer _greatest = new(0);
    private AlignedBuffer _posteriors = new(0);
    private AlignedBuffer _alpha = new(0);
    private AlignedBuffer _beta;
    private AlignedBuffer _later;
    private double[] _scales = [];
    private double[] _kept = [];
    private double[] _totals = [];
    private double[] _held = [];
    private SojournTables? _tables;
    private double _afterScale;
    private double _afterTotal;
    private double _betaTotal;

    /// <param name="tiles">The emissions.</param>
    /// <param name="states">S.</param>
    /// <param name="tables">Hazards like those to come.</param>
    public SojournPass(EmissionTiles<TComponent> tiles, int states, SojournTables tables)
    {
        _states = states;
        _width = ChainMatrices.WidthOf(states);
        _row = states * tables.Stride;
        _capacity = Math.Max(RowTile.Capacity, BufferLength / _row / RowTile.Capacity * RowTile.Capacity);
        _tiles = tiles;
        _after = new AlignedBuffer(_width);
        _pairs = new AlignedBuffer(_width * _width);
        _ends = new AlignedBuffer(states * tables.Padded);
        _stays = new AlignedBuffer(states * tables.Padded);
        _beta = new AlignedBuffer(_row);
        _later = new AlignedBuffer(_row);
        _ended = new double[states];
        _entering = new double[states];
        _logarithms = new LogSojourns(states, _width);
        _paths = new Lazy<SojournPaths<TComponent>>(() => new SojournPaths<TComponent>(tiles, states));
        Reserve(_capacity);
    }

    /// <inheritdoc/>
    public double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, Span<double> statistic, double power)
    {
        SojournStatistic sums = new(statistic, _states, parameters.Sojourns.Ages);
        if (double.IsPositiveInfinity(power))
        {
            return _paths.Value.Expect(parameters, chunk, sums);
        }
        ChainMatrices chain = Load(parameters, power);
        _pairs.Span.Clear();
        _ends.Span.Clear();
        _stays.Span.Clear();
        double sum = 0;
        ReadOnlySpan<int> offsets = chunk.Offsets;
        int sequence = 0;
        while (sequence < chunk.Sequences)
        {
            int first = sequence;
            while (sequence < chunk.Sequences && offsets[sequence + 1] - offsets[first] <= _capacity)
            {
                sequence++;
            }
            sum += sequence > first
                ? Together(parameters, chain, chunk, first, sequence, sums, power)
                : Long(parameters, chain, chunk, sequence++, sums, power);
        }
        sums.Chain.AddPairs(chain, _pairs.Span);
        sums.AddStays(_tables!, _ends.Span, _stays.Span);
        return sum;
    }

    /// <inheritdoc/>
    public double LogLikelihood(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence) => Posteriors(parameters, chunk, sequence, (_, _, _, _) => { });

    /// <inheritdoc/>
    public double Posteriors(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, PosteriorVisitor visitor)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        ChainMatrices chain = Load(parameters, 1);
        return Alone(parameters, chain, chunk, start, length, 1, 1, default, visitor, logarithms: false)
            ?? Alone(parameters, chain, chunk, start, length, 1, 1, default, visitor, logarithms: true)!.Value;
    }

    /// <inheritdoc/>
    public void Filter(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, int ahead, FilterVisitor visitor)
    {
        (int start, int length) = Range(chunk, sequence);
        _logarithms.Load(Load(parameters, 1), _tables!);
        double[] row = new double[_row];
        double[] next = new double[_row];
        double[] each = new double[_states];
        double before = 0;
        for (int step = 0; step < length + ahead; step++)
        {
            int at = step % _capacity;
            if (at == 0)
            {
                _densities.Span.Clear();
            }
            if (at == 0 && step < length)
            {
                _tiles.Densities(parameters, chunk, start + step, Math.Min(_capacity, length - step), _densities.Span, _greatest.Span, logarithms: true, 1);
            }
            if (step >= length)
            {
                _densities.Span.Slice(at * _width, _width).Clear();
            }
            double total = _logarithms.Advance(row, _densities.Span.Slice(at * _width, _width), step, next);
            _logarithms.Total(next, step, each);
            visitor(step, each, total, before);
            before = total;
            (row, next) = (next, row);
        }
    }

    /// <inheritdoc/>
    public double Path(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<int> path) => _paths.Value.Path(parameters, chunk, sequence, path);

    private static (int Start, int Length) Range(in SequenceChunk chunk, int sequence) =>
        (chunk.Offsets[sequence], chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]);

    private ChainMatrices Load(HiddenMarkov<TComponent> parameters, double power)
    {
        _tables = power == 1 ? parameters.Sojourns : parameters.Sojourns.Raise(power);
        return power == 1 ? parameters.Chain : HiddenMarkovModel<TComponent>.Raise(parameters, power);
    }

    /// <summary>Sequences that fit the buffers together.</summary>
    private double Together(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int first, int end, SojournStatistic statistic, double power)
    {
        int start = chunk.Offsets[first];
        int count = chunk.Offsets[end] - start;
        _tiles.Densities(parameters, chunk, start, count, _densities.Span, _greatest.Span, logarithms: false, power);
        double sum = 0;
        List<int>? failed = null;
        for (int sequence = first; sequence < end; sequence++)
        {
            (int from, int length) = Range(chunk, sequence);
            double weight = chunk.Weight(sequence);
            Span<double> posteriors = _posteriors.Span.Slice((from - start) * _width, length * _width);
            posteriors.Clear();
            if (weight == 0 || length == 0)
            {
                continue;
            }
            ReadOnlySpan<double> densities = _densities.Span.Slice((from - start) * _width, length * _width);
            double total = 0;
            long exponents = 0;
            Hold(default);
            if (!Forward(chain, densities, length, 0, [], ref total, ref exponents) || !Backward(chain, densities, posteriors, length, 0, length - 1, weight))
            {
                // Underflow may show only on the way back, when a part is in the sums already: they are put back then.
                Restore(default);
                posteriors.Clear();
                (failed ??= []).Add(sequence);
                continue;
            }
            statistic.Chain.AddInitial(posteriors[.._states]);
            sum += weight * (Elementary.Log(total) + exponents * LogTwo + Sum(_greatest.Span.Slice(from - start, length)));
        }
        _tiles.Accumulate(parameters, chunk, start, count, _posteriors.Span[..(count * _width)], statistic.Chain.Occupancy, statistic.Chain.Emissions);
        for (int index = 0; failed is not null && index < failed.Count; index++)
        {
            sum += InLogarithms(parameters, chain, chunk, failed[index], statistic, power);
        }
        return sum;
    }

    /// <summary>A sequence that is longer than the buffers.</summary>
    private double Long(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int sequence, SojournStatistic statistic, double power)
    {
        (int start, int length) = Range(chunk, sequence);
        double weight = chunk.Weight(sequence);
        if (weight == 0)
        {
            return 0;
        }
        Hold(statistic.All);
        if (Alone(parameters, chain, chunk, start, length, weight, power, statistic, null, logarithms: false) is { } found)
        {
            return weight * found;
        }
        Restore(statistic.All);
        return InLogarithms(parameters, chain, chunk, sequence, statistic, power);
    }

    private double InLogarithms(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int sequence, SojournStatistic statistic, double power)
    {
        (int start, int length) = Range(chunk, sequence);
        double weight = chunk.Weight(sequence);
        return weight * Alone(parameters, chain, chunk, start, length, weight, power, statistic, null, logarithms: true)!.Value;
    }

    private void Hold(ReadOnlySpan<double> statistic)
    {
        int length = _pairs.Length + _ends.Length + _stays.Length;
        if (_held.Length < length + statistic.Length)
        {
            _held = new double[length + statistic.Length];
        }
        _pairs.Span.CopyTo(_held);
        _ends.Span.CopyTo(_held.AsSpan(_pairs.Length));
        _stays.Span.CopyTo(_held.AsSpan(_pairs.Length + _ends.Length));
        statistic.CopyTo(_held.AsSpan(length));
    }

    private void Restore(Span<double> statistic)
    {
        _held.AsSpan(0, _pairs.Length).CopyTo(_pairs.Span);
        _held.AsSpan(_pairs.Length, _ends.Length).CopyTo(_ends.Span);
        _held.AsSpan(_pairs.Length + _ends.Length, _stays.Length).CopyTo(_stays.Span);
        _held.AsSpan(_pairs.Length + _ends.Length + _stays.Length, statistic.Length).CopyTo(statistic);
    }

    private void Reserve(int steps)
    {
        if (_scales.Length >= steps)
        {
            return;
        }
        _densities = new AlignedBuffer((steps + RowTile.Capacity) * _width);
        _greatest = new AlignedBuffer(steps + RowTile.Capacity);
        _posteriors = new AlignedBuffer(steps * _width);
        _alpha = new AlignedBuffer(checked(steps * _row));
        _scales = new double[steps];
    }

    private static double Sum(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }
        return sum;
    }
}
