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

    private readonly double[] _standard;

    /// <param name="covariates">The columns.</param>
    /// <param name="states">S.</param>
    /// <param name="standard">Coefficients in the units of the covariates, from × to × terms, the intercept first.</param>
    internal TransitionLogits(TransitionCovariates covariates, int states, double[] standard) => (Covariates, States, _standard) = (covariates, states, standard);

    /// <summary>The columns.</summary>
    public TransitionCovariates Covariates { get; }

    /// <summary>The number of states S.</summary>
    public int States { get; }

    /// <summary>The coefficients in standard units, from × to × terms.</summary>
    internal ReadOnlySpan<double> Standard => _standard;

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
    internal double[] AtCenter(ReadOnlySpan<double> possible)
    {
        double[] terms = new double[Covariates.Terms];
        terms[0] = 1;
        double[] rows = new double[States * States];
        LogProbabilities(terms, possible, rows);
        for (int at = 0; at < rows.Length; at++)
        {
            // 0 is kept for what is impossible everywhere.
            rows[at] = possible[at] > 0 ? Math.Max(Elementary.Exp(rows[at]), LeastProbability) : 0;
        }
        return rows;
    }

    internal TransitionLogits Reorder(IReadOnlyList<int> order)
    {
        int terms = Covariates.Terms;
        double[] moved = new double[_standard.Length];
        for (int at = 0; at < States * States; at++)
        {
            Of(order[at / States], order[at % States]).CopyTo(moved.AsSpan(at * terms));
        }
        return new TransitionLogits(Covariates, States, moved);
    }

    private ReadOnlySpan<double> Of(int from, int to) => _standard.AsSpan((from * States + to) * Covariates.Terms, Covariates.Terms);
}
