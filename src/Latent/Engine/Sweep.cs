namespace Latent.Engine;

/// <summary>A single pass over the data outside the EM loop: summaries, scores, the M-step of a partition.</summary>
internal static class Sweep
{
    /// <summary>The statistic of <paramref name="model"/> at <paramref name="parameters"/>, summed over all chunks.</summary>
    public static double[] Statistic<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters parameters, EmOptions options, CancellationToken cancellation = default)
    {
        double[] statistic = new double[model.StatisticLength];
        new Reduction<TParameters, TChunk>(model, data, options.ThreadCount, options.Communicator).Evaluate(parameters, statistic, cancellation);
        return statistic;
    }

    /// <summary>One M-step from <paramref name="parameters"/>.</summary>
    public static TParameters Step<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model, IDataSource<TChunk> data, TParameters parameters, EmOptions options, CancellationToken cancellation = default) =>
        model.Maximize(Statistic(model, data, parameters, options, cancellation), parameters);

    /// <summary>Visits every chunk once, on several threads, in no particular order: for work that writes each chunk's own place.</summary>
    public static void ForEach<TChunk>(IDataSource<TChunk> data, int threads, Action<TChunk> visit) =>
        ChunkSweep.Run(data.ChunkCount, threads, CancellationToken.None, chunk => visit(data.GetChunk(chunk)));
}
