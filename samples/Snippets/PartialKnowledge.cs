using Latent.Data;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The examples of the page on what is known beforehand.</summary>
public static class PartialKnowledge
{
    /// <summary>A fit to rows of some of which the component is known, and the components' names.</summary>
    public static (GaussianMixtureFit Fit, IReadOnlyList<string> Names) Labels(RowSource rows, IReadOnlyList<string?> texts)
    {
        #region labels
        KnownComponents known = KnownComponents.Parse(texts, out IReadOnlyList<string> names);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows.WithKnown(known), components: 3);
        #endregion
        return (fit, names);
    }

    /// <summary>A fit with a noise component, and which rows are noise.</summary>
    public static (GaussianMixtureFit Fit, int[] Labels) Noise(RowSource rows)
    {
        #region noise
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 2, new GaussianMixtureOptions { Noise = new NoiseOptions() });
        int[] labels = fit.Predict(rows);                    // −1 for noise
        #endregion
        return (fit, labels);
    }

    /// <summary>A fit that leaves out the worst tenth of the rows, and which these are.</summary>
    public static (GaussianMixtureFit Fit, TrimmedRows Outliers) Trim(RowSource rows)
    {
        #region trim
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 2, new GaussianMixtureOptions { Trim = 0.1, EigenvalueRatio = 50 });
        TrimmedRows outliers = fit.Trimmed;                  // which rows, from 0
        #endregion
        return (fit, outliers);
    }

    /// <summary>How unlike a mixture rows are.</summary>
    public static (OutlierScores Scores, double[] DensityTail) Outliers(GaussianMixture fit, RowSource rows)
    {
        #region outliers
        OutlierScores scores = OutlierScores.Of(fit, rows);
        double[] densityTail = OutlierScores.DensityTail(fit, rows);
        #endregion
        return (scores, densityTail);
    }
}
