using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// Grows a mixture component by component [BaudryCeleux2015]: the most promising components of the solution with one component less are cut in two
/// across their longest axis, each for a few iterations of EM, and the best goes on. From <see cref="StartContext{TComponent}.Smaller"/> where it
/// is given, so that the objective never falls as components are added; else from one component on.
/// </summary>
/// <param name="Candidates">Components tried at each step. Default 3.</param>
/// <param name="Iterations">EM iterations of each. Default 5.</param>
public sealed record SplitInitializer(int Candidates = 3, int Iterations = 5) : MixtureInitializer
{
    /// <summary>Components tried at each step.</summary>
    public int Candidates { get; } = Candidates >= 1 ? Candidates : throw new ArgumentOutOfRangeException(nameof(Candidates), Candidates, "Expected one candidate or more.");

    /// <summary>Iterations of each.</summary>
    public int Iterations { get; } = Iterations >= 0 ? Iterations : throw new ArgumentOutOfRangeException(nameof(Iterations), Iterations, "Expected zero iterations or more.");

    /// <inheritdoc/>
    public override string Name => "split";

    /// <inheritdoc/>
    public override bool IsDeterministic => true;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) => Grown(context, context.Model.Components);

    /// <summary>The mixture that starts from elsewhere begin with, or one component, grown to so many.</summary>
    internal Mixture<TComponent> Grown<TComponent>(StartContext<TComponent> context, int components)
    {
        Mixture<TComponent> current = context.Smaller is { } smaller && smaller.Count <= components
            ? smaller
            : new Mixture<TComponent>([1.0], [context.Pooled()]);
        double objective = current.Count < components ? context.Improve(current, 0).Objective : double.NaN;
        while (current.Count < components)
        {
            (current, objective) = Grow(context, current, objective);
        }
        return current;
    }

    private (Mixture<TComponent> Parameters, double Objective) Grow<TComponent>(StartContext<TComponent> context, Mixture<TComponent> current, double objective)
    {
        (Mixture<TComponent> Parameters, double Objective) best = (Doubled(current, current.Count + 1), objective);
        double bestRank = double.NegativeInfinity;
        // What is known of the rows bears on the last step alone, whose objective is then another.
        double least = context.Rows.Known.IsEmpty ? objective : double.NegativeInfinity;
        foreach (Cut cut in SampledComponents<TComponent>.Of(context, current).Cuts().Take(Candidates))
        {
            try
            {
                (Mixture<TComponent> reached, double itsObjective, double rank) = context.Improve(context.FromCut(current, cut), Iterations);
                if (rank > bestRank && itsObjective >= least)
                {
                    (best, bestRank) = ((reached, itsObjective), rank);
                }
            }
            catch (Exception cause) when (cause is NumericalException or DegenerateStartException)
            {
                // A cut that breaks down is one candidate less; the doubled component remains.
                continue;
            }
        }
        return best;
    }

    /// <summary>The same density with its heaviest component several times, each with its share of the weight: the objective is that of the smaller mixture.</summary>
    internal static Mixture<TComponent> Doubled<TComponent>(Mixture<TComponent> mixture, int components)
    {
        int copies = components - mixture.Count + 1;
        int heaviest = Enumerable.Range(0, mixture.Count).MaxBy(k => mixture.Weights[k]);
        double[] weights = [.. mixture.Weights, .. Enumerable.Repeat(mixture.Weights[heaviest] / copies, copies - 1)];
        weights[heaviest] /= copies;
        return new Mixture<TComponent>(weights, [.. mixture.Components, .. Enumerable.Repeat(mixture.Components[heaviest], copies - 1)], mixture.NoiseWeight);
    }
}
