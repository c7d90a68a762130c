using Latent.Data;
using Latent.Mixtures;
using Latent.Mpi;

namespace Latent.Snippets;

/// <summary>The example of the guide to MPI.</summary>
public static class ManyProcesses
{
    /// <summary>Shares a fit among the processes of the job.</summary>
    public static GaussianMixtureFit Run(RowSource rows)
    {
        #region fit
        using MpiCommunicator mpi = MpiCommunicator.Start();
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, components: 16, new GaussianMixtureOptions { Communicator = mpi });
        #endregion
        return fit;
    }
}
