using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Factors;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A mixture of factor analysers as the command uses it.</summary>
internal sealed class FittedFactorMixture(FactorMixtureKind kind, FittedMixture<FactorGaussian> mixture, UniquenessSharing sharing)
    : FittedLocationMixture(mixture)
{
    /// <summary>The mixture.</summary>
    public FittedMixture<FactorGaussian> Mixture => mixture;

    public override ModelKind Kind => kind;

    public override string Title => $"Mixture of factor analysers with {Numbers.Count(Factors, "factor")} each, {FactorMixtureFile.NameOf(sharing)} uniquenesses";

    public override IReadOnlyDictionary<string, string> Settings => MixtureSettings.Of(mixture, (FactorMixtureFile.UniquenessesSetting, FactorMixtureFile.NameOf(sharing)));

    private int Factors => mixture.Components[0].Factors;

    public override JsonElement Parameters() => FactorMixtureFile.ParametersOf(mixture);

    protected override OutlierScores Distances(IRowSource rows, int threads) => OutlierScores.Of(mixture, rows, threads);

    protected override double[] MeanOf(int component) => mixture.Components[component].Mean.ToArray();

    protected override double[] DeviationsOf(int component) =>
        [.. Enumerable.Range(0, Columns.Count).Select(column => Math.Sqrt(Variance(mixture.Components[component].Parameters, column)))];

    protected override IEnumerable<Section> DescribeSpread(int width, bool full)
    {
        TextTable table = new(["<component", .. Enumerable.Range(1, Factors).Select(factor => $"factor {factor}"), "unique"]);
        for (int k = 0; k < Components; k++)
        {
            double[] shares = Shares(mixture.Components[k].Parameters);
            table.Add([NameOf(k), .. shares.Select(Numbers.Percent), Numbers.Percent(Math.Max(0, 1 - shares.Sum()))]);
        }
        yield return Section.Of("What the factors explain of the columns' variances, on average", table);
    }

    private static double Variance(FactorParameters parameters, int column)
    {
        double variance = parameters.Uniquenesses[column];
        foreach (double loading in parameters.Row(column))
        {
            variance += loading * loading;
        }
        return variance;
    }

    private static double[] Shares(FactorParameters parameters)
    {
        double[] shares = new double[parameters.Factors];
        for (int column = 0; column < parameters.Columns; column++)
        {
            for (int factor = 0; factor < shares.Length; factor++)
            {
                double loading = parameters.Row(column)[factor];
                shares[factor] += loading * loading / Variance(parameters, column) / parameters.Columns;
            }
        }
        return shares;
    }
}
