using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>Receives the posteriors of consecutive steps.</summary>
/// <param name="start">The first step, in the chunk.</param>
/// <param name="count">The number of steps.</param>
/// <param name="posteriors">Steps × width.</param>
/// <param name="width">The distance between the posteriors of two steps.</param>
internal delegate void PosteriorVisitor(int start, int count, ReadOnlySpan<double> posteriors, int width);

/// <summary>
/// Forward–backward over whole sequences, with the buffers of one thread. Sequences that fit the buffers go through them together; a longer one keeps α
/// at the borders of its segments alone, and each segment is done again on the way back. What underflows is done again in logarithms.
/// </summary>
internal sealed partial class ForwardBackward<TComponent>
{
    /// <summary>Doubles in each of the buffers for α, β and the densities: with a tile to spare, half a megabyte.</summary>
    private const int BufferLength = 1 << 16;

    private const double LogTwo = 0.6931471805599453;

    private static readonly PosteriorVisitor _nobody = (_, _, _, _) => { };

    private readonly int _states;
    private readonly int _width;
    private readonly int _capacity;
    private readonly EmissionTiles<TComponent> _tiles;
    private readonly AlignedBuffer _densities;
    private readonly AlignedBuffer _greatest;
    private readonly AlignedBuffer _alpha;
    private readonly AlignedBuffer _beta;
    private readonly AlignedBuffer _scales;
    private readonly AlignedBuffer _after;
    private readonly AlignedBuffer _pairs;
    private readonly StepTransitions? _steps;
    private readonly LogChain _logarithms;
    private readonly Lazy<LongSequence<TComponent>?> _long;
    private double[] _checkpoints = [];
    private double[] _held = [];

    /// <param name="family">The family of the emissions.</param>
    /// <param name="columns">Values per step.</param>
    /// <param name="states">S.</param>
    /// <param name="statisticLength">Doubles in the statistic of the model.</param>
    /// <param name="threads">Threads for a sequence that is longer than the buffers.</param>
    /// <param name="first">The first state that has the emission of each, where states share emissions; else null.</param>
    /// <param name="terms">The terms that transitions depend on; 0 where they do not.</param>
    public ForwardBackward(IFamily<TComponent, RowTile> family, int columns, int states, int statisticLength, int threads, int[]? first = null, int terms = 0)
    {
        _states = states;
        _width = ChainMatrices.WidthOf(states);
        _capacity = Math.Max(4 * RowTile.Capacity, BufferLength / (terms > 0 ? _width * _width : _width) / RowTile.Capacity * RowTile.Capacity);
        _tiles = new EmissionTiles<TComponent>(family, columns, states, first);
        _densities = new AlignedBuffer((_capacity + RowTile.Capacity) * _width);
        _greatest = new AlignedBuffer(_capacity + RowTile.Capacity);
        _alpha = new AlignedBuffer(_capacity * _width);
        _beta = new AlignedBuffer((_capacity + 1) * _width);
        _scales = new AlignedBuffer(_capacity);
        _after = new AlignedBuffer(_width);
        _steps = terms > 0 ? new StepTransitions(states, terms, _capacity) : null;
        _pairs = _steps?.Sums ?? new AlignedBuffer(_width * _width);
        _logarithms = new LogChain(states, _width);
        // A statistic that is longer than a segment would cost more to join than to add to.
        _long = new(() => statisticLength <= _capacity && _steps is null ? new LongSequence<TComponent>(family, columns, states, _capacity, statisticLength, threads, first) : null);
    }

    /// <summary>Steps that the buffers hold: a sequence of more is done in segments.</summary>
    public int Capacity => _capacity;

