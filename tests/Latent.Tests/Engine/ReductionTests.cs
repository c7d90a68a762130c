using Latent.Engine;
using Latent.Testing;

namespace Latent.Tests.Engine;

/// <summary>One sweep: the tree's order of addition, to the bit, by any number of threads and ranks.</summary>
public sealed class ReductionTests
{
    public static TheoryData<int> ChunkCounts => [1, 2, 3, 4, 5, 6, 7, 8, 13, 37, 100, 1023, 1024, 1025, 3000];

    [Theory]
    [MemberData(nameof(ChunkCounts))]
    public void ThreadsAddInTheOrderOfTheTree(int count)
    {
        ChunkList<double[]> data = Data(count);
        (double[] statistic, double logLikelihood) = Recursive(data);
        foreach (int threads in (int[])[1, 2, 3, 8])
        {
            double[] found = new double[2];
            double value = new Reduction<double, double[]>(new SumModel(), data, threads).Evaluate(0, found, CancellationToken.None);
            Close.SameBits([.. statistic, logLikelihood], [.. found, value], $"sum by {threads} threads");
        }
    }

    [Theory]
    [MemberData(nameof(ChunkCounts))]
    public void RanksAddInTheOrderOfTheTree(int count)
    {
        ChunkList<double[]> data = Data(count);
        (double[] statistic, double logLikelihood) = Recursive(data);
        foreach (int ranks in (int[])[1, 2, 3, 5, 8])
        {
            Assert.All(ThreadCommunicator.Run(ranks, Sum), one => Close.SameBits([.. statistic, logLikelihood], one, $"sum by {ranks} ranks"));
            Assert.All(ThreadCommunicator.RunWithMessages(ranks, Sum), one => Close.SameBits([.. statistic, logLikelihood], one, $"sum by messages of {ranks} ranks"));
        }

        double[] Sum(ICommunicator communicator)
        {
            double[] sum = new double[2];
            double value = new Reduction<double, double[]>(new SumModel(), data, 2, communicator).Evaluate(0, sum, CancellationToken.None);
            return [.. sum, value];
        }
    }

    /// <summary>The data are such that another order gives other bits: the two tests above can fail.</summary>
    [Fact]
    public void TheOrderMatters()
    {
        ChunkList<double[]> data = Data(37);
        double forward = Enumerable.Range(0, 37).Sum(index => data.GetChunk(index).Sum());
        Assert.NotEqual(forward, Recursive(data).LogLikelihood);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void EveryChunkIsAskedForOncePerSweep(int threads)
    {
        CountingSource<double[]> source = new([.. Enumerable.Range(0, 2500).Select(index => (double[])[index])]);
        Reduction<double, double[]> reduction = new(new SumModel(), source, threads);
        double[] statistic = new double[2];

        reduction.Evaluate(0, statistic, CancellationToken.None);
        reduction.Evaluate(0, statistic, CancellationToken.None);

        Assert.All(source.Asked, times => Assert.Equal(2, times));
        Assert.Equal([2500 * 2499 / 2, 2500], statistic);
    }

    [Fact]
    public void RanksShareTheChunks()
    {
        CountingSource<double[]> source = new([.. Enumerable.Range(0, 300).Select(index => (double[])[index])]);
        ThreadCommunicator.Run(3, communicator => new Reduction<double, double[]>(new SumModel(), source, 1, communicator).Evaluate(0, new double[2], CancellationToken.None));
        Assert.All(source.Asked, times => Assert.Equal(1, times));
        ThreadCommunicator.RunWithMessages(3, communicator => new Reduction<double, double[]>(new SumModel(), source, 1, communicator).Evaluate(0, new double[2], CancellationToken.None));
        Assert.All(source.Asked, times => Assert.Equal(2, times));
    }

    [Fact]
    public void NoChunkGivesZero()
    {
        double[] statistic = [1, 2];
        Assert.Equal(0, new Reduction<double, double[]>(new SumModel(), new ChunkList<double[]>(), 2).Evaluate(0, statistic, CancellationToken.None));
        Assert.Equal([0, 0], statistic);
    }

    /// <summary>A model's error arrives as it was thrown, also from many threads.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void ErrorsArriveUnwrapped(int threads)
    {
        SumModel model = new() { OnExpect = chunk => Fail(chunk[0] == 20) };
        ChunkList<double[]> data = new([.. Enumerable.Range(0, 40).Select(index => (double[])[index])]);
        Reduction<double, double[]> reduction = new(model, data, threads);

        ArgumentException error = Assert.Throws<ArgumentException>(() => reduction.Evaluate(0, new double[2], CancellationToken.None));

        Assert.Equal("row 20 is bad", error.Message);
    }

    [Fact]
    public void AReductionGoesOnAfterAnError()
    {
        bool broken = true;
        SumModel model = new() { OnExpect = chunk => Fail(broken && chunk[0] == 20) };
        ChunkList<double[]> data = new([.. Enumerable.Range(0, 40).Select(index => (double[])[index])]);
        Reduction<double, double[]> reduction = new(model, data, 4);
        Assert.Throws<ArgumentException>(() => reduction.Evaluate(0, new double[2], CancellationToken.None));

        broken = false;
        double[] statistic = new double[2];
        reduction.Evaluate(0, statistic, CancellationToken.None);

        Assert.Equal([780, 40], statistic);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ASweepIsCancelledBetweenChunks(int threads)
    {
        using CancellationTokenSource source = new();
        int seen = 0;
        SumModel model = new()
        {
            OnExpect = _ =>
            {
                if (Interlocked.Increment(ref seen) == 10)
                {
                    source.Cancel();
                }
            },
        };
        ChunkList<double[]> data = new([.. Enumerable.Range(0, 5000).Select(index => (double[])[index])]);

        Assert.Throws<OperationCanceledException>(() => new Reduction<double, double[]>(model, data, threads).Evaluate(0, new double[2], source.Token));

        Assert.InRange(seen, 10, 10 + threads);
    }

    private static void Fail(bool now)
    {
        if (now)
        {
            throw new ArgumentException("row 20 is bad");
        }
    }

    /// <summary>Chunks whose sums differ by many orders of magnitude and in sign.</summary>
    private static ChunkList<double[]> Data(int count)
    {
        Random random = new(42);
        return new([.. Enumerable.Range(0, count).Select(_ => (double[])[.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => Simulate.Normal(random) * Math.Pow(10, random.Next(8)))])]);
    }

    /// <summary>The definition: leaves of consecutive chunks, summed in a perfect binary tree by recursion.</summary>
    private static (double[] Statistic, double LogLikelihood) Recursive(ChunkList<double[]> data)
    {
        int leaves = Math.Min(data.ChunkCount, 16384);
        int width = 1;
        while (width < leaves)
        {
            width *= 2;
        }
        double[]? Node(int first, int size)
        {
            if (first >= leaves)
            {
                return null;
            }
            if (size == 1)
            {
                double[] leaf = new double[3];
                for (long chunk = (long)first * data.ChunkCount / leaves; chunk < (first + 1L) * data.ChunkCount / leaves; chunk++)
                {
                    foreach (double value in data.GetChunk((int)chunk))
                    {
                        leaf[0] += value;
                        leaf[1] += 1;
                    }
                    leaf[2] += data.GetChunk((int)chunk).Sum();
                }
                return leaf;
            }
            double[] left = Node(first, size / 2)!;
            return Node(first + size / 2, size / 2) is { } right ? [.. left.Zip(right, (one, other) => one + other)] : left;
        }
        double[] root = Node(0, width)!;
        return (root[..2], root[2]);
    }
}
