using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The matrices of consecutive steps of a chain whose transitions depend on covariates, and the sums that its M-step needs of them: the part of <see cref="ForwardBackward{TComponent}"/> that an
/// ordinary chain has in one matrix. The buffers of one thread.
/// </summary>
/// <remarks>
/// A move away from a state i adds ξⱼ to the transitions, rⱼ·zₖ to the gradient, rⱼ = ξⱼ − n·pⱼ, n = Σξ, and vⱼₗ·zₖzₘ to the information, vⱼₗ = n·pⱼ(δⱼₗ − pₗ). Since z₀ = 1 all are sums of
/// (ξ, r, v)·uᵀ, u the products zₖzₘ, k ≥ m: one matrix product over the steps, as the transitions of an ordinary chain, and no exponential but those of p itself.
/// </remarks>
internal sealed class StepTransitions
{
    private const int Stride = RowTile.Capacity;

    private readonly int _states;
    private readonly int _width;
    private readonly int _terms;
    private readonly int _products;
    private readonly int _height;
    private readonly AlignedBuffer _coefficients;
    private readonly AlignedBuffer _logits;
    private readonly AlignedBuffer _rows;
    private readonly AlignedBuffer _factors;
    private readonly AlignedBuffer _u;
    private readonly double[] _z;
    private readonly double[] _cells;
    private TransitionLogits? _loaded;

    /// <param name="states">S.</param>
    /// <param name="terms">Terms of a logit.</param>
    /// <param name="capacity">The most steps that are held at a time.</param>
    public StepTransitions(int states, int terms, int capacity)
    {
        _states = states;
        _terms = terms;
        _width = ChainMatrices.WidthOf(states);
        _products = (terms * (terms + 1) / 2 + Lanes.Count - 1) & -Lanes.Count;
        _height = (states + (states - 1) * (states + 2) / 2 + Lanes.Count - 1) & -Lanes.Count;
        Matrices = new ChainMatrices(states, capacity + 1);
        Sums = new AlignedBuffer(states * _height * _products);
        _coefficients = new AlignedBuffer(terms * states * _width);
        _logits = new AlignedBuffer(Stride * states * _width);
        _rows = new AlignedBuffer(Stride * states * _width);
        _factors = new AlignedBuffer(Stride * _height);
        _u = new AlignedBuffer(Stride * _products);
        _z = new double[(capacity + 1) * terms];
        _cells = new double[terms - 1];
    }

    /// <summary>The matrices, the first of the moves into the first step that is held.</summary>
    public ChainMatrices Matrices { get; }

    /// <summary>For each state (ξ, r, v)·uᵀ.</summary>
    public AlignedBuffer Sums { get; }

    /// <summary>Takes the parameters.</summary>
    public void Load<TComponent>(HiddenMarkov<TComponent> parameters)
    {
        parameters.Initial.CopyTo(Matrices.Initial.Span);
        _loaded = parameters.Logits!;
        Span<double> coefficients = _coefficients.Span;
        coefficients.Clear();
        coefficients[..(_states * _width)].Fill(double.NegativeInfinity);
        for (int at = 0; at < _states * _states; at++)
        {
            for (int term = 0; term < _terms && parameters.Transition[at] > 0; term++)
            {
                coefficients[(term * _states + at / _states) * _width + at % _states] = _loaded.Standard[at * _terms + term];
            }
        }
    }

    /// <summary>Makes the matrices of the moves into consecutive steps, and into the step after them.</summary>
    /// <param name="covariates">The covariates of the chunk.</param>
    /// <param name="start">The first step, in the chunk.</param>
    /// <param name="count">The number of steps.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Prepare(in RowChunk covariates, int start, int count)
    {
        // Nothing leads into the first step of a chunk.
        for (int done = start == 0 ? 1 : 0; done <= count; done += Stride)
        {
            int steps = Math.Min(Stride, count + 1 - done);
            Span<double> logits = _logits.Span[..(steps * _states * _width)];
            Span<double> rows = _rows.Span[..logits.Length];
            for (int t = 0; t < steps; t++)
            {
                Span<double> z = _z.AsSpan((done + t) * _terms, _terms);
                covariates.CopyRow(start + done + t - 1, _cells);
                _loaded!.Terms(_cells, z);
                Predict(z, logits.Slice(t * _states * _width, _states * _width));
            }
            Elementary.Exp(logits, rows);
            for (int t = 0; t < steps; t++)
            {
                Normalize(rows.Slice(t * _states * _width, _states * _width), done + t);
            }
        }
    }

