using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Kernels;

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
    private readonly OnlineWindow _window;
    private readonly OnlineCheck? _check;
    private readonly int _training;
    private double _scale = 1;
    private int _steps;
    private StopReason? _ended;

    /// <summary>Batches from a start.</summary>
    public OnlineTopics(DocumentSource documents, TopicEmModel model, TopicParameters start, TopicOptions options, OnlineCheck? check, Clock clock)
        : this(documents, model, (start.Smoothing, start.Concentration.ToArray()), options, check, clock, (double[])start.Counts!.Clone(), new double[start.Stride])
    {
        double kept = options.Update ? options.Memory : 1;
        for (int i = 0; i < _counts.Length; i++)
        {
            int k = i % _stride;
            _counts[i] = k < _topics ? kept * (_counts[i] - _smoothing) : 0;
            _sums[k] += _counts[i];
        }
    }

    /// <summary>Batches from where they were interrupted.</summary>
    public OnlineTopics(
        DocumentSource documents, TopicEmModel model, OnlineTopicState saved, (double Smoothing, double[] Concentration) prior, TopicOptions options, OnlineCheck? check, Clock clock)
        : this(documents, model, prior, options, check, clock, saved.Counts, saved.Sums)
    {
        (_scale, _steps, _ended) = (saved.Scale, saved.Steps, saved.Ended);
        check?.Restore(saved.Checks);
    }

    private OnlineTopics(
        DocumentSource documents, TopicEmModel model, (double Smoothing, double[] Concentration) prior, TopicOptions options, OnlineCheck? check, Clock clock, double[] counts, double[] sums)
    {
        (_documents, _model, _options, _check, _clock) = (documents, model, options, check, clock);
        (_smoothing, _concentration) = prior;
        (_topics, _stride) = (model.Topics, model.Stride);
        (_counts, _sums) = (counts, sums);
        _batch = new OnlineBatch(documents.Vocabulary, _stride);
        _window = new OnlineWindow(documents, check?.Kept, options.Seed);
        _training = documents.Documents - (check?.Documents.Documents ?? 0);
    }

    private bool IsCollapsed => _options.Learning == TopicAlgorithm.Scvb0;

    /// <summary>Batches done.</summary>
    public int Steps => _steps;

    /// <summary>What a checkpoint holds between two batches.</summary>
    public OnlineTopicState State => new(_counts, _sums, _scale, _steps, [.. _check?.Checks ?? []], _ended);

    /// <summary>Goes through the corpus as often as the options say, or until documents that were kept back are foretold no better.</summary>
    /// <param name="checkpoints">Takes the state after batches, or null.</param>
    /// <param name="anyRank">Whether any of the processes that share the fit says so.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    public StopReason Run(Checkpointer? checkpoints, Func<bool, bool> anyRank, CancellationToken cancellation)
    {
        if (_ended is { } before)
        {
            return before;
        }
        // Batches that are passed over, because they were done before an interruption.
        int place = 0;
        for (int pass = 0; pass < _options.PassesOver(_training); pass++)
        {
            _window.BeginPass(pass);
            for (int window = 0; window < _window.Windows; window++)
            {
                if (!_window.Next(documents => place + Batches(documents) <= _steps))
                {
                    place += Batches(_window.Documents);
                    continue;
                }
                int batches = Batches(_window.Documents);
                for (int batch = 0; batch < batches; batch++)
                {
                    if (place++ < _steps)
                    {
                        continue;
                    }
                    if (_steps >= _options.MaxBatches)
                    {
                        return StopReason.IterationLimit;
                    }
                    if (anyRank(cancellation.IsCancellationRequested || _clock.IsUp))
                    {
                        return anyRank(cancellation.IsCancellationRequested) ? StopReason.Cancelled : StopReason.TimeLimit;
                    }
                    int first = (int)((long)_window.Documents * batch / batches);
                    int last = (int)((long)_window.Documents * (batch + 1) / batches);
                    checkpoints?.Enter();
                    try
                    {
                        _batch.Load(_window, first, last - first);
                        double objective = Step(++_steps);
                        _ended = _check is not null && _check.IsDue(_steps) && _check.Settles(_steps, Parameters()) ? StopReason.Converged : null;
                        _options.Progress?.Report(new EmProgress(0, _steps, objective, double.NaN, _clock.Elapsed));
                    }
                    finally
                    {
                        checkpoints?.Exit();
                    }
                    checkpoints?.Tick();
                    if (_ended is { } settled)
                    {
                        return settled;
                    }
                }
            }
        }
        _ended = StopReason.IterationLimit;
        return StopReason.IterationLimit;
    }

    // Batches of one window: as even as can be.
    private int Batches(int documents) => documents == 0 ? 0 : (int)Math.Max(1, Math.Round((double)documents / _options.BatchSize));

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
    private double Step(int step)
    {
        double[] factors = Factors();
        double[] weights = _batch.Weights;
        ChunkSweep.Run(Blocks(_batch.Words, WordBlock), _options.ThreadCount, CancellationToken.None, block => Expectations(block, weights, factors));
        TopicParameters local = IsCollapsed
            ? TopicParameters.ForInference(TopicInference.MaximumAPosteriori, _topics, weights, Array.ConvertAll(_concentration, alpha => alpha + 1))
            : TopicParameters.ForInference(TopicInference.VariationalBayes, _topics, weights, _concentration);
        double[] bounds = Infer(local);

        // An update counts every document once, beside what the model knew; learning moves towards what the batch, taken for the whole corpus, says.
        double rate = _options.Update ? 0 : Elementary.Exp(-_options.Decay * Elementary.Log(_options.Delay + step));
        double weight = (double)_training / _batch.Documents;
        double factor = _options.Update ? 1 : rate * weight;
        _scale *= 1 - rate;
        if (_scale < SmallestScale)
        {
            TensorPrimitives.Multiply(_counts, _scale, _counts);
            _scale = 1;
        }
        int blocks = Blocks(_batch.Words, WordBlock);
        double[] added = new double[blocks * _stride];
        ChunkSweep.Run(blocks, _options.ThreadCount, CancellationToken.None, block => Gather(block, factor, added.AsSpan(block * _stride, _stride)));
        for (int k = 0; k < _stride; k++)
        {
            _sums[k] *= 1 - rate;
        }
        for (int i = 0; i < added.Length; i++)
        {
            _sums[i % _stride] += added[i];
        }
        double bound = 0;
        foreach (double own in bounds)
        {
            bound += own;
        }
        return bound * weight;
    }

    // Every rank infers its share of the documents and tells the others what the statistic is made of; then all take the same step.
    private double[] Infer(TopicParameters local)
    {
        int documents = _batch.Documents;
        double[] bounds = new double[documents];
        ICommunicator? ranks = _options.Communicator is { Size: > 1 } several ? several : null;
        (int first, int last) = ranks is null ? (0, documents) : ((int)((long)documents * ranks.Rank / ranks.Size), (int)((long)documents * (ranks.Rank + 1) / ranks.Size));
        if (ranks is not null)
        {
            _batch.AllDocumentWeights.AsSpan(0, documents * _stride).Clear();
            _batch.Ratios[.._batch.CellCount].Clear();
        }
        ChunkSweep.Run(Blocks(last - first, DocumentBlock), _options.ThreadCount, CancellationToken.None, block =>
            Infer(first + block * DocumentBlock, Math.Min(first + (block + 1) * DocumentBlock, last), local, bounds));
        if (ranks is not null)
        {
            ranks.Sum(_batch.AllDocumentWeights.AsSpan(0, documents * _stride));
            ranks.Sum(_batch.Ratios[.._batch.CellCount]);
            ranks.Sum(bounds);
        }
        return bounds;
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
        (int first, int last) = Range(block);
        for (int word = first; word < last; word++)
        {
            Span<double> row = weights.AsSpan(word * _stride, _stride);
            ReadOnlySpan<double> counts = _counts.AsSpan(_batch.Term(word) * _stride, _stride);
            TopicStep.Decayed(counts, _scale, _smoothing, factors, row, !IsCollapsed, level);
        }
    }

    private void Infer(int first, int last, TopicParameters local, double[] bounds)
    {
        TopicWorkspace workspace = _model.Rent();
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
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private unsafe void Gather(int block, double factor, Span<double> added)
    {
        SimdLevel level = Simd.Level;
        (int first, int last) = Range(block);
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

    private const int WordBlock = 64;
    private const int DocumentBlock = 16;

    private static int Blocks(int items, int length) => (items + length - 1) / length;

    private (int First, int Last) Range(int block) => (block * WordBlock, Math.Min((block + 1) * WordBlock, _batch.Words));
}
