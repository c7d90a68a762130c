using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The recursions of a chain whose transitions depend on covariates, in logarithms, with the buffers of one thread. Transitions are computed anew at every step, forward and back, so that no S × S values are
/// kept for any.
/// </summary>
internal sealed class LogitPass<TComponent>(EmissionTiles<TComponent> tiles, int states, int terms) : IChainPass<TComponent>
{
    private readonly int _width = ChainMatrices.WidthOf(states);
    private readonly double[] _logs = new double[states * states];
    private readonly double[] _terms = new double[terms];
    private readonly double[] _cells = new double[terms - 1];
    private readonly double[] _sums = new double[states];
    private readonly double[] _next = new double[states];
    private readonly double[] _moves = new double[states];
    private readonly double[] _initial = new double[states];
    private double[] _densities = [];
    private double[] _greatest = [];
    private double[] _alpha = [];
    private double[] _posteriors = [];

    /// <inheritdoc/>
    public double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, Span<double> statistic, double power)
    {
        LogitStatistic sums = new(statistic, states, terms);
        double sum = 0;
        for (int sequence = 0; sequence < chunk.Sequences; sequence++)
        {
            (int start, int length) = Range(chunk, sequence);
            double weight = chunk.Weight(sequence);
            if (length == 0 || weight == 0)
            {
                continue;
            }
            double found = Run(parameters, chunk, start, length, weight, sums);
            sum += weight * found;
            if (double.IsFinite(found))
            {
                sums.Chain.AddInitial(_posteriors.AsSpan(0, states));
                tiles.Accumulate(parameters, chunk, start, length, _posteriors.AsSpan(0, length * _width), sums.Chain.Occupancy, sums.Chain.Emissions);
            }
        }
        return sum;
    }

    /// <inheritdoc/>
    public double LogLikelihood(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence)
    {
        (int start, int length) = Range(chunk, sequence);
        return length == 0 ? 0 : Forward(parameters, chunk, start, length);
    }

    /// <inheritdoc/>
    public double Posteriors(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, PosteriorVisitor visitor)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        double found = Run(parameters, chunk, start, length, 1, default);
        if (double.IsFinite(found))
        {
            visitor(start, length, _posteriors.AsSpan(0, length * _width), _width);
        }
        return found;
    }

    /// <inheritdoc/>
    public void Filter(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, int ahead, FilterVisitor visitor)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return;
        }
        Forward(parameters, chunk, start, length);
        double before = 0;
        for (int t = 0; t < length; t++)
        {
            ReadOnlySpan<double> own = _alpha.AsSpan(t * states, states);
            double total = LogChain.LogSum(own);
            visitor(t, own, total, before);
            before = total;
        }
    }

    /// <inheritdoc/>
    public double Path(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<int> path)
    {
        (int start, int length) = Range(chunk, sequence);
        if (length == 0)
        {
            return 0;
        }
        Load(parameters, chunk, start, length);
        ushort[] origins = new ushort[checked(length * states)];
        for (int t = 0; t < length; t++)
        {
            Moves(parameters, chunk, start + t - 1, t > 0);
            for (int to = 0; to < states; to++)
            {
                int best = 0;
                double most = _initial[to];
                for (int from = 0; from < states && t > 0; from++)
                {
                    double score = _sums[from] + _logs[from * states + to];
                    (most, best) = from == 0 || score > most ? (score, from) : (most, best);
                }
                _next[to] = most + _densities[t * _width + to];
                origins[t * states + to] = (ushort)best;
            }
            _next.CopyTo(_sums, 0);
        }
        int state = 0;
        for (int other = 1; other < states; other++)
        {
            state = _sums[other] > _sums[state] ? other : state;
        }
        double found = _sums[state];
        for (int t = length - 1; t >= 0; t--)
        {
            path[t] = state;
            state = origins[t * states + state];
        }
        return found;
    }

    private static (int Start, int Length) Range(in SequenceChunk chunk, int sequence) =>
        (chunk.Offsets[sequence], chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]);

    private void Load(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int length)
    {
        if (_greatest.Length < length + RowTile.Capacity)
        {
            _densities = new double[checked((length + RowTile.Capacity) * _width)];
            _greatest = new double[length + RowTile.Capacity];
            _alpha = new double[length * states];
            _posteriors = new double[length * _width];
        }
        tiles.Densities(parameters, chunk, start, length, _densities, _greatest, logarithms: true, 1);
        Elementary.Log(parameters.Initial.AsSpan(), _initial);
    }

    /// <summary>log A of the move away from a step.</summary>
    private void Moves(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int step, bool any)
    {
        if (any)
        {
            chunk.Covariates.CopyRow(step, _cells);
            parameters.Logits!.Terms(_cells, _terms);
            parameters.Logits.LogProbabilities(_terms, parameters.Transition.AsSpan(), _logs);
        }
    }

    private double Forward(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int length)
    {
        Load(parameters, chunk, start, length);
        for (int t = 0; t < length; t++)
        {
            Moves(parameters, chunk, start + t - 1, t > 0);
            for (int to = 0; to < states; to++)
            {
                for (int from = 0; from < states && t > 0; from++)
                {
                    _sums[from] = _alpha[(t - 1) * states + from] + _logs[from * states + to];
                }
                _alpha[t * states + to] = (t == 0 ? _initial[to] : LogChain.LogSum(_sums)) + _densities[t * _width + to];
            }
        }
        return LogChain.LogSum(_alpha.AsSpan((length - 1) * states, states));
    }

    /// <summary>Forward and back: leaves w·γ in the buffer, and adds moves to the statistic where there is one.</summary>
    private double Run(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int length, double weight, LogitStatistic statistic)
    {
        double total = Forward(parameters, chunk, start, length);
        Array.Clear(_next);
        for (int t = length - 1; t >= 0 && double.IsFinite(total); t--)
        {
            for (int state = 0; state < _width; state++)
            {
                _posteriors[t * _width + state] = state < states ? weight * Elementary.Exp(_alpha[t * states + state] + _next[state] - total) : 0;
            }
            if (t == 0)
            {
                break;
            }
            Moves(parameters, chunk, start + t - 1, true);
            for (int to = 0; to < states; to++)
            {
                _next[to] += _densities[t * _width + to];
            }
            for (int from = 0; from < states; from++)
            {
                for (int to = 0; to < states; to++)
                {
                    _sums[to] = _logs[from * states + to] + _next[to];
                    _moves[to] = weight * Elementary.Exp(_alpha[(t - 1) * states + from] + _sums[to] - total);
                }
                if (!statistic.IsEmpty)
                {
                    statistic.AddMoves(from, _moves, _logs.AsSpan(from * states, states), _terms);
                }
                _alpha[t * states + from] = LogChain.LogSum(_sums);
            }
            // α of this step has done its work: its place holds β of the step before.
            _alpha.AsSpan(t * states, states).CopyTo(_next);
        }
        return total;
    }
}
