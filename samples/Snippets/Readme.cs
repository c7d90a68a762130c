using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The example of the README.</summary>
public static class Readme
{
    /// <summary>Fits two eruption types to Old Faithful.</summary>
    public static GaussianMixtureFit Run()
    {
        #region fit
        using RowTable table = DataFiles.Read("samples/faithful.csv");
        GaussianMixtureFit fit = GaussianMixture.Fit(table.Rows, components: 2);

        Console.WriteLine($"log-likelihood {fit.LogLikelihood:F3}, BIC {fit.Bic:F1}, {fit.Result.StopReason}, {fit.Result.Starts.Count} starts agree to {fit.Result.Agreement:P0}");
        foreach ((double weight, Gaussian component) in fit.Weights.Zip(fit.Components))
        {
            Console.WriteLine($"{weight:P1} around {component.Mean[0]:F2} min, next after {component.Mean[1]:F1} min");
        }

        int[] kind = fit.Predict(table.Rows);
        #endregion
        _ = kind;
        return fit;
    }
}
