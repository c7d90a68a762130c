using Latent.Data;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Snippets;

/// <summary>The example of the guide to long fits.</summary>
public static class LongFits
{
    /// <summary>A fit that can be interrupted.</summary>
    public static GaussianMixtureFit Run(RowSource rows, string path, CancellationToken cancellation)
    {
        #region fit
        GaussianMixtureOptions options = new()
        {
            TimeLimit = TimeSpan.FromHours(2),
            Checkpoint = new CheckpointOptions(new CheckpointFile(path)) { Resume = true },
        };
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 3, options, cancellation);
        if (!fit.Converged)
        {
            Console.WriteLine($"{fit.Result.StopReason} after {fit.Result.Elapsed.TotalSeconds:F0} s: run again to go on.");
        }
        #endregion
        return fit;
    }
}
