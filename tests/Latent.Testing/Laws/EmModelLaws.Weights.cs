using Xunit;

namespace Latent.Testing;

public abstract partial class EmModelLaws<TParameters, TChunk>
{
    /// <summary>The chunk with each observation's weight multiplied by the given one. Override it, and <see cref="Select"/>, when the model takes weights.</summary>
    protected virtual TChunk Weigh(TChunk chunk, double[] weights) => throw new NotSupportedException("This model takes no weights.");

    /// <summary>The chunk with the observations at the given indices, which may repeat.</summary>
    protected virtual TChunk Select(TChunk chunk, int[] observations) => throw new NotSupportedException("The observations of this chunk cannot be selected.");

    /// <summary>Weight one is no weight.</summary>
    [Law(Needs = nameof(Weigh))]
    public void WeightOneIsNoWeight()
    {
        Random random = new(Seed + 10);
        TParameters parameters = Parameters(random);
        TChunk chunk = Draw(random, Observations);

        AssertSame(Expect(parameters, chunk), Expect(parameters, Weigh(chunk, Weights(_ => 1))));
    }

    /// <summary>A whole weight w is w copies of the observation, and weight 0 is its absence: in statistic and log-likelihood.</summary>
    [Law(Needs = nameof(Weigh))]
    public void WeightsAreCopies()
    {
        Random random = new(Seed + 11);
        TParameters parameters = Parameters(random);
        TChunk chunk = Draw(random, Observations);
        double[] weights = Weights(_ => random.Next(4));
        int[] copies = [.. Enumerable.Range(0, Observations).SelectMany(row => Enumerable.Repeat(row, (int)weights[row]))];
        Assert.Contains(0, weights);
        Assert.Contains(2, weights);

        AssertSame(Expect(parameters, Select(chunk, copies)), Expect(parameters, Weigh(chunk, weights)));
    }

    /// <summary>Weights scale: c times the weights give c times the statistic and the log-likelihood, for any c ≥ 0.</summary>
    [Law(Needs = nameof(Weigh))]
    public void WeightsScale()
    {
        Random random = new(Seed + 12);
        TParameters parameters = Parameters(random);
        TChunk chunk = Draw(random, Observations);
        double[] weights = Weights(_ => random.NextDouble());
        Sweep once = Expect(parameters, Weigh(chunk, weights));

        Sweep scaled = Expect(parameters, Weigh(chunk, [.. weights.Select(weight => 0.3 * weight)]));
        Sweep nothing = Expect(parameters, Weigh(chunk, Weights(_ => 0)));

        AssertSame(new Sweep(0.3 * once.LogLikelihood, [.. once.Statistic.Select(value => 0.3 * value)]), scaled);
        AssertSame(new Sweep(0, new double[Model.StatisticLength]), nothing);
    }

    /// <summary>Asserts that two chunks have the same statistic and log-likelihood, up to the order of sums.</summary>
    private protected void AssertSame(TParameters parameters, TChunk expected, TChunk actual) => AssertSame(Expect(parameters, expected), Expect(parameters, actual));

    /// <summary>Asserts that a chunk has the summed statistic and log-likelihood of two others.</summary>
    private protected void AssertSum(TParameters parameters, TChunk whole, TChunk first, TChunk second) => AssertSame(Expect(parameters, first, second), Expect(parameters, whole));

    private static double[] Weights(Func<int, double> weight) => [.. Enumerable.Range(0, Observations).Select(weight)];

    private void AssertSame(Sweep expected, Sweep actual)
    {
        double size = expected.Statistic.Aggregate(1.0, (most, value) => Math.Max(most, Math.Abs(value)));
        double[] magnitude = new double[expected.Statistic.Length];
        Array.Fill(magnitude, size);
        Close.Equal(expected.Statistic, actual.Statistic, SumTolerance, magnitude, "statistic");
        Close.Equal(expected.LogLikelihood, actual.LogLikelihood, SumTolerance * (1 + Math.Abs(expected.LogLikelihood)), "log-likelihood");
    }
}
