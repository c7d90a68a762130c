using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A Gaussian mixture as the command uses it.</summary>
internal sealed class FittedGaussianMixture(GaussianMixtureKind kind, GaussianMixture mixture) : FittedLocationMixture(mixture)
{
    /// <summary>The mixture.</summary>
    public GaussianMixture Mixture => mixture;

    public override ModelKind Kind => kind;

    public override string Title => mixture.Structure switch
    {
        _ when Columns.Count == 1 => $"Gaussian mixture with {(CovarianceStructures.NameOf(mixture.Structure, 1) == "E" ? "one variance for all (E)" : "variances (V)")}",
        CovarianceStructure.Full => "Gaussian mixture with full covariances",
        CovarianceStructure.Tied => "Gaussian mixture with one full covariance for all",
        CovarianceStructure.Diagonal => "Gaussian mixture with diagonal covariances",
        CovarianceStructure.Spherical => "Gaussian mixture with spherical covariances",
        _ => $"Gaussian mixture with {GaussianMixtureFile.NameOf(mixture.Structure)} covariances",
    };

    /// <summary>What a component is called.</summary>
    public string Word { get; init; } = "component";

    public override string ComponentWord => Word;

    public override IReadOnlyDictionary<string, string> Settings => GaussianMixtureFile.SettingsOf(mixture);

    public override IModelSteps Steps => new GaussianMixtureSteps(kind, mixture);

    public override JsonElement Parameters() => GaussianMixtureFile.ParametersOf(mixture);

    protected override OutlierScores Distances(IRowSource rows, int threads) => OutlierScores.Of(mixture, rows, threads);

    protected override double[] MeanOf(int component) => mixture.Components[component].Mean.ToArray();

    protected override double[] DeviationsOf(int component) => Deviations(mixture.Components[component].Covariance);

    protected override IEnumerable<Section> DescribeSpread(int width, bool full)
    {
        if (Columns.Count == 1 || mixture.Structure.Decomposition().IsDiagonal)
        {
            yield break;
        }
        foreach (Section section in mixture.Structure == CovarianceStructure.Tied
            ? CorrelationTables.One("Correlations, the same in all components", Columns, Correlations(0), width, full)
            : CorrelationTables.PerComponent(Columns, [.. Enumerable.Range(0, Components).Select(Correlations)], width, full))
        {
            yield return section;
        }
    }

    private double[,] Correlations(int k)
    {
        Gaussian component = mixture.Components[k];
        double[] deviations = DeviationsOf(k);
        double[,] correlations = new double[deviations.Length, deviations.Length];
        for (int i = 0; i < deviations.Length; i++)
        {
            for (int j = 0; j < deviations.Length; j++)
            {
                correlations[i, j] = component.Covariance.Matrix[i * deviations.Length + j] / deviations[i] / deviations[j];
            }
        }
        return correlations;
    }
}