    /// <summary>Adds the moves into consecutive steps.</summary>
    /// <param name="before">α of the steps before these, steps × width.</param>
    /// <param name="after">w·b∘β of these steps, each scaled to go with its α.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="first">The first of them, among those that are held.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<double> before, ReadOnlySpan<double> after, int count, int first)
    {
        for (int done = 0; done < count; done += Stride)
        {
            int steps = Math.Min(Stride, count - done);
            for (int t = 0; t < steps; t++)
            {
                Multiply(_z.AsSpan((first + done + t) * _terms, _terms), _u.Span.Slice(t * _products, _products));
            }
            for (int from = 0; from < _states; from++)
            {
                for (int t = 0; t < steps; t++)
                {
                    int step = done + t;
                    ReadOnlySpan<double> row = Matrices.Forward.Span.Slice((first + step) * Matrices.Stride + from * _width, _states);
                    Factors(from, before[step * _width + from], row, after.Slice(step * _width, _states), _factors.Span.Slice(t * _height, _height));
                }
                ChainProducts.Add(_factors.Span, _height, _u.Span, _products, steps, Sums.Span.Slice(from * _height * _products, _height * _products), Simd.Level);
            }
        }
    }

    /// <summary>Adds the sums to the statistic.</summary>
    public void AddTo(LogitStatistic statistic)
    {
        ReadOnlySpan<double> sums = Sums.Span;
        for (int from = 0; from < _states; from++)
        {
            ReadOnlySpan<double> own = sums.Slice(from * _height * _products, _height * _products);
            for (int to = 0; to < _states; to++)
            {
                statistic.Chain.Transition[from * _states + to] += own[to * _products];
            }
            own = own[(_states * _products)..];
            Span<double> target = statistic.Of(from);
            int free = (_states - 1) * _terms;
            int place = free;
            for (int i = 0; i < free; i++)
            {
                int j = i / _terms;
                int k = i % _terms;
                target[i] += own[j * _products + k * (k + 1) / 2];
                for (int m = 0; m <= i; m++)
                {
                    int l = m / _terms;
                    (int high, int low) = k >= m % _terms ? (k, m % _terms) : (m % _terms, k);
                    target[place++] += own[(_states - 1 + j * (j + 1) / 2 + l) * _products + high * (high + 1) / 2 + low];
                }
            }
        }
    }

    /// <summary>The logits of one step relative to the greatest of each state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Predict(ReadOnlySpan<double> z, Span<double> logits)
    {
        ReadOnlySpan<double> coefficients = _coefficients.Span;
        for (int at = 0; at < logits.Length; at += Vector256<double>.Count)
        {
            Vector256<double> sum = Vector256.Create(coefficients[at..]);
            for (int term = 1; term < z.Length; term++)
            {
                sum = Vector256.FusedMultiplyAdd(Vector256.Create(coefficients[(term * logits.Length + at)..]), Vector256.Create(z[term]), sum);
            }
            sum.CopyTo(logits[at..]);
        }
        for (int from = 0; from < _states; from++)
        {
            Span<double> row = logits.Slice(from * _width, _width);
            double greatest = double.NegativeInfinity;
            foreach (double value in row[.._states])
            {
                greatest = value > greatest ? value : greatest;
            }
            foreach (ref double value in row)
            {
                value -= greatest;
            }
        }
    }

    /// <summary>Probabilities of the moves into a step, as they are and transposed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Normalize(ReadOnlySpan<double> rows, int index)
    {
        Span<double> forward = Matrices.Forward.Span.Slice(index * Matrices.Stride, Matrices.Stride);
        Span<double> backward = Matrices.Backward.Span.Slice(index * Matrices.Stride, Matrices.Stride);
        for (int from = 0; from < _states; from++)
        {
            ReadOnlySpan<double> row = rows.Slice(from * _width, _states);
            double sum = 0;
            foreach (double value in row)
            {
                sum += value;
            }
            double scale = 1 / sum;
            for (int to = 0; to < row.Length; to++)
            {
                double probability = row[to] * scale;
                forward[from * _width + to] = probability;
                backward[to * _width + from] = probability;
            }
        }
    }

    /// <summary>u of a step.</summary>
    private static void Multiply(ReadOnlySpan<double> z, Span<double> u)
    {
        for (int k = 0, place = 0; k < z.Length; k++)
        {
            for (int m = 0; m <= k; m++)
            {
                u[place++] = z[k] * z[m];
            }
        }
    }

    /// <summary>(ξ, r, v) of a step and a state.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Factors(int from, double share, ReadOnlySpan<double> p, ReadOnlySpan<double> after, Span<double> factors)
    {
        double n = 0;
        for (int to = 0; to < p.Length; to++)
        {
            double move = share * p[to] * after[to];
            factors[to] = move;
            n += move;
        }
        int place = p.Length;
        for (int to = 0; to < p.Length; to++)
        {
            if (to != from)
            {
                factors[place++] = factors[to] - n * p[to];
            }
        }
        for (int to = 0; to < p.Length; to++)
        {
            if (to == from)
            {
                continue;
            }
            double one = n * p[to];
            for (int other = 0; other < to; other++)
            {
                if (other != from)
                {
                    factors[place++] = -one * p[other];
                }
            }
            factors[place++] = one * (1 - p[to]);
        }
    }
}
