namespace Latent.Mixtures;

/// <summary>
/// Deterministic annealing EM [UedaNakano1998]: EM with responsibilities in proportion to (πₖ·fₖ)^β, β raised from a small value to 1, so that
/// components first see the data as a whole and part one after another.
/// </summary>
/// <param name="From">The first β, in (0, 1]. Default 0.3.</param>
/// <param name="Factor">The factor between one β and the next, above 1. Default 1.25.</param>
/// <param name="Iterations">EM iterations at each β. Default 3.</param>
public sealed record AnnealingInitializer(double From = 0.3, double Factor = 1.25, int Iterations = 3) : MixtureInitializer
{
    /// <summary>The first β.</summary>
    public double From { get; } = From is > 0 and <= 1 ? From : throw new ArgumentOutOfRangeException(nameof(From), From, "Expected a first β in (0, 1].");

    /// <summary>The factor between one β and the next.</summary>
    public double Factor { get; } = Factor > 1 && double.IsFinite(Factor) ? Factor : throw new ArgumentOutOfRangeException(nameof(Factor), Factor, "Expected a finite factor above 1.");

    /// <summary>EM iterations at each β.</summary>
    public int Iterations { get; } = Iterations >= 1 ? Iterations : throw new ArgumentOutOfRangeException(nameof(Iterations), Iterations, "Expected one iteration or more.");

    /// <inheritdoc/>
    public override string Name => "annealing";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        Mixture<TComponent> current = context.FromCentres(context.DrawRows(context.Model.Components));
        for (double beta = From; beta < 1; beta *= Factor)
        {
            current = context.Improve(current, Iterations, ResponsibilityTransform.Annealed(beta)).Parameters;
        }
        return current;
    }
}
