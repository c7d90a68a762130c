namespace Latent.Engine.Stepwise;

/// <summary>The epochs that come before batch EM.</summary>
internal static class Epochs
{
    /// <summary>Where the epochs lead, and how many passes over the data they took; the start itself for batch EM.</summary>
    /// <exception cref="ArgumentException">The model has no stepwise EM.</exception>
    public static (TParameters Parameters, int Passes) Run<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters start, EmOptions options, Clock clock, CancellationToken cancellation)
    {
        if (options.Algorithm == EmAlgorithm.Batch || data.ChunkCount == 0)
        {
            return (start, 0);
        }
        if (model is not IStepwiseModel<TParameters, TChunk> stepwise)
        {
            throw new ArgumentException($"Expected a model whose statistics can be put together for stepwise or incremental EM, found {model.GetType().Name}. Use batch EM.");
        }
        Func<bool> stop = new Reduction<TParameters, TChunk>(model, data, 1, options.Communicator) is var ranks && options.Communicator is null
            ? () => clock.IsUp || cancellation.IsCancellationRequested
            : () => ranks.AnyRank(clock.IsUp || cancellation.IsCancellationRequested);
        EpochContext<TParameters, TChunk> context = new(stepwise, RowPieces.Of(data), options, clock, stop, cancellation);
        try
        {
            return options.Algorithm is StepwiseEm online ? Online(context, online, start) : new Blocks<TParameters, TChunk>(context, (IncrementalEm)options.Algorithm, start).Run();
        }
        catch (NotSupportedException cause)
        {
            throw new ArgumentException(cause.Message, cause);
        }
    }

    /// <summary>The passes of the epochs that an algorithm begins with, when nothing cuts them short.</summary>
    public static int Planned(EmAlgorithm algorithm) => algorithm switch
    {
        StepwiseEm online => online.Epochs,
        IncrementalEm incremental => incremental.Epochs,
        _ => 0,
    };

    private static (TParameters, int) Online<TParameters, TChunk>(EpochContext<TParameters, TChunk> context, StepwiseEm algorithm, TParameters start)
    {
        EmOptions options = context.Options;
        OnlineEm<TParameters, TChunk> online = new(
            context.Model, start, new OnlineOptions { Exponent = algorithm.Exponent, Threads = options.Threads, Communicator = options.Communicator, Whole = context.Whole });
        for (int epoch = 0; epoch < algorithm.Epochs; epoch++)
        {
            Draw<TChunk> draw = context.Draw(algorithm.BatchSize, epoch);
            for (int batch = 0; batch < draw.Batches; batch++)
            {
                if (context.Stop())
                {
                    return (online.Averaged, epoch + 1);
                }
                online.PartialFit(draw.Batch(batch), context.Pieces, CancellationToken.None);
                context.Report((int)online.Steps, online.Foresight);
            }
        }
        return (online.Averaged, algorithm.Epochs);
    }
}

/// <summary>What epochs have in common.</summary>
internal sealed record EpochContext<TParameters, TChunk>(
    IStepwiseModel<TParameters, TChunk> Model, IDataSource<TChunk> Pieces, EmOptions Options, Clock Clock, Func<bool> Stop, CancellationToken Cancellation)
{
    private double? _whole;

    /// <summary>The mass of all the data.</summary>
    public double Whole => _whole ??= Sum();

    /// <summary>The order of an epoch.</summary>
    public Draw<TChunk> Draw(double batchMass, int epoch) => new(Pieces, Model.Mass, batchMass, Options.Seed, epoch);

    /// <summary>Tells how far an epoch is: the objective is what the whole would have, at the rate at which batches did before they were learnt from.</summary>
    public void Report(int steps, double foresight) =>
        Options.Progress?.Report(new EmProgress(0, steps, foresight * Whole, double.NaN, Clock.Elapsed));

    private double Sum()
    {
        double sum = 0;
        for (int index = 0; index < Pieces.ChunkCount; index++)
        {
            sum += Model.Mass(Pieces.GetChunk(index));
        }
        return sum;
    }
}
