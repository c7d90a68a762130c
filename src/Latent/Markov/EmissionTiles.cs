using System.Numerics.Tensors;
using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// What lies between rows and the recursions: densities of all states by tiles of rows, turned into one vector per step, and posteriors per step turned back into
/// weights of rows. The buffers of one thread.
/// </summary>
internal sealed class EmissionTiles<TComponent>
{
    private const int Stride = RowTile.Capacity;

    private readonly IFamily<TComponent, RowTile> _family;
    private readonly ITileTransform<TComponent>? _transform;
    private readonly RowTile _raw;
    private readonly RowTile _mapped;
    private readonly AlignedBuffer _scratch;
    private readonly AlignedBuffer _columns;
    private readonly AlignedBuffer _unused = new(Stride);
    private readonly bool[] _missing = new bool[Stride];
    private readonly int _states;
    private readonly int[]? _first;
    private readonly int _width;
    private bool _anyMissing;
    private double[] _scores = [];

    /// <param name="family">The family.</param>
    /// <param name="columns">Values per step.</param>
    /// <param name="states">The number of states.</param>
    /// <param name="first">The first state that has the emission of each, where states share emissions; else null.</param>
    public EmissionTiles(IFamily<TComponent, RowTile> family, int columns, int states, int[]? first = null)
    {
        _first = first;
        _family = family;
        _transform = family as ITileTransform<TComponent>;
        _raw = new RowTile(columns);
        _mapped = _transform is null ? _raw : new RowTile(columns);
        _scratch = new AlignedBuffer(family.ScratchLength(Stride));
        _states = states;
        _width = ChainMatrices.WidthOf(states);
        _columns = new AlignedBuffer(_width * Stride);
    }

    /// <summary>The densities of consecutive steps relative to the greatest of each step, and the logarithms of the greatest; or, if asked for, the log-densities themselves.</summary>
    /// <param name="parameters">The states.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="start">The first step, in the chunk.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="densities">Receives steps × width, and has room for a tile more.</param>
    /// <param name="greatest">Receives one value per step, and has room for a tile more; 0 for log-densities.</param>
    /// <param name="logarithms">Whether to leave log-densities.</param>
    /// <param name="power">The power that densities are raised to, of annealed fits; 1 for the densities themselves.</param>
    public void Densities(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, Span<double> densities, Span<double> greatest, bool logarithms, double power)
    {
        for (int done = 0; done < count; done += Stride)
        {
            int rows = Math.Min(Stride, count - done);
            Load(parameters, chunk, start + done, rows);
            Span<double> columns = _columns.Span;
            for (int state = 0; state < _states; state++)
            {
                Span<double> column = columns.Slice(state * Stride, _mapped.PaddedRows);
                if (_first is not null && _first[state] != state)
                {
                    columns.Slice(_first[state] * Stride, _mapped.PaddedRows).CopyTo(column);
                    continue;
                }
                _family.LogDensity(parameters.Emissions[state], _mapped, _scratch.Span, column);
                if (power != 1)
                {
                    TensorPrimitives.Multiply(column, power, column);
                }
            }
            Know(chunk, start + done, rows);
            Span<double> maxima = greatest.Slice(done, _mapped.PaddedRows);
            if (logarithms)
            {
                maxima.Clear();
            }
            else
            {
                StepDensities.Relative(columns, Stride, _states, maxima, Simd.Level);
            }
            Transposition.Run(columns, _width, Stride, densities.Slice(done * _width, Stride * _width), _width, ChainMatrices.LevelOf(_width, Simd.Level));
        }
    }

    /// <summary>Adds the statistics of the steps of a path whose states are certain.</summary>
    /// <param name="parameters">The states.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="start">The first step, in the chunk.</param>
    /// <param name="path">The state of each step.</param>
    /// <param name="weight">The weight of the sequence.</param>
    /// <param name="buffer">Room for the posteriors of as many steps as are added at a time.</param>
    /// <param name="statistic">Receives occupancy and emissions.</param>
    public void AccumulatePath(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, ReadOnlySpan<int> path, double weight, Span<double> buffer, MarkovStatistic statistic)
    {
        const int most = 1024;
        for (int done = 0; done < path.Length; done += most)
        {
            int count = Math.Min(most, path.Length - done);
            Span<double> posteriors = buffer[..(count * _width)];
            posteriors.Clear();
            for (int t = 0; t < count; t++)
            {
                posteriors[t * _width + path[done + t]] = weight;
            }
            Accumulate(parameters, chunk, start + done, count, posteriors, statistic.Occupancy, statistic.Emissions);
        }
    }

