using System.Diagnostics;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;
using Latent.Numerics;

namespace Latent.Bench;

/// <summary>Time per step and iteration of hidden Markov models with diagonal Gaussian emissions of four columns, and its relation to the multiply-adds that the recursions need.</summary>
internal static class MarkovTables
{
    private const int Columns = 4;
    private const int Length = 1000;

    /// <summary>The tables; with a folder, the files of the comparison with peers in it instead; with "long", one long sequence beside many short ones; with "covariates", transitions that depend on two; with "durations", states that last as a distribution of their own says.</summary>
    public static void Run(string? folder)
    {
        if (folder == "long")
        {
            Long();
            return;
        }
        if (folder == "durations")
        {
            Durations();
            return;
        }
        if (folder == "covariates")
        {
            Covariates();
            return;
        }
        if (folder is not null)
        {
            Files(folder);
            return;
        }
        foreach (int states in (int[])[2, 4, 8, 16, 64])
        {
            int sequences = states > 16 ? 100 : 500;
            Report(states, sequences, Length, 1);
            Report(states, sequences, Length, Environment.ProcessorCount);
        }
        Long();
    }

    private static void Long()
    {
        for (int threads = 1; threads <= Environment.ProcessorCount; threads *= 2)
        {
            Report(4, 1, 10_000_000, threads);
        }
        Report(4, 10_000, Length, 1);
    }

    private static void Durations()
    {
        foreach (int states in (int[])[2, 4, 8])
        {
            foreach (int longest in (int[])[20, 100])
            {
                HiddenMarkov<DiagonalGaussian> truth = Truth(states);
                SequenceSource data = Drawn(truth, 100);
                DurationFamily family = DurationFamily.NegativeBinomial(longest);
                double[] moves = truth.Transition.ToArray();
                for (int state = 0; state < states; state++)
                {
                    moves[state * states + state] = 0;
                }
                HiddenMarkov<DiagonalGaussian> start = new(truth.Initial.AsSpan(), moves, truth.Emissions.AsSpan(), [.. Enumerable.Range(0, states).Select(_ => family.WithMean(5))]);
                double own = Iterate(new HiddenMarkovModel<DiagonalGaussian>(new DiagonalGaussianFamily(Columns), states, Columns) { Durations = family }, data, start, 1);
                Console.WriteLine($"S = {states,2}, durations up to {longest,3}, 1 thread: {own * 1e9 / data.Steps,7:f1} ns per step, {own * 1e9 / data.Steps / states / longest,5:f2} per state and age");
            }
        }
    }

    private static SequenceSource Drawn(HiddenMarkov<DiagonalGaussian> truth, int sequences)
    {
        FittedHiddenMarkov<DiagonalGaussian> fitted = new(new HiddenMarkovModel<DiagonalGaussian>(new DiagonalGaussianFamily(Columns), truth.States, Columns), truth, ["x1", "x2", "x3", "x4"]);
        int[] lengths = [.. Enumerable.Repeat(Length, sequences)];
        return SequenceSource.From(RowSource.From(fitted.Sample(lengths).Values, Columns), lengths);
    }

    private static void Covariates()
    {
        foreach (int states in (int[])[2, 4, 8])
        {
            DiagonalGaussianFamily family = new(Columns);
            HiddenMarkov<DiagonalGaussian> truth = Truth(states);
            RandomGenerator random = new(11);
            double[] cells = [.. Enumerable.Range(0, 2 * 100 * Length).Select(_ => random.NextGaussian())];
            SequenceSource data = Drawn(truth, 100);
            double constant = Iterate(new HiddenMarkovModel<DiagonalGaussian>(family, states, Columns), data, truth, 1);
            SequenceSource depending = data.WithCovariates(RowSource.From(cells, 2));
            TransitionCovariates covariates = TransitionCovariates.Of(depending.Covariates!);
            HiddenMarkovModel<DiagonalGaussian> model = new(family, states, Columns) { Covariates = covariates };
            HiddenMarkov<DiagonalGaussian> start = new(truth.Initial.AsSpan(), truth.Transition.AsSpan(), truth.Emissions.AsSpan()) { Logits = TransitionLogits.From(truth.Transition.AsSpan(), covariates) };
            double own = Iterate(model, depending, start, 1);
            Console.WriteLine($"S = {states,2}, two covariates, 1 thread: {own * 1e9 / data.Steps,7:f1} ns per step, without {constant * 1e9 / data.Steps,7:f1}");
        }
    }

