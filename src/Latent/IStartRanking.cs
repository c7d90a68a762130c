namespace Latent;

/// <summary>
/// Optional ability of a model: to rank starts by something other than the objective that is fitted, so that a collapsed
/// solution with a spuriously high likelihood does not win the race.
/// </summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public interface IStartRanking<in TParameters>
{
    /// <summary>What is added to the objective when starts are compared, in nats; not above zero for a sound solution's sake, and the same scale for all.</summary>
    double RankingPenalty(TParameters parameters);
}
