using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>The most probable path of a hidden semi-Markov model, in logarithms, with the buffers of one thread.</summary>
internal sealed class SojournPaths<TComponent>(EmissionTiles<TComponent> tiles, int states)
{
    private const int Steps = 1024;

    private readonly int _width = ChainMatrices.WidthOf(states);
    private readonly AlignedBuffer _densities = new((Steps + RowTile.Capacity) * ChainMatrices.WidthOf(states));
    private readonly AlignedBuffer _greatest = new(Steps + RowTile.Capacity);
    private readonly double[] _initial = new double[states];
    private readonly double[] _transition = new double[states * states];
    private readonly double[] _leaving = new double[states];
    private readonly int[] _oldest = new int[states];
    private double[] _ends = [];
    private double[] _stays = [];
    private double[] _scores = [];
    private ushort[] _from = [];
    private int[] _starts = [];
    private int[] _path = [];

    /// <summary>The best path of one sequence and its joint log-probability with what was seen; −∞ when no path is possible.</summary>
    public double Path(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<int> path)
    {
        int start = chunk.Offsets[sequence];
        int length = chunk.Offsets[sequence + 1] - start;
        if (length == 0)
        {
            return 0;
        }
        SojournTables tables = Load(parameters, length);
        for (int done = 0; done < length; done += Steps)
        {
            int count = Math.Min(Steps, length - done);
            tiles.Densities(parameters, chunk, start + done, count, _densities.Span, _greatest.Span, logarithms: true, 1);
            for (int t = 0; t < count; t++)
            {
                Advance(tables, done + t, _densities.Span.Slice(t * _width, states));
            }
        }
        return Trace(tables, length, path);
    }

    /// <summary>The E-step of Viterbi training: the statistic of the best paths, and their log-probabilities in sum.</summary>
    public double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, SojournStatistic statistic)
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

    private void Add(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, ReadOnlySpan<int> path, double weight, SojournStatistic statistic)
    {
        int ages = parameters.Sojourns.Ages;
        MarkovStatistic chain = statistic.Chain;
        chain.Initial[path[0]] += weight;
        int age = 0;
        for (int t = 1; t < path.Length; t++)
        {
            bool ends = path[t] != path[t - 1];
            statistic.Stays[(2 * path[t - 1] + (ends ? 0 : 1)) * ages + Math.Min(age, ages - 1)] += weight;
            chain.Transition[path[t - 1] * states + path[t]] += ends ? weight : 0;
            age = ends ? 0 : age + 1;
        }
        tiles.AccumulatePath(parameters, chunk, start, path, weight, _densities.Span, chain);
    }

    private SojournTables Load(HiddenMarkov<TComponent> parameters, int length)
    {
        SojournTables tables = parameters.Sojourns;
        _ends = new double[tables.Ends.Length];
        _stays = new double[tables.Stays.Length];
        _scores = new double[states * tables.Padded];
        Array.Fill(_scores, double.NegativeInfinity);
        Elementary.Log(tables.Ends.Span, _ends);
        Elementary.Log(tables.Stays.Span, _stays);
        Elementary.Log(parameters.Initial.AsSpan(), _initial);
        Elementary.Log(parameters.Transition.AsSpan(), _transition);
        if (_from.LongLength < (long)length * states)
        {
            _from = new ushort[checked(length * states)];
            _starts = new int[checked(length * states)];
        }
        return tables;
    }

    /// <summary>The best way into every state and age. Whoever is older than D stays at D, and the best of them remembers when it began.</summary>
    private void Advance(SojournTables tables, int step, ReadOnlySpan<double> densities)
    {
        int ages = tables.Ages;
        for (int state = 0; state < states && step > 0; state++)
        {
            Leave(tables, state, step);
        }
        for (int state = 0; state < states; state++)
        {
            Span<double> scores = _scores.AsSpan(state * tables.Padded, tables.Padded);
            ReadOnlySpan<double> stays = _stays.AsSpan(state * tables.Padded, tables.Padded);
            double oldest = scores[ages - 1] + stays[ages - 1];
            for (int age = Math.Min(ages - 1, step); age > 0; age--)
            {
                scores[age] = scores[age - 1] + stays[age - 1] + densities[state];
            }
            int best = 0;
            double entering = _initial[state];
            for (int from = 0; from < states && step > 0; from++)
            {
                double score = _leaving[from] + _transition[from * states + state];
                (entering, best) = from == 0 || score > entering ? (score, from) : (entering, best);
            }
            _from[step * states + state] = (ushort)best;
            scores[0] = entering + densities[state];
            if (step == 0)
            {
                _oldest[state] = 0;
            }
            else if (step >= ages && oldest + densities[state] > scores[ages - 1])
            {
                scores[ages - 1] = oldest + densities[state];
            }
            else
            {
                _oldest[state] = step - ages + 1;
            }
        }
    }

    /// <summary>The best stay of a state that ends with the step before this.</summary>
    private void Leave(SojournTables tables, int state, int step)
    {
        ReadOnlySpan<double> scores = _scores.AsSpan(state * tables.Padded, tables.Padded);
        ReadOnlySpan<double> ends = _ends.AsSpan(state * tables.Padded, tables.Padded);
        int best = 0;
        double most = scores[0] + ends[0];
        for (int age = 1; age < Math.Min(tables.Ages, step); age++)
        {
            double score = scores[age] + ends[age];
            (most, best) = score > most ? (score, age) : (most, best);
        }
        _leaving[state] = most;
        _starts[(step - 1) * states + state] = StartOf(tables, state, best, step - 1);
    }

    private int StartOf(SojournTables tables, int state, int age, int step) => age == tables.Ages - 1 ? _oldest[state] : step - age;

    private double Trace(SojournTables tables, int length, Span<int> path)
    {
        double best = double.NegativeInfinity;
        int state = 0;
        int start = 0;
        for (int other = 0; other < states; other++)
        {
            for (int age = 0; age < Math.Min(tables.Ages, length); age++)
            {
                double score = _scores[other * tables.Padded + age];
                if (score > best || double.IsNaN(score))
                {
                    (best, state, start) = (score, other, StartOf(tables, other, age, length - 1));
                }
            }
        }
        for (int end = length - 1; end >= 0 && double.IsFinite(best);)
        {
            path[start..(end + 1)].Fill(state);
            int from = _from[start * states + state];
            end = start - 1;
            state = from;
            start = end >= 0 ? _starts[end * states + state] : 0;
        }
        return best;
    }
}