    /// <summary>The E-step of a chunk: adds the expected statistic and returns the log-likelihood; −∞ when a sequence is impossible, NaN when a density is none.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="statistic">The sums so far.</param>
    /// <param name="logits">The same of a chain that depends on covariates, with those of its logits; else empty.</param>
    /// <param name="power">The power that densities and probabilities are raised to; 1 for EM.</param>
    public double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, MarkovStatistic statistic, LogitStatistic logits, double power)
    {
        ChainMatrices chain = Load(parameters, power);
        _pairs.Span.Clear();
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
            if (sequence > first)
            {
                sum += Together(parameters, chain, chunk, first, sequence, statistic, logits, power);
            }
            else
            {
                sum += Alone(parameters, chain, chunk, sequence++, statistic, logits, power);
            }
        }
        if (_steps is null)
        {
            statistic.AddPairs(chain, _pairs.Span);
        }
        else
        {
            _steps.AddTo(logits);
        }
        return sum;
    }

    /// <summary>The log-likelihood of one sequence.</summary>
    public double LogLikelihood(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence)
    {
        (int start, int length) = Range(chunk, sequence);
        ChainMatrices chain = Load(parameters, 1);
        // Whether underflow has taken what matters shows on the way back only, unless it cannot.
        return length == 0 ? 0
            : (chain.Mixes ? Forward(parameters, chain, chunk, start, length, 1, null) : Segments(parameters, chain, chunk, start, length, 1, 1, default, _nobody))
                ?? LogForward(parameters, chain, chunk, start, length, 1, null);
    }

    /// <summary>The posteriors of every step of one sequence, from its last segment to its first. Returns the log-likelihood; where it is not finite, there are none.</summary>
    public double Posteriors(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, PosteriorVisitor visitor)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        ChainMatrices chain = Load(parameters, 1);
        return Segments(parameters, chain, chunk, start, length, 1, 1, default, visitor)
            ?? LogSegments(parameters, chain, chunk, start, length, 1, 1, default, _pairs.Span, default, visitor);
    }

    /// <summary>The expected transitions of one sequence under one matrix for all steps, which are added, and the posteriors of its steps. Returns as <see cref="Posteriors"/>.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="sequence">Which, by its index in the chunk.</param>
    /// <param name="transition">The sums so far, states × states.</param>
    /// <param name="visitor">Receives the posteriors, from the last segment to the first.</param>
    /// <param name="restart">Called where all that the visitor has received so far does not count.</param>
    public double Complete(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<double> transition, PosteriorVisitor visitor, Action restart)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        ChainMatrices chain = parameters.Chain;
        _pairs.Span.Clear();
        if (Segments(parameters, chain, chunk, start, length, 1, 1, default, visitor) is { } found)
        {
            MarkovStatistic.AddPairs(chain, _pairs.Span, _states, transition);
            return found;
        }
        restart();
        return LogSegments(parameters, chain, chunk, start, length, 1, 1, default, transition, default, visitor);
    }

    private static (int Start, int Length) Range(in SequenceChunk chunk, int sequence) =>
        (chunk.Offsets[sequence], chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]);

    /// <summary>Sequences that fit the buffers together.</summary>
    private double Together(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int first, int end, MarkovStatistic statistic, LogitStatistic logits, double power)
    {
        int start = chunk.Offsets[first];
        int count = chunk.Offsets[end] - start;
        Prepare(parameters, chunk, start, count, power);
        double sum = 0;
        List<int>? failed = null;
        for (int sequence = first; sequence < end; sequence++)
        {
            (int from, int length) = Range(chunk, sequence);
            double weight = chunk.Weight(sequence);
            Span<double> densities = _densities.Span.Slice((from - start) * _width, length * _width);
            if (weight == 0 || length == 0)
            {
                densities.Clear();
                continue;
            }
            Span<double> alpha = _alpha.Span[..(length * _width)];
            Span<double> beta = _beta.Span[..((length + 1) * _width)];
            Span<double> scales = _scales.Span[..length];
            if (!ChainKernel.Run(chain, from - start, densities, length, 0, [], alpha, scales, [], beta, out long exponent, Simd.Level))
            {
                densities.Clear();
                (failed ??= []).Add(sequence);
                continue;
            }
            double logLikelihood = End(alpha[^_width..]) + exponent * LogTwo + Sum(_greatest.Span.Slice(from - start, length));
            if (!ChainKernel.Combine(_width, densities, length, alpha, scales, beta, weight, _after.Span, Simd.Level))
            {
                densities.Clear();
                (failed ??= []).Add(sequence);
                continue;
            }
            AddPairs(alpha, beta[_width..], length - 1, from - start + 1);
            statistic.AddInitial(densities[.._states]);
            sum += weight * logLikelihood;
        }
        _tiles.Accumulate(parameters, chunk, start, count, _densities.Span[..(count * _width)], statistic.Occupancy, statistic.Emissions);
        for (int index = 0; failed is not null && index < failed.Count; index++)
        {
            sum += InLogarithms(parameters, chain, chunk, failed[index], statistic, logits, power);
        }
        return sum;
    }

    /// <summary>A sequence that is longer than the buffers.</summary>
    private double Alone(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int sequence, MarkovStatistic statistic, LogitStatistic logits, double power)
    {
        (int start, int length) = Range(chunk, sequence);
        double weight = chunk.Weight(sequence);
        if (weight == 0)
        {
            return 0;
        }
        // Underflow may show only on the way back, when a part is in the sums already: they are put back then.
        Hold(statistic, _pairs.Span);
        double? scaled = _long.Value is { } sequences
            ? sequences.Expect(new(parameters, chain, chunk, start, length, weight, power), statistic, _pairs.Span)
            : Segments(parameters, chain, chunk, start, length, weight, power, statistic, null);
        if (scaled is { } found)
        {
            return weight * found;
        }
        Restore(statistic, _pairs.Span);
        return InLogarithms(parameters, chain, chunk, sequence, statistic, logits, power);
    }

    private double InLogarithms(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int sequence, MarkovStatistic statistic, LogitStatistic logits, double power)
    {
        (int start, int length) = Range(chunk, sequence);
        double weight = chunk.Weight(sequence);
        return weight * LogSegments(parameters, chain, chunk, start, length, weight, power, statistic, statistic.Transition, logits, null);
    }

    /// <summary>Hands the posteriors of a segment, which lie in the buffer of the densities, to the visitor, or adds them to the statistic where there is none.</summary>
    private void Visit(
        HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, bool first, MarkovStatistic statistic, PosteriorVisitor? visitor)
    {
        ReadOnlySpan<double> posteriors = _densities.Span[..(count * _width)];
        if (visitor is not null)
        {
            visitor(start, count, posteriors, _width);
            return;
        }
        _tiles.Accumulate(parameters, chunk, start, count, posteriors, statistic.Occupancy, statistic.Emissions);
        if (first)
        {
            statistic.AddInitial(posteriors[.._states]);
        }
    }

    private double End(ReadOnlySpan<double> alpha)
    {
        double sum = 0;
        foreach (double value in alpha[.._states])
        {
            sum += value;
        }
        return Elementary.Log(sum);
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
