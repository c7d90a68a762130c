using System.Diagnostics;
using Latent.Data;
using Latent.Families;
using Latent.Markov;
using Latent.Numerics;

namespace Latent.Bench;

/// <summary>Time per step and iteration of hidden Markov models with diagonal Gaussian emissions of four columns, and its relation to the multiply-adds that the recursions need.</summary>
internal static class MarkovTables
{
    private const int Columns = 4;
    private const int Length = 1000;

    public static void Run()
    {
        foreach (int states in (int[])[2, 4, 8, 16, 64])
        {
            int sequences = states > 16 ? 100 : 500;
            Report(states, sequences, Length, 1);
            Report(states, sequences, Length, Environment.ProcessorCount);
        }
        Report(4, 1, 10_000_000, 1);
        Report(4, 10_000, Length, 1);
    }

    private static void Report(int states, int sequences, int length, int threads)
    {
        DiagonalGaussianFamily family = new(Columns);
        HiddenMarkov<DiagonalGaussian> truth = Truth(states);
        FittedHiddenMarkov<DiagonalGaussian> fitted = new(new HiddenMarkovModel<DiagonalGaussian>(family, states, Columns), truth, ["x1", "x2", "x3", "x4"]);
        int[] lengths = [.. Enumerable.Repeat(length, sequences)];
        SequenceSource data = SequenceSource.From(RowSource.From(fitted.Sample(lengths).Values, Columns), lengths);
        EmOptions options = new() { MaxIterations = 2, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, Threads = threads };
        double best = double.PositiveInfinity;
        for (int trial = 0; trial < 6; trial++)
        {
            long begin = Stopwatch.GetTimestamp();
            Em.Fit(fitted.Model, data, truth, options);
            // Three sweeps: the start and two steps.
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds / 3);
        }
        double steps = (double)sequences * length;
        Console.WriteLine(
            $"S = {states,2}, {sequences,6} × {length,8}, {threads} threads: {best * 1e3,8:f1} ms per iteration, {best * 1e9 * threads / steps,7:f1} ns·cores per step, {3.0 * states * states * steps / best / threads * 1e-9,5:f2} G multiply-adds of the recursions per second and core");
    }

    internal static HiddenMarkov<DiagonalGaussian> Truth(int states)
    {
        RandomGenerator random = new(7);
        double[] initial = new double[states];
        Array.Fill(initial, 1);
        double[] transition = new double[states * states];
        for (int at = 0; at < transition.Length; at++)
        {
            transition[at] = random.NextDouble() + (at / states == at % states ? states : 0);
        }
        double[] ones = [1, 1, 1, 1];
        return new(initial, transition, [.. Enumerable.Range(0, states).Select(_ => new DiagonalGaussian([.. ones.Select(_ => 1.5 * random.NextGaussian())], ones))]);
    }
}
