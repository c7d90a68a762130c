using System.Numerics.Tensors;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>
/// Stochastic variational inference [Hoffman2010] and its collapsed form [Foulds2013]: batches of documents in random order, after each of which the topics take a step
/// towards what the batch, taken for the whole corpus, says.
/// </summary>
/// <remarks>
/// λ = η + s·m with one scale s for all words, so that the decay of words outside a batch costs nothing, and e^E[log β] is computed for the words of the batch alone. Documents
/// give E and c/norm; each word then gathers its own sum in the order of the documents: no accumulators to join, and the same bits for any number of threads.
/// </remarks>
internal sealed class OnlineTopics
{
    private const ulong Stream = 0x6F6E_6C69_6E65;
    private const double SmallestScale = 1e-100;

    private readonly DocumentSource _documents;
    private readonly TopicOptions _options;
    private readonly TopicEmModel _model;
    private readonly Clock _clock;
    private readonly int _topics;
    private readonly int _stride;
    private readonly double _smoothing;
    private readonly double[] _concentration;
    private readonly double[] _counts;
    private readonly double[] _sums;
    private readonly OnlineBatch _batch;
    private double _scale = 1;

    public OnlineTopics(DocumentSource documents, TopicEmModel model, TopicParameters start, TopicOptions options, Clock clock)
    {
        (_documents, _model, _options, _clock) = (documents, model, options, clock);
        _topics = start.Topics;
        _stride = start.Stride;
        _smoothing = start.Smoothing;
        _concentration = start.Concentration.ToArray();
        _counts = (double[])start.Counts!.Clone();
        _sums = new double[_stride];
        for (int i = 0; i < _counts.Length; i++)
        {
            int k = i % _stride;
            _counts[i] = k < _topics ? _counts[i] - _smoothing : 0;
            _sums[k] += _counts[i];
        }
        _batch = new OnlineBatch(documents, _stride);
    }

    private bool IsCollapsed => _options.Learning == TopicAlgorithm.Scvb0;

    /// <summary>Batches done.</summary>
    public int Steps { get; private set; }

    /// <summary>Goes through the corpus as often as the options say.</summary>
    public StopReason Run(CancellationToken cancellation)
    {
        int[] order = [.. Enumerable.Range(0, _documents.Documents)];
        int steps = 0;
        for (int pass = 0; pass < _options.PassesOver(_documents.Documents); pass++)
        {
            RandomGenerator random = new(_options.Seed + (ulong)pass, Stream);
            for (int i = order.Length - 1; i > 0; i--)
            {
                int j = (int)random.NextInt64(i + 1);
                (order[i], order[j]) = (order[j], order[i]);
            }
            for (int first = 0; first < order.Length; first += _options.BatchSize)
            {
                if (cancellation.IsCancellationRequested || _clock.IsUp || Steps >= _options.MaxIterations)
                {
                    return cancellation.IsCancellationRequested ? StopReason.Cancelled : _clock.IsUp ? StopReason.TimeLimit : StopReason.IterationLimit;
                }
                double objective = Step(order.AsSpan(first, Math.Min(_options.BatchSize, order.Length - first)), ++steps);
                Steps++;
                _options.Progress?.Report(new EmProgress(0, Steps, objective, double.NaN, _clock.Elapsed));
            }
        }
        return StopReason.IterationLimit;
    }

    /// <summary>The parameters now.</summary>
    public TopicParameters Parameters()
    {
        double[] counts = new double[_counts.Length];
        for (int i = 0; i < counts.Length; i++)
        {
            counts[i] = Math.FusedMultiplyAdd(_scale, _counts[i], _smoothing);
        }
        return TopicParameters.FromCounts(_topics, counts, TopicParameters.Totals(counts, _stride, _model.Blocks), _concentration, _smoothing, _model.Blocks);
    }

