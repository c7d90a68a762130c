using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A mixture of Student-t distributions as the command uses it.</summary>
internal sealed class FittedStudentMixture(StudentMixtureKind kind, FittedMixture<StudentT> mixture, CovarianceStructure structure) : FittedModel
{
    /// <summary>The mixture.</summary>
    public FittedMixture<StudentT> Mixture => mixture;

    public override ModelKind Kind => kind;

    public override string Title => $"Mixture of Student-t distributions with {GaussianMixtureFile.NameOf(structure, Columns.Count)} scale matrices";

    public override IReadOnlyList<string> Columns => mixture.ColumnNames;

    public override int Components => mixture.Components.Length;

    public override IReadOnlyDictionary<string, string> Settings => MixtureSettings.Of(mixture, (GaussianMixtureFile.CovarianceSetting, GaussianMixtureFile.NameOf(structure)));

    public override JsonElement Parameters() => StudentMixtureFile.ParametersOf(mixture);

    public override Prediction Predict(IRowSource rows, int threads) =>
        Prediction.Of(mixture.Responsibilities(rows, threads), Components, mixture.Noise is not null);

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
        yield return Section.Of(
            "Degrees of freedom (deviations above are those of the scale matrices)",
            [.. mixture.Components.Select((component, k) => $"{ComponentWord} {k + 1}: {Numbers.Short(component.Freedom)}")]);
    }

    private static double[] Deviations(StudentT component)
    {
        int dimension = component.Location.Dimension;
        double[] deviations = new double[dimension];
        for (int j = 0; j < dimension; j++)
        {
            deviations[j] = Math.Sqrt(component.Scale.Matrix[j * dimension + j]);
        }
        return deviations;
    }
}
