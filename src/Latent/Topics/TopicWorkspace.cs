using System.Runtime.CompilerServices;
using Latent.Kernels;

namespace Latent.Topics;

/// <summary>The buffers of one thread and the inference of one document's topics, which fitting and prediction share.</summary>
/// <remarks>
/// A topic whose expected count in the document falls below 2⁻⁵⁶ changes no sum any more: the document goes on without it. Documents use few topics, so
/// that after the first sweep most of the work is gone.
/// </remarks>
internal sealed unsafe class TopicWorkspace(int stride)
{
    private const double Negligible = 1.0 / (1L << 56);

    private readonly AlignedBuffer _vectors = new(6 * stride);
    private readonly int[] _active = GC.AllocateArray<int>(stride, pinned: true);
    private readonly AlignedBuffer _lanes = new(8 * stride);
    private readonly double[] _gamma = new double[stride];
    private AlignedBuffer _cells = new(0);
    private AlignedBuffer _rows = new(0);
    private int _capacity;
    private DocumentTask _task;
    private double* _logGammaPrior;

    /// <summary>Room for one γ, of zeros.</summary>
    public Span<double> Gamma
    {
        get
        {
            Span<double> gamma = _gamma.AsSpan(0, stride);
            gamma.Clear();
            return gamma;
        }
    }

    /// <summary>The sweeps that the last document took.</summary>
    public int Sweeps { get; private set; }

    /// <summary>Infers the topics of a document.</summary>
    /// <param name="parameters">The topics.</param>
    /// <param name="terms">The document's distinct terms.</param>
    /// <param name="counts">How often each occurs.</param>
    /// <param name="gamma">γ to begin with, K long, or zeros to begin with α + N/K; receives γ.</param>
    /// <param name="tolerance">Stops once γ moves by no more than this per topic.</param>
    /// <param name="mostSweeps">Stops after so many sweeps.</param>
    /// <returns>The document's share of the objective.</returns>
    public double Infer(TopicParameters parameters, ReadOnlySpan<int> terms, ReadOnlySpan<int> counts, Span<double> gamma, double tolerance, int mostSweeps)
    {
        double words = Load(parameters, terms, counts, gamma);
        SimdLevel level = Simd.Level;
        double most = tolerance * parameters.Topics;
        int sweeps = 0;
        double change;
        do
        {
            change = DocumentKernel.Update(ref _task, level);
            sweeps++;
            Compact();
        }
        while (change > most && sweeps < mostSweeps);
        Sweeps = sweeps;
        Store(parameters, gamma);
        return Objective(parameters, words, level);
    }

    /// <summary>Adds the document's expected counts, each divided by its weight B, to the statistic.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Accumulate(ReadOnlySpan<int> terms, Span<double> statistic)
    {
        SimdLevel level = Simd.Level;
        int topics = _task.Topics;
        bool isDense = topics > stride / 4;
        double* weights = _task.Previous;
        if (isDense)
        {
            new Span<double>(weights, stride).Clear();
            for (int k = 0; k < topics; k++)
            {
                weights[_task.Active[k]] = _task.Weights[k];
            }
        }
        fixed (double* sums = statistic)
        {
            for (int cell = 0; cell < terms.Length; cell++)
            {
                double* row = sums + (nint)terms[cell] * stride;
                double ratio = _task.Ratios[cell];
                if (isDense)
                {
                    DocumentKernel.Accumulate(row, weights, ratio, stride, level);
                    continue;
                }
                for (int k = 0; k < topics; k++)
                {
                    double* place = row + _task.Active[k];
                    *place = Math.FusedMultiplyAdd(ratio, _task.Weights[k], *place);
                }
            }
        }
    }

    /// <summary>Copies E of every topic (0 for those out of play) and c/norm of every cell: what the statistic is made of.</summary>
    public void CopyFactors(Span<double> weights, Span<double> ratios)
    {
        weights.Clear();
        for (int k = 0; k < _task.Topics; k++)
        {
            weights[_task.Active[k]] = _task.Weights[k];
        }
        new ReadOnlySpan<double>(_task.Ratios, ratios.Length).CopyTo(ratios);
    }

