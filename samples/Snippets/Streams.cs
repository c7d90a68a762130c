using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The example of the guide to streams.</summary>
public static class Streams
{
    /// <summary>Begins with a fit of the first rows, and learns from the rest batch by batch.</summary>
    public static double Run(RowSource first, IEnumerable<RowSource> batches, RowSource setAside)
    {
        #region stream
        GaussianMixtureFit begin = GaussianMixture.Fit(first, components: 3);
        var model = new MixtureModel<Gaussian>(new FullGaussianFamily(first.Columns, CovarianceFloor.RelativeTo(begin.Data)), 3, first.Columns);
        var start = new Mixture<Gaussian>(begin.Weights.AsSpan(), begin.Components.AsSpan());

        var online = new OnlineEm<Mixture<Gaussian>, RowChunk>(model, start, new OnlineOptions { HalfLife = 1_000_000 });
        foreach (RowSource batch in batches)
        {
            online.PartialFit(batch);
        }
        double mean = online.Score(setAside);
        OnlineState<Mixture<Gaussian>> state = online.Save();
        #endregion
        return mean + 0 * state.Mass;
    }
}
