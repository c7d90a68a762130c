using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The recursions over states and their ages in logarithms: for filters, and for sequences whose paths lie further apart than doubles reach. −∞ stands for what is impossible.
/// </summary>
/// <param name="states">S.</param>
/// <param name="width">The distance between the densities of two steps.</param>
internal sealed class LogSojourns(int states, int width)
{
    private readonly double[] _initial = new double[states];
    private readonly double[] _transition = new double[states * states];
    private readonly double[] _each = new double[states];
    private readonly double[] _left = new double[states];
    private double[] _ends = [];
    private double[] _stays = [];
    private double[] _terms = [];
    private SojournTables? _tables;

    /// <summary>Takes the logarithms of a chain and of its durations.</summary>
    public void Load(ChainMatrices chain, SojournTables tables)
    {
        _tables = tables;
        _ends = new double[tables.Ends.Length];
        _stays = new double[tables.Stays.Length];
        _terms = new double[tables.Padded];
        Elementary.Log(tables.Ends.Span, _ends);
        Elementary.Log(tables.Stays.Span, _stays);
        for (int from = 0; from < states; from++)
        {
            _initial[from] = Elementary.Log(chain.Initial.Span[from]);
            for (int to = 0; to < states; to++)
            {
                _transition[from * states + to] = Elementary.Log(chain.Forward.Span[from * width + to]);
            }
        }
    }

    /// <summary>log α of a step.</summary>
    /// <param name="old">log α of the step before; empty at the start of the sequence.</param>
    /// <param name="densities">log b of the step.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="next">Receives log α, a row of all states.</param>
    /// <returns>The logarithm of its sum.</returns>
    public double Advance(ReadOnlySpan<double> old, ReadOnlySpan<double> densities, int step, Span<double> next)
    {
        SojournTables tables = _tables!;
        int ages = Math.Min(tables.Ages, step);
        next.Fill(double.NegativeInfinity);
        for (int state = 0; state < states && step > 0; state++)
        {
            ReadOnlySpan<double> own = old.Slice(state * tables.Stride, ages);
            ReadOnlySpan<double> ends = _ends.AsSpan(state * tables.Padded);
            for (int age = 0; age < ages; age++)
            {
                _terms[age] = own[age] + ends[age];
            }
            _left[state] = LogChain.LogSum(_terms.AsSpan(0, ages));
        }
        for (int state = 0; state < states; state++)
        {
            Span<double> row = next.Slice(state * tables.Stride, tables.Stride);
            if (step == 0)
            {
                row[0] = _initial[state] + densities[state];
            }
            else
            {
                ReadOnlySpan<double> own = old.Slice(state * tables.Stride, ages);
                ReadOnlySpan<double> stays = _stays.AsSpan(state * tables.Padded);
                for (int age = 0; age < ages; age++)
                {
                    int to = Math.Min(age + 1, tables.Ages - 1);
                    row[to] = LogAdd(row[to], own[age] + stays[age] + densities[state]);
                }
                for (int from = 0; from < states; from++)
                {
                    _each[from] = _left[from] + _transition[from * states + state];
                }
                row[0] = LogAdd(row[0], LogChain.LogSum(_each) + densities[state]);
            }
        }
        return Total(next, step, _each);
    }

    /// <summary>The logarithm of Σ over the ages of each state, and of all.</summary>
    public double Total(ReadOnlySpan<double> row, int step, Span<double> each)
    {
        for (int state = 0; state < states; state++)
        {
            each[state] = LogChain.LogSum(row.Slice(state * _tables!.Stride, Math.Min(_tables.Ages, step + 1)));
        }
        return LogChain.LogSum(each[..states]);
    }

    /// <summary>log β of a step, and what it adds to posteriors and sums.</summary>
    /// <param name="alpha">log α of the step.</param>
    /// <param name="later">log β of the step after; empty at the end of the sequence.</param>
    /// <param name="densities">log b of the step after.</param>
    /// <param name="step">The step, from 0.</param>
    /// <param name="weight">w.</param>
    /// <param name="beta">Receives log β.</param>
    /// <param name="posteriors">Receives w·γ of each state.</param>
    /// <param name="transition">The sums of expected transitions, states × states.</param>
    /// <param name="sojourns">The sums of expected stays: of each state those that end at each age, and those that go on.</param>
    public void Retreat(
        ReadOnlySpan<double> alpha, ReadOnlySpan<double> later, ReadOnlySpan<double> densities, int step, double weight,
        Span<double> beta, Span<double> posteriors, Span<double> transition, Span<double> sojourns)
    {
        SojournTables tables = _tables!;
        int ages = Math.Min(tables.Ages, step + 1);
        double[] leaving = new double[states];
        for (int state = 0; state < states; state++)
        {
            for (int to = 0; to < states && !later.IsEmpty; to++)
            {
                _each[to] = _transition[state * states + to] + densities[to] + later[to * tables.Stride];
            }
            leaving[state] = later.IsEmpty ? double.NegativeInfinity : LogChain.LogSum(_each);
            Span<double> own = beta.Slice(state * tables.Stride, tables.Stride);
            for (int age = 0; age < ages; age++)
            {
                int at = state * tables.Padded + age;
                own[age] = later.IsEmpty ? 0 : LogAdd(_ends[at] + leaving[state], _stays[at] + densities[state] + later[state * tables.Stride + Math.Min(age + 1, tables.Ages - 1)]);
                _terms[age] = alpha[state * tables.Stride + age] + own[age];
            }
            _left[state] = LogChain.LogSum(_terms.AsSpan(0, ages));
        }
        double total = LogChain.LogSum(_left);
        for (int state = 0; state < states; state++)
        {
            posteriors[state] = weight * Elementary.Exp(_left[state] - total);
            for (int age = 0; age < ages && !later.IsEmpty && !sojourns.IsEmpty; age++)
            {
                int at = state * tables.Padded + age;
                double reached = alpha[state * tables.Stride + age] - total;
                double ended = weight * Elementary.Exp(reached + _ends[at] + leaving[state]);
                sojourns[2 * state * tables.Ages + age] += ended;
                sojourns[(2 * state + 1) * tables.Ages + age] +=
                    weight * Elementary.Exp(reached + _stays[at] + densities[state] + later[state * tables.Stride + Math.Min(age + 1, tables.Ages - 1)]);
                for (int to = 0; to < states && ended > 0; to++)
                {
                    transition[state * states + to] += ended * Elementary.Exp(_transition[state * states + to] + densities[to] + later[to * tables.Stride] - leaving[state]);
                }
            }
        }
    }

    private static double LogAdd(double a, double b)
    {
        (double low, double high) = a < b ? (a, b) : (b, a);
        return double.IsNegativeInfinity(low) ? high : high + Elementary.Log(1 + Elementary.Exp(low - high));
    }
}
