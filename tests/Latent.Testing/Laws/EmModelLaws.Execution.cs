using Xunit;
using Xunit.Sdk;

namespace Latent.Testing;

public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>Threads do not change a bit: 1, 2, 3 and 8 of them.</summary>
    [Law]
    public void ThreadsGiveTheSameBits()
    {
        (ChunkList<TChunk> data, TParameters start) = ManyChunks();
        EmResult<TParameters> alone = ShortFit(data, start, threads: 1);
        foreach (int threads in (int[])[2, 3, 8])
        {
            AssertSameBits(alone, ShortFit(data, start, threads), $"{threads} threads");
        }
    }

    /// <summary>Ranks do not change a bit: 1, 2, 3 and 5 of them, each with one or two threads, and all ranks agree.</summary>
    [Law]
    public void RanksGiveTheSameBits()
    {
        (ChunkList<TChunk> data, TParameters start) = ManyChunks();
        EmResult<TParameters> alone = ShortFit(data, start, threads: 1);
        foreach (int ranks in (int[])[1, 2, 3, 5])
        {
            EmResult<TParameters>[] results = (ranks % 2 == 0 ? ThreadCommunicator.RunWithMessages : (Func<int, Func<ICommunicator, EmResult<TParameters>>, EmResult<TParameters>[]>)ThreadCommunicator.Run)(
                ranks, communicator => ShortFit(data, start, threads: 1 + communicator.Rank % 2, communicator));
            foreach (EmResult<TParameters> result in results)
            {
                AssertSameBits(alone, result, $"{ranks} ranks");
            }
        }
    }

    /// <summary>A fit that stops and goes on from its result ends with the bits of one that never stopped.</summary>
    [Law]
    public void ResumedIsUninterrupted()
    {
        (ChunkList<TChunk> data, TParameters start) = ManyChunks();
        EmResult<TParameters> whole = ShortFit(data, start, threads: 1, iterations: 6);

        EmResult<TParameters> first = ShortFit(data, start, threads: 1, iterations: 2);
        EmResult<TParameters> second = ShortFit(data, first.Parameters, threads: 2, iterations: 4);

        Close.SameBits(Flatten(whole.Parameters), Flatten(second.Parameters), "parameters");
        Close.SameBits(whole.Trace, [.. first.Trace, .. second.Trace.Skip(1)], "trace");
    }

    /// <summary>
    /// Killed after any iteration and resumed from its checkpoint, with other threads or on several ranks, plain or accelerated, a fit ends with the bits of one
    /// that was not: parameters, trace and counts.
    /// </summary>
    [Law]
    public void ResumedFromAnyCheckpointIsUninterrupted()
    {
        (ChunkList<TChunk> data, TParameters start) = ManyChunks();
        foreach (Accelerator acceleration in (Accelerator[])[Accelerator.None, Accelerator.Default])
        {
            EmOptions options = new() { MaxIterations = 6, Stopping = StoppingRule.Never, Threads = 1, Acceleration = acceleration };
            EmResult<TParameters> whole = Em.Fit(Model, data, start, options);
            CheckpointHistory history = new();
            Em.Fit(Model, data, start, options with { Checkpoint = new CheckpointOptions(history) { Interval = TimeSpan.Zero } });
            Assert.True(history.Written.Count > whole.Iterations, $"Expected a checkpoint after each of {whole.Iterations} iterations, found {history.Written.Count}.");
            for (int killed = 0; killed < history.Written.Count; killed++)
            {
                AssertResumed(killed, 1 + killed % 3, null);
            }
            ThreadCommunicator.Run(3, ranks => AssertResumed(2, 1, ranks));

            int AssertResumed(int killed, int threads, ICommunicator? ranks)
            {
                EmResult<TParameters> resumed = Em.Fit(Model, data, start, options with
                {
                    Threads = threads,
                    Communicator = ranks,
                    Checkpoint = new CheckpointOptions(history.After(killed)) { Resume = true },
                });
                AssertSameBits(whole, resumed, $"checkpoint {killed} with {threads} threads");
                Assert.Equal((whole.Iterations, whole.Evaluations, whole.StopReason), (resumed.Iterations, resumed.Evaluations, resumed.StopReason));
                return killed;
            }
        }
    }

    /// <summary>After warm-up, the E-step of a chunk allocates nothing on the managed heap.</summary>
    [Law]
    public void ExpectAllocatesNothing()
    {
        Random random = new(Seed + 43);
        TParameters parameters = Parameters(random);
        TChunk chunk = Draw(random, 500);
        double[] statistic = new double[Model.StatisticLength];
        IEmModel<TParameters, TChunk> model = Model;
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < 20; call++)
            {
                model.Expect(parameters, chunk, statistic);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(least == 0, $"Expected no allocation per chunk after warm-up, found {least / 20.0} bytes per call.");
    }

    private (ChunkList<TChunk> Data, TParameters Start) ManyChunks()
    {
        Random random = new(Seed + 40);
        TChunk[] chunks = [.. Enumerable.Range(0, 37).Select(index => Draw(random, index == 5 ? 0 : 3 + random.Next(10)))];
        return (new ChunkList<TChunk>(chunks), Parameters(random));
    }

    private EmResult<TParameters> ShortFit(ChunkList<TChunk> data, TParameters start, int threads, ICommunicator? communicator = null, int iterations = 4) =>
        Em.Fit(Model, data, start, new EmOptions { MaxIterations = iterations, Stopping = StoppingRule.Never, Threads = threads, Communicator = communicator });

    private void AssertSameBits(EmResult<TParameters> expected, EmResult<TParameters> actual, string by)
    {
        try
        {
            Close.SameBits(expected.Trace, actual.Trace, "trace");
            Close.SameBits(Flatten(expected.Parameters), Flatten(actual.Parameters), "parameters");
        }
        catch (XunitException difference)
        {
            throw new XunitException($"By {by}: {difference.Message}");
        }
    }
}
