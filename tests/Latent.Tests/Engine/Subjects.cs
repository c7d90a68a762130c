namespace Latent.Tests.Engine;

/// <summary>A model that only sums its chunks: what it returns shows the order of addition.</summary>
internal sealed class SumModel : IEmModel<double, double[]>
{
    public int StatisticLength => 2;

    /// <summary>Called with every chunk; may throw.</summary>
    public Action<double[]>? OnExpect { get; init; }

    public double Expect(double parameters, double[] chunk, Span<double> statistic)
    {
        OnExpect?.Invoke(chunk);
        foreach (double value in chunk)
        {
            statistic[0] += value;
            statistic[1] += 1;
        }
        return chunk.Sum();
    }

    public double Maximize(ReadOnlySpan<double> statistic, double current) => current;
}

/// <summary>A model whose objective is a function of its only parameter, and whose M-step another: right or broken at will.</summary>
internal sealed class ScalarModel(Func<double, double> logLikelihood, Func<double, double> step) : IEmModel<double, double[]>
{
    public int StatisticLength => 1;

    /// <summary>The log-prior.</summary>
    public Func<double, double> Prior { get; init; } = _ => 0;

    public double Expect(double parameters, double[] chunk, Span<double> statistic)
    {
        statistic[0] += chunk.Length;
        return logLikelihood(parameters);
    }

    public double Maximize(ReadOnlySpan<double> statistic, double current) => step(current);

    public double LogPrior(double parameters) => Prior(parameters);
}

/// <summary>A model that counts down to zero, and there returns the very parameters it was given.</summary>
internal sealed class Countdown : IEmModel<int[], double[]>
{
    public int StatisticLength => 1;

    public double Expect(int[] parameters, double[] chunk, Span<double> statistic)
    {
        statistic[0] += chunk.Length;
        return -parameters[0];
    }

    public int[] Maximize(ReadOnlySpan<double> statistic, int[] current) => current[0] > 0 ? [current[0] - 1] : current;
}

/// <summary>A source that counts how often each chunk is asked for.</summary>
internal sealed class CountingSource<TChunk>(params TChunk[] chunks) : IDataSource<TChunk>
{
    public int[] Asked { get; } = new int[chunks.Length];

    public int ChunkCount => chunks.Length;

    public TChunk GetChunk(int index)
    {
        Interlocked.Increment(ref Asked[index]);
        return chunks[index];
    }
}

/// <summary>Progress on the thread that reports it, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class Observer(Action<EmProgress>? action = null) : IProgress<EmProgress>
{
    public List<EmProgress> Seen { get; } = [];

    public void Report(EmProgress value)
    {
        Seen.Add(value);
        action?.Invoke(value);
    }
}
