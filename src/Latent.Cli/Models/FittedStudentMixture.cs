using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A mixture of Student-t distributions as the command uses it.</summary>
internal sealed class FittedStudentMixture(StudentMixtureKind kind, FittedMixture<StudentT> mixture, CovarianceStructure structure)
    : FittedLocationMixture(mixture)
{
    /// <summary>The mixture.</summary>
    public FittedMixture<StudentT> Mixture => mixture;

    public override ModelKind Kind => kind;

    public override string Title => $"Mixture of Student-t distributions with {GaussianMixtureFile.NameOf(structure, Columns.Count)} scale matrices";

    public override IReadOnlyDictionary<string, string> Settings => MixtureSettings.Of(mixture, (GaussianMixtureFile.CovarianceSetting, GaussianMixtureFile.NameOf(structure)));

    public override JsonElement Parameters() => StudentMixtureFile.ParametersOf(mixture);

    protected override OutlierScores Distances(IRowSource rows, int threads) => OutlierScores.Of(mixture, rows, threads);

    protected override double[] MeanOf(int component) => mixture.Components[component].Mean.ToArray();

    protected override double[] DeviationsOf(int component) => Deviations(mixture.Components[component].Scale);

    protected override IEnumerable<Section> DescribeSpread(int width, bool full)
    {
        yield return Section.Of(
            "Degrees of freedom (deviations above are those of the scale matrices)",
            [.. mixture.Components.Select((component, k) => $"{ComponentWord} {k + 1}: {Numbers.Short(component.Freedom)}")]);
    }
}
