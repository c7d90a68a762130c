using System.Runtime.ExceptionServices;

namespace Latent.Mixtures;

/// <summary>The best of several short runs of EM from starts of another kind: emEM [Biernacki2003].</summary>
/// <param name="Runs">Short runs. Default 10.</param>
/// <param name="Iterations">EM iterations of each. Default 5.</param>
public sealed record ShortRunsInitializer(int Runs = 10, int Iterations = 5) : MixtureInitializer
{
    /// <summary>Short runs.</summary>
    public int Runs { get; } = Runs >= 1 ? Runs : throw new ArgumentOutOfRangeException(nameof(Runs), Runs, "Expected one run or more.");

    /// <summary>Iterations of each.</summary>
    public int Iterations { get; } = Iterations >= 0 ? Iterations : throw new ArgumentOutOfRangeException(nameof(Iterations), Iterations, "Expected zero iterations or more.");

    /// <inheritdoc/>
    public override string Name => "emem";

    /// <summary>What the short runs start from. Default: random centres.</summary>
    public MixtureInitializer From { get; init; } = new RandomCentresInitializer();

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        (Mixture<TComponent>? Parameters, double Rank) best = (null, double.NegativeInfinity);
        Exception? failure = null;
        for (int run = 0; run < Runs; run++)
        {
            try
            {
                (Mixture<TComponent> reached, _, double rank) = context.Improve(From.Start(context), Iterations);
                best = rank > best.Rank ? (reached, rank) : best;
            }
            catch (Exception cause) when (cause is NumericalException or DegenerateStartException)
            {
                failure ??= cause;
            }
        }
        if (best.Parameters is null && failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        return best.Parameters ?? From.Start(context);
    }
}
