using System.Collections.Immutable;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// Transitions that depend on covariates, a multinomial logit for each state: P(j after i | x) ∝ exp(βᵢⱼ₀ + Σₖ βᵢⱼₖ·xₖ) with βᵢᵢ = 0, x the covariates of the step that is left [Altman2007]. Transitions
/// of probability 0 are so at every x.
/// </summary>
public sealed class TransitionLogits
{
    // 2⁻¹⁰²², the least normal number.
    private const double LeastProbability = 2.2250738585072014e-308;

    /// <summary>Logits with given coefficients.</summary>
    /// <param name="covariates">The columns.</param>
    /// <param name="states">S.</param>
    /// <param name="standard">Coefficients in the units of the covariates, from × to × terms, the intercept first; those of a state that follows itself are taken as 0.</param>
    /// <exception cref="ArgumentException">Another number of coefficients, or some that are not finite.</exception>
    public TransitionLogits(TransitionCovariates covariates, int states, ReadOnlySpan<double> standard)
    {
        ArgumentNullException.ThrowIfNull(covariates);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(states);
        if (standard.Length != states * states * covariates.Terms)
        {
            throw new ArgumentException($"Expected {states} × {states} × {covariates.Terms} coefficients, found {standard.Length}.", nameof(standard));
        }
        foreach (double coefficient in standard)
        {
            if (!double.IsFinite(coefficient))
            {
                throw new ArgumentException($"Expected finite coefficients of transitions, found {coefficient:R}. Rescale the covariates, or drop some.", nameof(standard));
            }
        }
        double[] own = standard.ToArray();
        for (int state = 0; state < states; state++)
        {
            own.AsSpan((state * states + state) * covariates.Terms, covariates.Terms).Clear();
        }
        (Covariates, States, Standard) = (covariates, states, [.. own]);
    }

    /// <summary>The columns.</summary>
    public TransitionCovariates Covariates { get; }

    /// <summary>The number of states S.</summary>
    public int States { get; }

    /// <summary>The coefficients in the units of <see cref="Covariates"/>, from × to × terms.</summary>
    public ImmutableArray<double> Standard { get; }

    /// <summary>βᵢⱼₖ in the units of the data; k = 0 is the intercept. 0 for j = i.</summary>
    public double this[int from, int to, int term]
    {
        get
        {
            ReadOnlySpan<double> own = Of(from, to);
            if (term > 0)
            {
                return own[term] / Covariates.Scales[term - 1];
            }
            double intercept = own[0];
            for (int k = 1; k < own.Length; k++)
            {
                intercept -= own[k] * Covariates.Centers[k - 1] / Covariates.Scales[k - 1];
            }
            return intercept;
        }
    }

    /// <summary>Probabilities that do not depend on the covariates yet.</summary>
    /// <param name="transition">A, from × to.</param>
    /// <param name="covariates">The columns.</param>
    public static TransitionLogits From(ReadOnlySpan<double> transition, TransitionCovariates covariates)
    {
        ArgumentNullException.ThrowIfNull(covariates);
        int states = (int)Math.Round(Math.Sqrt(transition.Length));
        double[] standard = new double[transition.Length * covariates.Terms];
        for (int at = 0; at < transition.Length; at++)
        {
            double stay = Math.Max(transition[at / states * states + at / states], 1e-6);
            standard[at * covariates.Terms] = transition[at] > 0 && at / states != at % states ? Elementary.Log(Math.Max(transition[at], 1e-6) / stay) : 0;
        }
        return new TransitionLogits(covariates, states, standard);
    }

    /// <summary>The terms of a step in standard units.</summary>
    internal void Terms(ReadOnlySpan<double> cells, Span<double> terms)
    {
        terms[0] = 1;
        for (int column = 0; column < cells.Length; column++)
        {
            terms[column + 1] = (cells[column] - Covariates.Centers[column]) / Covariates.Scales[column];
        }
    }

    /// <summary>log A at the terms of a step; −∞ where <paramref name="possible"/> is 0.</summary>
    internal void LogProbabilities(ReadOnlySpan<double> terms, ReadOnlySpan<double> possible, Span<double> logs)
    {
        for (int from = 0; from < States; from++)
        {
            Span<double> row = logs.Slice(from * States, States);
            for (int to = 0; to < States; to++)
            {
                ReadOnlySpan<double> own = Of(from, to);
                double sum = 0;
                for (int k = 0; k < own.Length; k++)
                {
                    sum = Math.FusedMultiplyAdd(own[k], terms[k], sum);
                }
                row[to] = possible[from * States + to] > 0 ? sum : double.NegativeInfinity;
            }
            double total = LogChain.LogSum(row);
            for (int to = 0; to < States; to++)
            {
                row[to] -= total;
            }
        }
    }

    /// <summary>A at the centers of the covariates.</summary>
    internal double[] AtCenter(ReadOnlySpan<double> possible) => At(Covariates.Centers.AsSpan(), possible);

    /// <summary>A at given covariates; 0 for what is impossible everywhere, and for nothing else.</summary>
    internal double[] At(ReadOnlySpan<double> cells, ReadOnlySpan<double> possible)
    {
        double[] terms = new double[Covariates.Terms];
        Terms(cells, terms);
        double[] rows = new double[States * States];
        LogProbabilities(terms, possible, rows);
        for (int at = 0; at < rows.Length; at++)
        {
            rows[at] = possible[at] > 0 ? Math.Max(Elementary.Exp(rows[at]), LeastProbability) : 0;
        }
        return rows;
    }

    /// <summary>The same logits in the units of other data with the same columns.</summary>
    /// <exception cref="ArgumentException">The columns are others.</exception>
    internal TransitionLogits In(TransitionCovariates covariates)
    {
        if (!covariates.Names.SequenceEqual(Covariates.Names))
        {
            throw new ArgumentException($"Expected transitions that depend on {string.Join(", ", covariates.Names)}, found {string.Join(", ", Covariates.Names)}. Start from a model of the same covariates.", nameof(covariates));
        }
        double[] moved = new double[Standard.Length];
        for (int at = 0; at < States * States; at++)
        {
            ReadOnlySpan<double> own = Of(at / States, at % States);
            Span<double> target = moved.AsSpan(at * own.Length, own.Length);
            target[0] = own[0];
            for (int k = 1; k < own.Length; k++)
            {
                double slope = own[k] / Covariates.Scales[k - 1];
                target[k] = slope * covariates.Scales[k - 1];
                target[0] += slope * (covariates.Centers[k - 1] - Covariates.Centers[k - 1]);
            }
        }
        return new TransitionLogits(covariates, States, moved);
    }

    internal TransitionLogits Reorder(IReadOnlyList<int> order)
    {
        int terms = Covariates.Terms;
        double[] moved = new double[Standard.Length];
        for (int at = 0; at < States * States; at++)
        {
            Of(order[at / States], order[at % States]).CopyTo(moved.AsSpan(at * terms));
        }
        return new TransitionLogits(Covariates, States, moved);
    }

    private ReadOnlySpan<double> Of(int from, int to) => Standard.AsSpan().Slice((from * States + to) * Covariates.Terms, Covariates.Terms);
}
