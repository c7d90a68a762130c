using Latent.Engine.Checkpoints;

namespace Latent.Engine.Stepwise;

/// <summary>The epochs that come before batch EM.</summary>
internal static class Epochs
{
    /// <summary>Where the epochs lead, and how many passes over the data they took; the start itself for batch EM.</summary>
    /// <param name="model">The model.</param>
    /// <param name="data">The data.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="options">How they run.</param>
    /// <param name="clock">The clock of the fit.</param>
    /// <param name="cancellation">Cancels between two batches.</param>
    /// <param name="checkpoints">The checkpoints of the fit, or null.</param>
    /// <param name="saved">Where they were when they were interrupted; null at their beginning.</param>
    /// <param name="watch">Is told what a checkpoint is to hold of them.</param>
    /// <exception cref="ArgumentException">The model has no stepwise EM.</exception>
    public static EpochOutcome<TParameters> Run<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model,
        IDataSource<TChunk> data,
        TParameters start,
        EmOptions options,
        Clock clock,
        CancellationToken cancellation,
        Checkpointer? checkpoints = null,
        EpochState<TParameters>? saved = null,
        Action<Func<EpochState<TParameters>>>? watch = null)
    {
        if (options.Algorithm == EmAlgorithm.Batch || data.ChunkCount == 0)
        {
            return new(start, 0, 0, false);
        }
        if (model is not IStepwiseModel<TParameters, TChunk> stepwise)
        {
            throw new ArgumentException($"Expected a model whose statistics can be put together for stepwise or incremental EM, found {model.GetType().Name}. Use batch EM.");
        }
        Func<bool> stop = new Reduction<TParameters, TChunk>(model, data, 1, options.Communicator) is var ranks && options.Communicator is null
            ? () => clock.IsUp || cancellation.IsCancellationRequested
            : () => ranks.AnyRank(clock.IsUp || cancellation.IsCancellationRequested);
        EpochContext<TParameters, TChunk> context = new(stepwise, data, RowPieces.Of(data), options, clock, stop, checkpoints, watch ?? (_ => { }));
        try
        {
            return options.Algorithm is StepwiseEm online
                ? Online(context, online, start, saved)
                : new Blocks<TParameters, TChunk>(context, (IncrementalEm)options.Algorithm, start, saved?.Blocks).Run();
        }
        catch (NotSupportedException cause)
        {
            throw new ArgumentException(cause.Message, cause);
        }
    }

    private static EpochOutcome<TParameters> Online<TParameters, TChunk>(
        EpochContext<TParameters, TChunk> context, StepwiseEm algorithm, TParameters start, EpochState<TParameters>? saved)
    {
        TParameters reached = start;
        int steps = saved?.Steps ?? 0;
        if (saved?.Polish is null)
        {
            EmOptions options = context.Options;
            OnlineOptions how = new() { Exponent = algorithm.Exponent, Threads = options.Threads, Communicator = options.Communicator, Whole = context.Whole };
            OnlineEm<TParameters, TChunk> online = saved?.Online is { } state ? new(context.Model, state, how) : new(context.Model, start, how);
            (int epoch, int batch) = saved is null ? (0, 0) : (saved.Epoch, saved.Batch);
            context.Watch(() => new EpochState<TParameters>(epoch, batch, 0, online.Save(), null, null));
            for (; epoch < algorithm.Epochs; epoch++, batch = 0)
            {
                Draw<TChunk> draw = context.Draw(algorithm.BatchSize, epoch);
                while (batch < draw.Batches)
                {
                    if (context.Stop())
                    {
                        return new(online.Averaged, epoch + 1, (int)online.Steps, true);
                    }
                    context.Step(() => online.PartialFit(draw.Batch(batch++), context.Pieces, CancellationToken.None));
                    context.Report((int)online.Steps, online.Foresight * context.Whole);
                }
            }
            (reached, steps) = (online.Averaged, (int)online.Steps);
        }
        return algorithm.Polish && context.Options.MaxIterations > 0
            ? new SamplePolish<TParameters, TChunk>(context, algorithm.Epochs, steps).Run(reached, saved?.Polish)
            : new(reached, algorithm.Epochs, steps, false);
    }
}

/// <summary>Where epochs lead.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Passes">Passes over the data that they took, rounded up.</param>
/// <param name="Steps">M-steps that they made.</param>
/// <param name="Cut">Whether time or the caller has ended them.</param>
internal sealed record EpochOutcome<TParameters>(TParameters Parameters, int Passes, int Steps, bool Cut)
{
    /// <summary>That the parameters are within the tolerance of the maximum; null where that is for batch EM to say.</summary>
    public Certificate? Certificate { get; init; }
}

/// <summary>Where epochs are, between two batches or two steps of their polish.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="Batch">Its next batch.</param>
/// <param name="Steps">M-steps of stepwise EM, once it is over.</param>
/// <param name="Online">What stepwise EM has learnt; null for incremental EM, and once it is over.</param>
/// <param name="Blocks">The blocks of incremental EM; null for stepwise EM.</param>
/// <param name="Polish">The polish that comes after stepwise EM; null before.</param>
internal sealed record EpochState<TParameters>(int Epoch, int Batch, int Steps, OnlineState<TParameters>? Online, BlocksState<TParameters>? Blocks, PolishState<TParameters>? Polish)
{
    /// <summary>The current parameters.</summary>
    public TParameters? Reached => Online is not null ? Online.Parameters : Blocks is not null ? Blocks.Parameters : Polish is not null ? Polish.Parameters : default;
}
