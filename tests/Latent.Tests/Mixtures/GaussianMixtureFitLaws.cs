using Latent.Data;
using Latent.Mixtures;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>GaussianMixture.Fit obeys the laws of an entry, whatever the covariances.</summary>
public abstract class GaussianMixtureFitLaws(CovarianceStructure structure) : RowFitLaws
{
    protected override int Columns => 2;

    protected override void DrawRow(Random random, Span<double> row)
    {
        int component = random.Next(3);
        row[0] = 5 * component + (1 + 0.3 * component) * Simulate.Normal(random);
        row[1] = 2 * (component % 2) + Simulate.Normal(random);
    }

    protected override IReadOnlyList<double> Fit(RowSource rows, int threads, ICommunicator? communicator)
    {
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Covariance = structure, Starts = 4, MaxIterations = 200, Threads = threads, Communicator = communicator });
        return
        [
            fit.LogLikelihood, fit.Result.Objective, fit.Bic, fit.Entropy, fit.Result.Iterations, (int)fit.Result.StopReason, fit.Result.Agreement,
            .. fit.Weights, .. fit.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix]),
            .. fit.Result.Trace, .. fit.Result.Starts.Where(start => start.StopReason != StopReason.Failed).Select(start => start.Objective),
        ];
    }

    protected override double BestObjective(RowSource rows) =>
        GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Covariance = structure }).Result.Objective;
}

/// <summary>With full covariances.</summary>
public sealed class FullGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.Full);

/// <summary>With one covariance for all.</summary>
public sealed class TiedGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.Tied);

/// <summary>With diagonal covariances.</summary>
public sealed class DiagonalGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.Diagonal);

/// <summary>With spherical covariances.</summary>
public sealed class SphericalGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.Spherical);

/// <summary>With diagonal covariances of one shape.</summary>
public sealed class VeiGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.VEI);

/// <summary>With covariances along common axes.</summary>
public sealed class VveGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.VVE);

/// <summary>With covariances of one shape, turned.</summary>
public sealed class VevGaussianMixtureFitLaws() : GaussianMixtureFitLaws(CovarianceStructure.VEV);
