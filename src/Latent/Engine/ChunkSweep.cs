using System.Runtime.ExceptionServices;

namespace Latent.Engine;

/// <summary>A sweep over chunks outside the additive statistic: for checks, starts and choices that are no sums.</summary>
internal static class ChunkSweep
{
    /// <summary>
    /// Calls <paramref name="visit"/> once for every chunk index, on up to <paramref name="threads"/> threads and in no
    /// particular order. What it finds belongs in a slot of its own for each chunk, to be joined in order afterwards.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static void Run(int chunks, int threads, CancellationToken cancellation, Action<int> visit)
    {
        int workers = Math.Min(threads, chunks);
        int next = -1;

        void Work(int worker)
        {
            int chunk;
            while ((chunk = Interlocked.Increment(ref next)) < chunks)
            {
                cancellation.ThrowIfCancellationRequested();
                visit(chunk);
            }
        }

        if (workers <= 1)
        {
            Work(0);
            return;
        }
        try
        {
            Parallel.For(0, workers, new ParallelOptions { MaxDegreeOfParallelism = workers }, Work);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