    // The words' rows side by side, the counts, and γ.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Load(TopicParameters parameters, ReadOnlySpan<int> terms, ReadOnlySpan<int> counts, ReadOnlySpan<double> gamma)
    {
        int cells = (terms.Length + 7) & ~7;
        Reserve(cells);
        double* values = Pointer(_cells);
        double* vectors = Pointer(_vectors);
        _task = new DocumentTask
        {
            Rows = Pointer(_rows),
            Cells = cells,
            Topics = parameters.Topics,
            Active = (int*)Unsafe.AsPointer(ref _active[0]),
            Counts = values,
            Norms = values + _capacity,
            Ratios = values + 2 * _capacity,
            Prior = vectors,
            Gamma = vectors + stride,
            Previous = vectors + 2 * stride,
            Weights = vectors + 3 * stride,
            Sums = vectors + 4 * stride,
            Lanes = Pointer(_lanes),
            IsVariational = parameters.Inference != TopicInference.MaximumAPosteriori,
        };
        for (int k = 0; k < parameters.Topics; k++)
        {
            _active[k] = k;
        }
        double words = 0;
        for (int cell = 0; cell < counts.Length; cell++)
        {
            values[cell] = counts[cell];
            words += counts[cell];
        }
        new Span<double>(values + counts.Length, cells - counts.Length).Clear();
        fixed (double* weights = parameters.Weights)
        {
            DocumentKernel.Gather(weights, stride, terms, _task.Rows, cells);
        }
        parameters.Prior.CopyTo(new Span<double>(_task.Prior, stride));
        _logGammaPrior = vectors + 5 * stride;
        parameters.LogGammaPrior.CopyTo(new Span<double>(_logGammaPrior, stride));
        Span<double> start = new(_task.Gamma, stride);
        if (gamma.ContainsAnyExcept(0.0))
        {
            gamma.CopyTo(start);
            start[gamma.Length..].Clear();
            return words;
        }
        double share = words / parameters.Topics;
        for (int k = 0; k < stride; k++)
        {
            start[k] = k < parameters.Topics ? parameters.Prior[k] + share : 0;
        }
        return words;
    }

    // Only the topics still in play. Their rows stay where they are.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Compact()
    {
        int current = _task.Topics;
        int kept = 0;
        for (int k = 0; k < current; k++)
        {
            if (_task.Weights[k] * _task.Sums[k] > Negligible)
            {
                _task.Active[kept] = _task.Active[k];
                _task.Prior[kept] = _task.Prior[k];
                _task.Gamma[kept] = _task.Gamma[k];
                _task.Previous[kept] = _task.Previous[k];
                _task.Weights[kept] = _task.Weights[k];
                _task.Sums[kept] = _task.Sums[k];
                _logGammaPrior[kept++] = _logGammaPrior[k];
            }
        }
        for (int k = kept; k < current; k++)
        {
            _task.Prior[k] = _task.Gamma[k] = _task.Previous[k] = _task.Weights[k] = _task.Sums[k] = _logGammaPrior[k] = 0;
        }
        _task.Topics = kept;
    }

    private void Store(TopicParameters parameters, Span<double> gamma)
    {
        parameters.Prior.AsSpan(0, gamma.Length).CopyTo(gamma);
        for (int k = 0; k < _task.Topics; k++)
        {
            gamma[_task.Active[k]] = _task.Gamma[k];
        }
    }

    private double Objective(TopicParameters parameters, double words, SimdLevel level)
    {
        double value = DocumentKernel.LogNorms(ref _task, level);
        double total = parameters.PriorTotal;
        if (_task.IsVariational)
        {
            // E is e^ψ(γ) without its e^−ψ(Σγ): with Σγ = Σα + N, what that adds to the words it takes from the topics.
            return value + DocumentKernel.Divergence(ref _task, _logGammaPrior, level) + GammaKernel.LogGamma(total) - GammaKernel.LogGamma(total + words);
        }
        double log = Elementary.Log(total + words);
        value -= words * log;
        for (int k = 0; k < _task.Topics; k++)
        {
            value += _task.Prior[k] > 0 ? _task.Prior[k] * (Elementary.Log(_task.Previous[k]) - log) : 0;
        }
        return value;
    }

    private void Reserve(int cells)
    {
        if (cells <= _capacity)
        {
            return;
        }
        _capacity = Math.Max(cells, Math.Min(2 * _capacity, 1 << 20));
        _cells = new AlignedBuffer(3 * _capacity);
        _rows = new AlignedBuffer(checked(_capacity * stride));
    }

    private static double* Pointer(AlignedBuffer buffer) => (double*)Unsafe.AsPointer(ref buffer.Span[0]);
}