    // Returns the documents' share of the bound, scaled to the corpus.
    private double Step(ReadOnlySpan<int> drawn, int step)
    {
        _batch.Load(drawn);
        double[] factors = Factors();
        double[] weights = _batch.Weights;
        ChunkSweep.Run(Blocks(_batch.Words), _options.ThreadCount, CancellationToken.None, block => Expectations(block, weights, factors));
        TopicParameters local = IsCollapsed
            ? TopicParameters.ForInference(TopicInference.MaximumAPosteriori, _topics, weights, Array.ConvertAll(_concentration, alpha => alpha + 1))
            : TopicParameters.ForInference(TopicInference.VariationalBayes, _topics, weights, _concentration);
        int documents = drawn.Length;
        double[] bounds = new double[documents];
        ChunkSweep.Run(Blocks(documents), _options.ThreadCount, CancellationToken.None, block => Infer(block, documents, local, bounds));

        double rate = Elementary.Exp(-_options.Decay * Elementary.Log(_options.Delay + step));
        double weight = (double)_documents.Documents / documents;
        _scale *= 1 - rate;
        if (_scale < SmallestScale)
        {
            TensorPrimitives.Multiply(_counts, _scale, _counts);
            _scale = 1;
        }
        double[] added = new double[Blocks(_batch.Words) * _stride];
        double factor = rate * weight;
        ChunkSweep.Run(Blocks(_batch.Words), _options.ThreadCount, CancellationToken.None, block => Gather(block, factor, added.AsSpan(block * _stride, _stride)));
        for (int k = 0; k < _stride; k++)
        {
            _sums[k] *= 1 - rate;
        }
        for (int i = 0; i < added.Length; i++)
        {
            _sums[i % _stride] += added[i];
        }
        return bounds.Sum() * weight;
    }

    // e^−ψ(Λ_k), or 1/Λ_k when collapsed; 0 where padded.
    private double[] Factors()
    {
        double[] factors = new double[_stride];
        for (int k = 0; k < _topics; k++)
        {
            double total = _sums[k] + _smoothing * _documents.Vocabulary;
            factors[k] = IsCollapsed ? 1 / total : 1 / GammaKernel.ExpDigamma(total);
        }
        return factors;
    }

    private void Expectations(int block, double[] weights, double[] factors)
    {
        SimdLevel level = Simd.Level;
        (int first, int last) = Bounds(block, _batch.Words);
        for (int word = first; word < last; word++)
        {
            Span<double> row = weights.AsSpan(word * _stride, _stride);
            ReadOnlySpan<double> counts = _counts.AsSpan(_batch.Term(word) * _stride, _stride);
            TopicStep.Decayed(counts, _scale, _smoothing, factors, row, !IsCollapsed, level);
        }
    }

    private void Infer(int block, int documents, TopicParameters local, double[] bounds)
    {
        TopicWorkspace workspace = _model.Rent();
        (int first, int last) = Bounds(block, documents);
        for (int document = first; document < last; document++)
        {
            Range cells = _batch.Cells(document);
            Span<double> weights = _batch.DocumentWeights(document);
            if (_batch.Terms[cells].IsEmpty)
            {
                weights.Clear();
                continue;
            }
            bounds[document] = workspace.Infer(local, _batch.Terms[cells], _batch.Counts[cells], workspace.Gamma[.._topics], _options.InnerTolerance, _options.InnerIterations);
            workspace.CopyFactors(weights, _batch.Ratios[cells]);
        }
        _model.Return(workspace);
    }

    // The expected counts of a block of words, in the order of the documents; and the step towards them.
    private unsafe void Gather(int block, double factor, Span<double> added)
    {
        SimdLevel level = Simd.Level;
        (int first, int last) = Bounds(block, _batch.Words);
        double[] sum = new double[_stride];
        fixed (double* sums = sum, documents = _batch.AllDocumentWeights)
        {
            for (int word = first; word < last; word++)
            {
                new Span<double>(sums, _stride).Clear();
                foreach (int cell in _batch.CellsOf(word))
                {
                    DocumentKernel.Accumulate(sums, documents + (nint)_batch.DocumentOf(cell) * _stride, _batch.Ratios[cell], _stride, level);
                }
                Span<double> counts = _counts.AsSpan(_batch.Term(word) * _stride, _stride);
                ReadOnlySpan<double> weights = _batch.Weights.AsSpan(word * _stride, _stride);
                for (int k = 0; k < _topics; k++)
                {
                    double step = factor * weights[k] * sum[k];
                    counts[k] += step / _scale;
                    added[k] += step;
                }
            }
        }
    }

    private const int BlockLength = 64;

    private static int Blocks(int items) => (items + BlockLength - 1) / BlockLength;

    private static (int First, int Last) Bounds(int block, int items) => (block * BlockLength, Math.Min((block + 1) * BlockLength, items));
}
