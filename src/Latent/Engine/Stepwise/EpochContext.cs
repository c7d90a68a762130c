using Latent.Engine.Checkpoints;

namespace Latent.Engine.Stepwise;

/// <summary>What epochs have in common.</summary>
/// <param name="Model">The model.</param>
/// <param name="Data">The data in chunks, as batch EM sees them.</param>
/// <param name="Pieces">The same in pieces, of which batches are made.</param>
/// <param name="Options">How they run.</param>
/// <param name="Clock">The clock of the fit.</param>
/// <param name="Stop">Whether time or the caller ends them; asked between two steps, by all ranks together.</param>
/// <param name="Checkpoints">The checkpoints of the fit, or null.</param>
/// <param name="Watch">Says what a checkpoint holds from now on.</param>
internal sealed record EpochContext<TParameters, TChunk>(
    IStepwiseModel<TParameters, TChunk> Model,
    IDataSource<TChunk> Data,
    IDataSource<TChunk> Pieces,
    EmOptions Options,
    Clock Clock,
    Func<bool> Stop,
    Checkpointer? Checkpoints,
    Action<Func<EpochState<TParameters>>> Watch)
{
    private double? _whole;

    /// <summary>The mass of all the data.</summary>
    public double Whole => _whole ??= MassOf(Pieces);

    /// <summary>The order of an epoch.</summary>
    public Draw<TChunk> Draw(double batchMass, int epoch) => new(Pieces, Model.Mass, batchMass, Options.Seed, epoch);

    /// <summary>A step, between two of which a checkpoint may be taken.</summary>
    public void Step(Action step)
    {
        Checkpoints?.Enter();
        try
        {
            step();
        }
        finally
        {
            Checkpoints?.Exit();
        }
        Checkpoints?.Tick();
    }

    /// <summary>Tells how far an epoch is: the objective is what the whole would have, at the rate at which batches did before they were learnt from.</summary>
    public void Report(int steps, double objective) =>
        Options.Progress?.Report(new EmProgress(0, steps, objective, double.NaN, Clock.Elapsed));

    /// <summary>The mass of some of them.</summary>
    public double MassOf(IDataSource<TChunk> data)
    {
        double sum = 0;
        for (int index = 0; index < data.ChunkCount; index++)
        {
            sum += Model.Mass(data.GetChunk(index));
        }
        return sum;
    }
}
