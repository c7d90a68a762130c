using System.Collections.Immutable;
using Latent.Data;

namespace Latent.Markov;

/// <summary>
/// A hidden Markov model whatever its emissions: decodes, predicts, scores and draws sequences. Immutable and safe for many threads.
/// </summary>
public abstract partial class FittedHiddenMarkov
{
    private protected FittedHiddenMarkov(IReadOnlyList<string> columnNames) => ColumnNames = [.. columnNames];

    /// <summary>Names of the columns of a step.</summary>
    public ImmutableArray<string> ColumnNames { get; }

    /// <summary>The number of states S.</summary>
    public abstract int States { get; }

    /// <summary>π: the probability of each state at the first step.</summary>
    public abstract ImmutableArray<double> Initial { get; }

    /// <summary>A, row-major: from × to.</summary>
    public abstract ImmutableArray<double> Transition { get; }

    /// <summary>How long each state lasts; empty for an ordinary hidden Markov model.</summary>
    public abstract ImmutableArray<Duration> Durations { get; }

    /// <summary>How transitions depend on covariates; null where they do not.</summary>
    public abstract TransitionLogits? Logits { get; }

    /// <summary>The stationary distribution δ = δA, each state with the time it lasts where it has a duration; null where the chain has several.</summary>
    public virtual ImmutableArray<double>? Stationary => StationaryChain.Distribution(Transition.AsSpan(), States) is { } found ? [.. found] : null;

    /// <summary>The log-likelihood of each sequence in nats, without weights; −∞ for one that is impossible.</summary>
    /// <param name="sequences">Sequences with the model's columns.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <exception cref="ArgumentException">The sequences have other columns.</exception>
    public abstract double[] LogLikelihoods(SequenceSource sequences, int threads = 0);

    /// <summary>The total log-likelihood in nats, weights included.</summary>
    /// <inheritdoc cref="LogLikelihoods"/>
    public double Score(SequenceSource sequences, int threads = 0)
    {
        double[] each = LogLikelihoods(sequences, threads);
        double sum = 0;
        for (int index = 0, sequence = 0; index < sequences.ChunkCount; index++)
        {
            SequenceChunk chunk = sequences.GetChunk(index);
            for (int own = 0; own < chunk.Sequences; own++, sequence++)
            {
                double weight = chunk.Weight(own);
                sum += weight == 0 ? 0 : weight * each[sequence];
            }
        }
        return sum;
    }

    /// <summary>log p(xₜ | x₁ … xₜ₋₁) of every step, in nats: over a sequence they sum to its log-likelihood. 0 at a step that is missing.</summary>
    /// <exception cref="ArgumentException">The sequences have other columns.</exception>
    /// <exception cref="NumericalException">A sequence is impossible under the model.</exception>
    public abstract double[] LogDensity(SequenceSource sequences, int threads = 0);

    /// <summary>Smoothing probabilities P(zₜ = k | x₁ … x_T), row-major, steps × S; each row sums to one.</summary>
    /// <inheritdoc cref="LogDensity"/>
    public abstract double[] Posteriors(SequenceSource sequences, int threads = 0);

    /// <summary>Filtering probabilities P(zₜ = k | x₁ … xₜ), row-major, steps × S.</summary>
    /// <inheritdoc cref="LogDensity"/>
    public abstract double[] Filter(SequenceSource sequences, int threads = 0);

    /// <summary>The most probable path of every sequence [Viterbi1967]; among equals the one with the lower states, from the end.</summary>
    /// <inheritdoc cref="LogDensity"/>
    public abstract StatePath[] Viterbi(SequenceSource sequences, int threads = 0);

    /// <summary>The <paramref name="count"/> most probable paths of one sequence, best first; fewer where fewer are possible.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="sequence">Which of them, from 0.</param>
    /// <param name="count">How many paths.</param>
    /// <exception cref="ArgumentException">The sequences have other columns.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence, or the count is not positive.</exception>
    public abstract IReadOnlyList<StatePath> BestPaths(SequenceSource sequences, int sequence, int count);