    private static void Report(int states, int sequences, int length, int threads)
    {
        DiagonalGaussianFamily family = new(Columns);
        HiddenMarkov<DiagonalGaussian> truth = Truth(states);
        FittedHiddenMarkov<DiagonalGaussian> fitted = new(new HiddenMarkovModel<DiagonalGaussian>(family, states, Columns), truth, ["x1", "x2", "x3", "x4"]);
        int[] lengths = [.. Enumerable.Repeat(length, sequences)];
        SequenceSource data = SequenceSource.From(RowSource.From(fitted.Sample(lengths).Values, Columns), lengths);
        double best = Iterate(fitted.Model, data, truth, threads);
        double steps = (double)sequences * length;
        Console.WriteLine(
            $"S = {states,2}, {sequences,6} × {length,8}, {threads} threads: {best * 1e3,8:f1} ms per iteration, {best * 1e9 * threads / steps,7:f1} ns·cores per step, {3.0 * states * states * steps / best / threads * 1e-9,5:f2} G multiply-adds of the recursions per second and core");
    }

    /// <summary>500 sequences of 1,000 steps: eight Gaussian states over four columns, and sixteen states over 64 symbols.</summary>
    private static void Files(string folder)
    {
        int[] lengths = [.. Enumerable.Repeat(Length, 500)];
        using RowTable numbers = DataFiles.Read(Path.Combine(folder, "hmm_gauss.npy"));
        using RowTable symbols = DataFiles.Read(Path.Combine(folder, "hmm_disc.npy"));
        HiddenMarkov<DiagonalGaussian> gaussian = Truth(8);
        HiddenMarkov<DiagonalGaussian> chain = Truth(16);
        RandomGenerator random = new(3);
        Categorical[] emissions = [.. Enumerable.Range(0, 16).Select(_ => new Categorical(Shares(random, 64)))];
        HiddenMarkov<Categorical> categorical = new(chain.Initial.AsSpan(), chain.Transition.AsSpan(), emissions);
        foreach (int threads in (int[])[1, Environment.ProcessorCount])
        {
            double first = Iterate(new HiddenMarkovModel<DiagonalGaussian>(new DiagonalGaussianFamily(Columns), 8, Columns), SequenceSource.From(numbers.Rows, lengths), gaussian, threads);
            double second = Iterate(new HiddenMarkovModel<Categorical>(new CategoricalFamily(64), 16, 1), SequenceSource.From(symbols.Rows, lengths), categorical, threads);
            Console.WriteLine($"{threads} threads: Gaussian diag, 8 states: {first * 1e3:f1} ms per iteration; categorical, 16 states, 64 symbols: {second * 1e3:f1} ms per iteration");
        }
    }

    private static double[] Shares(RandomGenerator random, int count)
    {
        double[] draws = [.. Enumerable.Range(0, count).Select(_ => 0.1 + random.NextDouble())];
        double sum = draws.Sum();
        return [.. draws.Select(draw => draw / sum)];
    }

    /// <summary>Seconds per sweep, the best of several.</summary>
    private static double Iterate<T>(HiddenMarkovModel<T> model, SequenceSource data, HiddenMarkov<T> start, int threads)
    {
        model.Threads = Math.Max(1, threads / data.ChunkCount);
        EmOptions options = new() { MaxIterations = 2, Acceleration = Accelerator.None, Stopping = StoppingRule.Never, Threads = threads };
        double best = double.PositiveInfinity;
        for (int trial = 0; trial < (data.Steps > 1_000_000 ? 3 : 8); trial++)
        {
            long begin = Stopwatch.GetTimestamp();
            Em.Fit(model, data, start, options);
            // Three sweeps: the start and two steps.
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds / 3);
        }
        return best;
    }

    private static HiddenMarkov<DiagonalGaussian> Truth(int states)
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
