using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A mixture whose components have means and deviations, as the command uses it.</summary>
internal abstract class FittedLocationMixture(IFittedMixture mixture) : FittedModel
{
    public override IReadOnlyList<string> Columns => mixture.ColumnNames;

    public override int Components => mixture.Weights.Length;

    public override Prediction Predict(IRowSource rows, int threads) =>
        Prediction.Of(mixture.Responsibilities(rows, threads), Components, mixture.Noise is not null);

    public override RowScores Score(IRowSource rows, int threads) =>
        new("logLikelihood", mixture.Score(rows, threads), mixture.LogDensity(rows, threads));

    public override RowColumns Outliers(IRowSource rows, int threads)
    {
        OutlierScores scores = Distances(rows, threads);
        return RowColumns.Of(("distance", scores.Distance), ("tail", scores.Tail), ("densityTail", OutlierScores.DensityTail(mixture, rows, threads: threads)));
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) => mixture.Sample(count, seed);

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        IEnumerable<int> components = Enumerable.Range(0, Components);
        foreach (Section section in ParameterTables.Means(ComponentWord, Columns, mixture.Weights, [.. components.Select(MeanOf)], [.. components.Select(DeviationsOf)], width, full))
        {
            yield return section;
        }
        if (NoiseSection.Of(mixture) is { } noise)
        {
            yield return noise;
        }
        foreach (Section section in DescribeSpread(width, full))
        {
            yield return section;
        }
    }

    /// <summary>How far rows are from their components.</summary>
    protected abstract OutlierScores Distances(IRowSource rows, int threads);

    /// <summary>The mean of a component.</summary>
    protected abstract double[] MeanOf(int component);

    /// <summary>The deviation of each column within a component.</summary>
    protected abstract double[] DeviationsOf(int component);

    /// <summary>The roots of a covariance's diagonal.</summary>
    protected static double[] Deviations(Covariance covariance) =>
        [.. Enumerable.Range(0, covariance.Dimension).Select(column => Math.Sqrt(covariance.Matrix[column * covariance.Dimension + column]))];

    /// <summary>What there is to say beyond means and deviations.</summary>
    protected abstract IEnumerable<Section> DescribeSpread(int width, bool full);
}
