using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Criteria of one fit by itself.</summary>
internal static class Criteria
{
    /// <summary>The value of a criterion, lower is better.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The criterion asks for more than one fit.</exception>
    public static double Of(IMixtureFit fit, SelectionCriterion criterion) => criterion switch
    {
        SelectionCriterion.Aic => fit.Aic,
        SelectionCriterion.Aicc => Aicc(fit),
        SelectionCriterion.Bic => fit.Bic,
        SelectionCriterion.Icl => fit.Icl,
        _ => throw new ArgumentOutOfRangeException(nameof(criterion), criterion, "Expected a criterion of a fit by itself, such as Bic."),
    };

    private static double Aicc(IMixtureFit fit)
    {
        double p = fit.FreeParameters;
        double spare = fit.Data.Weight - p - 1;
        return spare > 0 ? fit.Aic + 2 * p * (p + 1) / spare : double.PositiveInfinity;
    }
}
