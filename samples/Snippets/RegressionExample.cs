using Latent.Data;
using Latent.Regression;

namespace Latent.Snippets;

/// <summary>The example of the page on mixtures of regressions.</summary>
public static class RegressionExample
{
    /// <summary>Fits two Poisson regressions whose weights depend on a column.</summary>
    public static RegressionMixtureFit Run(RowSource rows)
    {
        #region fit
        RegressionMixtureFit fit = RegressionMixture.Fit(rows, "visits ~ age + I(age^2) + clinic", components: 2, new RegressionMixtureOptions
        {
            Family = ResponseFamily.Poisson,
            Concomitant = "~ income",
        });
        Console.WriteLine(fit.StandardErrors());
        #endregion
        return fit;
    }
}