    /// <summary>Adds the statistics of consecutive steps, each step with its posteriors.</summary>
    /// <param name="parameters">The states under which the posteriors were found.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="start">The first step, in the chunk.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="posteriors">Steps × width, weights of the sequences included.</param>
    /// <param name="occupancy">Receives Σ posteriors of each state.</param>
    /// <param name="statistic">The statistics of the states, one after another, then that of the rows themselves.</param>
    public void Accumulate(
        HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, ReadOnlySpan<double> posteriors, Span<double> occupancy, Span<double> statistic)
    {
        Span<double> together = stackalloc double[Stride];
        int length = _family.StatisticLength;
        for (int done = 0; done < count; done += Stride)
        {
            int rows = Math.Min(Stride, count - done);
            Load(parameters, chunk, start + done, rows);
            Span<double> columns = _columns.Span;
            Transposition.Run(posteriors.Slice(done * _width, rows * _width), rows, _width, columns, Stride, ChainMatrices.LevelOf(_width, Simd.Level));
            together.Clear();
            for (int state = 0; state < _states; state++)
            {
                Span<double> own = columns.Slice(state * Stride, _mapped.PaddedRows);
                own[rows..].Clear();
                occupancy[state] += LaneSum.Of(own);
                if (_first is not null && _first[state] != state)
                {
                    Span<double> shared = columns.Slice(_first[state] * Stride, _mapped.PaddedRows);
                    TensorPrimitives.Add(shared, own, shared);
                    own.Clear();
                }
            }
            for (int state = 0; state < _states; state++)
            {
                Span<double> weights = columns.Slice(state * Stride, _mapped.PaddedRows);
                for (int row = 0; row < rows && _anyMissing; row++)
                {
                    weights[row] = _missing[row] ? 0 : weights[row];
                }
                if (weights.IndexOfAnyExcept(0.0) < 0)
                {
                    continue;
                }
                if (_scratch.Length > 0)
                {
                    _family.LogDensity(parameters.Emissions[state], _mapped, _scratch.Span, _unused.Span[.._mapped.PaddedRows]);
                }
                _family.Accumulate(parameters.Emissions[state], _mapped, _scratch.Span, weights, statistic.Slice(state * length, length));
                TensorPrimitives.Add(together[.._mapped.PaddedRows], weights, together[.._mapped.PaddedRows]);
            }
            _transform?.AccumulateTile(_mapped, together[.._mapped.PaddedRows], statistic[(_states * length)..]);
        }
    }

    /// <summary>Adds Σ posterior · ∂ log b/∂θ over consecutive steps to the scores of the states, one after another.</summary>
    /// <param name="family">The family, which knows its scores.</param>
    /// <param name="parameters">The states.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="start">The first step, in the chunk.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="posteriors">Steps × width.</param>
    /// <param name="scores">The sums so far, states × parameters of a state.</param>
    public void AddScores(
        IScoreFamily<TComponent> family, HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, ReadOnlySpan<double> posteriors, Span<double> scores)
    {
        int length = scores.Length / _states;
        if (_scores.Length < length * Stride)
        {
            _scores = new double[length * Stride];
        }
        for (int done = 0; done < count; done += Stride)
        {
            int rows = Math.Min(Stride, count - done);
            Load(parameters, chunk, start + done, rows);
            for (int state = 0; state < _states; state++)
            {
                family.WriteScores(parameters.Emissions[state], _raw, _scores);
                for (int row = 0; row < rows; row++)
                {
                    double share = _anyMissing && _missing[row] ? 0 : posteriors[(done + row) * _width + state];
                    for (int j = 0; j < length && share > 0; j++)
                    {
                        scores[state * length + j] = Math.FusedMultiplyAdd(share, _scores[j * Stride + row], scores[state * length + j]);
                    }
                }
            }
        }
    }

    private void Load(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count)
    {
        _raw.Load(chunk.Steps, start, count);
        FindMissing(count);
        if (_transform is not null)
        {
            _mapped.Resize(_raw);
            _transform.Transform(parameters.Emissions.AsSpan(), _raw, _mapped);
        }
    }

    /// <summary>Steps without any observed cell: they say nothing of the state, and another row takes their place, so that families need not know of them.</summary>
    private void FindMissing(int count)
    {
        Span<double> first = _raw.Column(0);
        _anyMissing = false;
        bool any = false;
        foreach (double value in first)
        {
            any |= double.IsNaN(value);
        }
        if (!any)
        {
            return;
        }
        int present = -1;
        for (int row = 0; row < count; row++)
        {
            bool missing = double.IsNaN(first[row]);
            for (int column = 1; column < _raw.Columns && missing; column++)
            {
                missing = double.IsNaN(_raw.Column(column)[row]);
            }
            _missing[row] = missing;
            _anyMissing |= missing;
            present = missing ? present : row;
        }
        for (int row = 0; row < _raw.PaddedRows && _anyMissing; row++)
        {
            if (row >= count || _missing[row])
            {
                for (int column = 0; column < _raw.Columns; column++)
                {
                    _raw.Column(column)[row] = present < 0 ? 0 : _raw.Column(column)[present];
                }
            }
        }
    }

    /// <summary>What is known without the family: nothing of the state at a missing step, and the state itself where there is a label.</summary>
    private void Know(in SequenceChunk chunk, int start, int count)
    {
        Span<double> columns = _columns.Span;
        for (int row = 0; row < count && _anyMissing; row++)
        {
            if (_missing[row])
            {
                for (int state = 0; state < _states; state++)
                {
                    columns[state * Stride + row] = 0;
                }
            }
        }
        if (chunk.Labels.IsEmpty)
        {
            return;
        }
        ReadOnlySpan<int> labels = chunk.Labels.Slice(start, count);
        for (int row = 0; row < count; row++)
        {
            for (int state = 0; state < _states && labels[row] >= 0; state++)
            {
                columns[state * Stride + row] = state == labels[row] ? columns[state * Stride + row] : double.NegativeInfinity;
            }
        }
    }
}
