using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A Gaussian mixture as the command uses it.</summary>
internal sealed class FittedGaussianMixture(GaussianMixtureKind kind, GaussianMixture mixture) : FittedModel
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

    public override IReadOnlyList<string> Columns => mixture.ColumnNames;

    public override int Components => mixture.Components.Length;

    /// <summary>What a component is called.</summary>
    public string Word { get; init; } = "component";

    public override string ComponentWord => Word;

    public override IReadOnlyDictionary<string, string> Settings => GaussianMixtureFile.SettingsOf(mixture);

    public override IModelSteps Steps => new GaussianMixtureSteps(kind, mixture);

    public override JsonElement Parameters() => GaussianMixtureFile.ParametersOf(mixture);

    public override Prediction Predict(IRowSource rows, int threads) => Prediction.Of(mixture.Responsibilities(rows, threads), Components, mixture.Noise is not null);

    public override RowScores Score(IRowSource rows, int threads) =>
        new("logLikelihood", mixture.Score(rows, threads), mixture.LogDensity(rows, threads));

    public override RowColumns Outliers(IRowSource rows, int threads)
    {
        OutlierScores scores = OutlierScores.Of(mixture, rows, threads);
        return RowColumns.Of(("distance", scores.Distance), ("tail", scores.Tail), ("densityTail", OutlierScores.DensityTail(mixture, rows, threads: threads)));
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => mixture.Sample(count, seed);

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        double[][] means = [.. mixture.Components.Select(component => component.Mean.ToArray())];
        double[][] deviations = [.. mixture.Components.Select(Deviations)];
        foreach (Section section in ParameterTables.Means(ComponentWord, Columns, mixture.Weights, means, deviations, width, full))
        {
            yield return section;
        }
        if (NoiseSection.Of(mixture) is { } noise)
        {
            yield return noise;
        }
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

    private static double[] Deviations(Gaussian component)
    {
        double[] deviations = new double[component.Dimension];
        for (int i = 0; i < deviations.Length; i++)
        {
            deviations[i] = Math.Sqrt(component.Covariance.Matrix[i * component.Dimension + i]);
        }
        return deviations;
    }

    private double[,] Correlations(int k)
    {
        Gaussian component = mixture.Components[k];
        double[] deviations = Deviations(component);
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
