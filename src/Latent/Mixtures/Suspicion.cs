using System.Globalization;
using Latent.Families;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>
/// Recognises spurious maxima: components on a handful of rows that happen to lie close together [McLachlan2000, ch. 3.10]. The likelihood has such a maximum wherever
/// there are such rows, so that it says little of the data.
/// </summary>
internal static class Suspicion
{
    /// <summary>How much narrower than the data a component on fewer than d + 2 rows must be, in variance.</summary>
    private const double Narrow = 1000;

    /// <summary>How much narrower than the others a component on few rows must be.</summary>
    private const double Extreme = 10_000;

    /// <summary>Rows per parameter below which a component has few.</summary>
    private const double FewRows = 5;

    /// <summary>Whether a component lives on fewer than d + 2 rows and is a thousand times narrower than the data in variance.</summary>
    public static bool IsOnHandful<TComponent>(MixtureModel<TComponent> model, Mixture<TComponent> mixture, double weight, StartData<TComponent> data)
    {
        for (int k = 0; k < mixture.Count && model.Family is ICollapsePenalty<TComponent>; k++)
        {
            double rows = mixture.Weights[k] * weight;
            if (rows > 0 && rows < model.Columns + 2 && ((ICollapsePenalty<TComponent>)model.Family).Narrowness(mixture.Components[k], data.Pooled(CancellationToken.None)) > Narrow)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>What is suspicious of each component; empty in a healthy fit, for which nothing is computed.</summary>
    /// <param name="model">The model.</param>
    /// <param name="mixture">The fit.</param>
    /// <param name="weight">The sum of row weights.</param>
    /// <param name="pooled">The component that all rows together have; asked for only where a component has few rows.</param>
    public static IEnumerable<(int Component, string Message)> Of<TComponent>(MixtureModel<TComponent> model, Mixture<TComponent> mixture, double weight, Func<TComponent> pooled)
    {
        if (model.Family is not ICollapsePenalty<TComponent> family || model.Components == 1)
        {
            yield break;
        }
        int parameters = model.Family.FreeParameters;
        double most = Math.Max(model.Columns + 2, FewRows * parameters);
        if (!mixture.Weights.Any(share => share > 0 && share * weight < most))
        {
            yield break;
        }
        TComponent whole = pooled();
        double[] narrowness = [.. mixture.Components.Select(component => family.Narrowness(component, whole))];
        double[] ordered = [.. narrowness.Order()];
        double typical = ordered[(ordered.Length - 1) / 2];
        for (int k = 0; k < mixture.Count; k++)
        {
            double rows = mixture.Weights[k] * weight;
            bool lonely = rows < model.Columns + 2 && narrowness[k] > Narrow;
            bool extreme = rows < most && narrowness[k] > Extreme * typical;
            if (rows > 0 && (lonely || extreme))
            {
                string size = string.Create(CultureInfo.InvariantCulture, $"it rests on about {rows:G3} rows and is {narrowness[k]:G2} times narrower than the data in variance");
                yield return (k, $"{size}, so it may be no group but rows that happen to lie close together. Use fewer components, a prior, or a bound on the ratio of eigenvalues.");
            }
        }
    }
}
