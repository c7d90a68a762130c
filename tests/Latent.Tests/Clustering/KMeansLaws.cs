using Latent.Clustering;
using Latent.Data;
using Latent.Testing;

namespace Latent.Tests.Clustering;

/// <summary>k-means as hard EM obeys the laws of a model.</summary>
public sealed class KMeansModelLaws : RowModelLaws<KMeansCenters>
{
    private const int Dimension = 2;

    private static readonly double[][] _means = [[-4, 0], [0, 3], [4, -1]];

    protected override IEmModel<KMeansCenters, RowChunk> Model { get; } = new KMeansModel(Dimension, _means.Length);

    protected override int Columns => Dimension;

    protected override IReadOnlyList<AffineImage<KMeansCenters, RowChunk>> AffineImages =>
    [
        new(
            "an origin at 2²⁶",
            chunk => Edit(chunk, (_, _, value) => value + (1 << 26)),
            centers => Moved(centers, 1 << 26),
            centers => Moved(centers, -(1 << 26)),
            _ => 0,
            1e-6),
    ];

    protected override void DrawRow(Random random, Span<double> row)
    {
        double[] mean = _means[random.Next(3)];
        row[0] = mean[0] + Simulate.Normal(random);
        row[1] = mean[1] + Simulate.Normal(random);
    }

    protected override KMeansCenters Parameters(Random random) => new([.. _means.SelectMany(mean => mean).Select(value => value / 2 + Simulate.Normal(random))], Dimension);

    protected override double[] Flatten(KMeansCenters parameters) => parameters.Values.ToArray();

    protected override double[] Coordinates(KMeansCenters parameters) => parameters.Values.ToArray();

    protected override KMeansCenters FromCoordinates(double[] point) => new(point, Dimension);

    // Minus the inertia about the candidate: the statistic is k weights, k × d sums about the current centers, the inertia.
    protected override double ExpectedLogLikelihood(ReadOnlySpan<double> statistic, KMeansCenters candidate, KMeansCenters current)
    {
        double inertia = statistic[^1];
        for (int center = 0; center < candidate.Count; center++)
        {
            for (int column = 0; column < Dimension; column++)
            {
                double move = candidate[center][column] - current[center][column];
                inertia += move * (statistic[center] * move - 2 * statistic[candidate.Count + center * Dimension + column]);
            }
        }
        return -inertia;
    }

    protected override int Components(KMeansCenters parameters) => parameters.Count;

    protected override KMeansCenters Relabel(KMeansCenters parameters, int[] permutation) =>
        new([.. permutation.SelectMany(center => parameters[center].ToArray())], Dimension);

    /// <summary>The steps are those of Lloyd in plain loops, with weights.</summary>
    [Fact]
    public void StepsAreTheTextbooks()
    {
        Random random = new(Seed + 70);
        RowChunk data = Weigh(Draw(random, 150), [.. Enumerable.Range(0, 150).Select(_ => 3 * random.NextDouble())]);
        KMeansCenters centers = Parameters(random);
        for (int iteration = 0; iteration < 8; iteration++)
        {
            KMeansCenters current = centers;
            (double inertia, double[][] next) = NaiveKMeans.Step(data.Values, [.. Enumerable.Range(0, 3).Select(center => current[center].ToArray())], data.Weights);
            double[] statistic = new double[Model.StatisticLength];
            double objective = Model.Expect(centers, data, statistic);
            centers = Model.Maximize(statistic, centers);

            Close.Equal(-inertia, objective, 1e-11 * inertia, "objective");
            Close.Equal([.. next.SelectMany(center => center)], centers.Values, 1e-11, what: "centers");
        }
    }

    private static KMeansCenters Moved(KMeansCenters centers, double by) => new([.. centers.Values.ToArray().Select(value => value + by)], Dimension);
}

/// <summary>KMeans.Fit obeys the laws of an entry.</summary>
public sealed class KMeansFitLaws : RowFitLaws
{
    protected override int Columns => 2;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double mean = 5 * random.Next(3);
        row[0] = mean + Simulate.Normal(random);
        row[1] = mean % 2 + Simulate.Normal(random);
    }

    protected override IReadOnlyList<double> Fit(RowSource rows, int threads, ICommunicator? communicator)
    {
        KMeansFit fit = KMeans.Fit(rows, 3, new KMeansOptions { Starts = 4, Threads = threads, Communicator = communicator });
        return [fit.Inertia, fit.Iterations, (int)fit.StopReason, fit.Agreement, .. fit.Centers.Values, .. fit.Centers.Weights, .. fit.Trace, .. fit.Starts.Select(start => start.Objective)];
    }

    protected override double BestObjective(RowSource rows) => KMeans.Fit(rows, 3, new KMeansOptions { Starts = 10 }).Inertia;
}
