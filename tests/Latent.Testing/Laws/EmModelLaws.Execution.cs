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
            EmResult<TParameters>[] results = ThreadCommunicator.Run(ranks, communicator => ShortFit(data, start, threads: 1 + communicator.Rank % 2, communicator));
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
