using Latent.Data;
using Latent.Families;
using Latent.Kernels;
using Latent.Markov;
using Latent.Testing;

namespace Latent.Tests.Markov;

/// <summary>The recursions at every number of states about the sizes of registers: right, and the same bits at every width.</summary>
[Collection("simd level")]
public class ChainKernelTests
{
    public static TheoryData<int> Sizes => [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 40];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void EveryWidthGivesTheBitsOfTheScalarCodeAndTheNumbersOfPlainLoops(int states)
    {
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(states, 2, seed: states);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        SequenceSource data = MarkovData.Draw(model, 1, 7, 8, 9, 70, 2, 25);
        double expected = 0;
        double[] transitions = new double[states * states];
        for (int sequence = 0; sequence < 7; sequence++)
        {
            (double own, _, double[] xi) = NaiveBaumWelch.Run([.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[sequence]));
            expected += own;
            transitions = [.. transitions.Zip(xi, (sum, value) => sum + value)];
        }

        double[]? first = null;
        SimdLevel best = Simd.Level;
        try
        {
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
            {
                Simd.Level = level;
                double[] statistic = new double[model.Model.StatisticLength];
                double logLikelihood = model.Model.Expect(parameters, data.GetChunk(0), statistic);
                Close.Equal(expected, logLikelihood, 1e-10 * Math.Abs(expected));
                Close.Equal(transitions, statistic.AsSpan(2 * states, states * states), 1e-10, what: "transitions");
                double[] all = [logLikelihood, .. statistic, .. model.Posteriors(data)];
                first ??= all;
                Close.SameBits(first, all, $"results of {level}");
            }
        }
        finally
        {
            Simd.Level = best;
        }
    }

    [Fact]
    public void ASequenceThatIsLongerThanTheBuffersIsTheSameInSegments()
    {
        // Wide enough that the buffers hold 1,024 steps.
        HiddenMarkov<DiagonalGaussian> parameters = MarkovData.Line(64, 2);
        FittedHiddenMarkov<DiagonalGaussian> model = MarkovData.Fitted(parameters);
        int capacity = new ForwardBackward<DiagonalGaussian>(model.Model.Family, 2, 64, model.Model.StatisticLength, 1).Capacity;
        Assert.Equal(1024, capacity);
        SequenceSource data = MarkovData.Draw(model, 3 * capacity + 100);
        (double expected, double[] posteriors, double[] transitions) =
            NaiveBaumWelch.Run([.. parameters.Initial], [.. parameters.Transition], MarkovData.LogDensities(parameters, data.GetChunk(0)[0]));

        double[] statistic = new double[model.Model.StatisticLength];
        double logLikelihood = model.Model.Expect(parameters, data.GetChunk(0), statistic);

        Close.Equal(expected, logLikelihood, 1e-11 * Math.Abs(expected));
        Close.Equal(expected, model.Score(data), 1e-11 * Math.Abs(expected));
        Close.Equal(transitions, statistic.AsSpan(2 * 64, 64 * 64), 1e-9, what: "transitions");
        Close.Equal(posteriors[..64], statistic.AsSpan(0, 64), 1e-10, what: "initial");
        Close.Equal(posteriors, model.Posteriors(data), 1e-10, what: "posteriors");
    }
}
