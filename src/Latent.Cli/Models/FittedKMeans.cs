using System.Text.Json;
using Latent.Cli.Output;
using Latent.Clustering;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>A k-means clustering as the command uses it.</summary>
internal sealed class FittedKMeans(KMeansKind kind, KMeansCenters centers, IReadOnlyList<string> columns, double inertia) : FittedModel
{
    /// <summary>The centers.</summary>
    public KMeansCenters Centers => centers;

    public override ModelKind Kind => kind;

    public override IReadOnlyList<string> Columns => columns;

    public override int Components => centers.Count;

    public override string ComponentWord => "cluster";

    public override IReadOnlyDictionary<string, double> Figures => new Dictionary<string, double> { ["inertia"] = inertia };

    public override IModelSteps Steps => new KMeansSteps(kind, centers, columns);

    public override JsonElement Parameters() =>
        KMeansFile.ParametersOf(centers, inertia);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        (int[] labels, double[] squares) = centers.Assign(rows, threads);
        return new Prediction(labels, ["distance"], Array.ConvertAll(squares, Math.Sqrt));
    }

    public override RowScores Score(IRowSource rows, int threads)
    {
        (_, double[] squares) = centers.Assign(rows, threads);
        double total = 0;
        for (int row = 0; row < squares.Length; row++)
        {
            total += rows.Weight(row) * squares[row];
        }
        return new RowScores("inertia", total, squares);
    }

    public override (double[] Values, int[] Labels) Sample(int count, ulong seed) =>
        throw new UsageException("Expected a model with a density to draw from, found kmeans. Fit a gmm with --covariance spherical instead.");

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        double total = centers.Weights.Sum();
        double[] shares = [.. centers.Weights.Select(weight => total > 0 ? weight / total : 1.0 / centers.Count)];
        double[][] means = [.. Enumerable.Range(0, centers.Count).Select(center => centers[center].ToArray())];
        return ParameterTables.Means(ComponentWord, columns, shares, means, null, width, full);
    }
}
