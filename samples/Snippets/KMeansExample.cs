using Latent.Clustering;
using Latent.Data;

namespace Latent.Snippets;

/// <summary>The example of the page on k-means.</summary>
public static class KMeansExample
{
    /// <summary>Three clusters and the cluster of every row.</summary>
    public static (KMeansFit Fit, int[] Labels) Run(RowSource rows)
    {
        #region fit
        KMeansFit fit = KMeans.Fit(rows, clusters: 3);
        int[] labels = fit.Predict(rows);
        #endregion
        return (fit, labels);
    }
}
