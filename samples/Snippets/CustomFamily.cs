using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Snippets;

/// <summary>A mixture of a family of one's own.</summary>
public static class CustomFamily
{
    /// <summary>Fits two rates to durations drawn from two.</summary>
    public static EmResult<Mixture<double>> Run()
    {
        #region fit
        RandomGenerator random = new(seed: 1);
        double[] durations = new double[5_000];
        for (int row = 0; row < durations.Length; row++)
        {
            double rate = random.NextDouble() < 0.3 ? 2.0 : 0.1;
            durations[row] = -Math.Log(1 - random.NextDouble()) / rate;
        }

        MixtureModel<double> model = new(new ExponentialFamily(), components: 2, columns: 1);
        Mixture<double> start = new([0.5, 0.5], [1.0, 0.05]);
        EmResult<Mixture<double>> fit = Em.Fit(model, RowSource.From(durations), start);
        #endregion
        return fit;
    }
}