    /// <summary>
    /// Draws sequences; the same seed draws the same.
    /// </summary>
    /// <param name="lengths">The number of steps of each sequence, none negative.</param>
    /// <param name="seed">Seed of the generator.</param>
    /// <returns>Row-major values, steps × columns, one sequence after the other, and the state of each step.</returns>
    /// <exception cref="NotSupportedException">The family cannot be drawn from.</exception>
    public abstract (double[] Values, int[] States) Sample(IReadOnlyList<int> lengths, ulong seed = 1);

    /// <summary>
    /// Draws sequences whose transitions depend on covariates; the same seed draws the same.
    /// </summary>
    /// <param name="lengths">The number of steps of each sequence, none negative.</param>
    /// <param name="covariates">The covariates of all steps, one sequence after the other.</param>
    /// <param name="seed">Seed of the generator.</param>
    /// <returns>Row-major values, steps × columns, one sequence after the other, and the state of each step.</returns>
    /// <exception cref="ArgumentException">The transitions do not depend on covariates, or on other ones, or there is not one row per step.</exception>
    /// <exception cref="NotSupportedException">The family cannot be drawn from.</exception>
    public abstract (double[] Values, int[] States) Sample(IReadOnlyList<int> lengths, RowSource covariates, ulong seed = 1);

    /// <summary>A at given covariates, row-major: from × to; <see cref="Transition"/> where transitions do not depend on any.</summary>
    /// <param name="covariates">One value per covariate.</param>
    /// <exception cref="ArgumentException">Another number of values than covariates.</exception>
    public double[] TransitionAt(params ReadOnlySpan<double> covariates)
    {
        int expected = Logits?.Covariates.Names.Length ?? 0;
        return covariates.Length != expected
            ? throw new ArgumentException($"Expected {expected} covariates of transitions, found {covariates.Length}.", nameof(covariates))
            : Logits?.At(covariates, Transition.AsSpan()) ?? [.. Transition];
    }

    /// <summary>The most probable state of every step by itself, from 0, the lower one among equals: the fewest expected errors, though the path may be impossible.</summary>
    /// <inheritdoc cref="LogDensity"/>
    public int[] Decode(SequenceSource sequences, int threads = 0)
    {
        double[] posteriors = Posteriors(sequences, threads);
        int[] states = new int[posteriors.Length / States];
        for (int step = 0; step < states.Length; step++)
        {
            ReadOnlySpan<double> own = posteriors.AsSpan(step * States, States);
            for (int state = 1; state < States; state++)
            {
                states[step] = own[state] > own[states[step]] ? state : states[step];
            }
        }
        return states;
    }

    /// <summary>The distribution of the state so many steps after the end of each sequence, row-major, sequences × S.</summary>
    /// <param name="sequences">The sequences.</param>
    /// <param name="horizon">Steps after the last, at least 1.</param>
    /// <param name="threads">Threads to use; 0 for all processors.</param>
    /// <inheritdoc cref="LogDensity"/>
    public virtual double[] Forecast(SequenceSource sequences, int horizon = 1, int threads = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        double[] filtered = Filter(sequences, threads);
        double[] result = new double[checked(sequences.Sequences * States)];
        int end = 0;
        for (int sequence = 0; sequence < sequences.Lengths.Length; sequence++)
        {
            end += sequences.Lengths[sequence];
            double[] now = filtered[((end - 1) * States)..(end * States)];
            for (int step = 0; step < horizon; step++)
            {
                now = Move(now);
            }
            now.CopyTo(result, sequence * States);
        }
        return result;
    }

    private double[] Move(double[] distribution)
    {
        double[] next = new double[States];
        for (int from = 0; from < States; from++)
        {
            for (int to = 0; to < States; to++)
            {
                next[to] += distribution[from] * Transition[from * States + to];
            }
        }
        return next;
    }
}
