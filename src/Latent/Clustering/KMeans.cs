using Latent.Data;
using Latent.Engine;
using Latent.Numerics;

namespace Latent.Clustering;

/// <summary>k-means clustering: the entry point.</summary>
/// <example><code>
/// KMeansFit fit = KMeans.Fit(rows, clusters: 3);
/// int[] labels = fit.Predict(rows);
/// </code></example>
public static class KMeans
{
    // Streams of a start's seed: one for its centers; Lloyd's iterations draw nothing.
    private const ulong CenterStream = 0x6B6D_6561_6E73;

    /// <summary>
    /// Clusters rows by Lloyd's algorithm [Lloyd1982] from several starts and keeps the one with the least inertia.
    /// </summary>
    /// <param name="rows">The rows, with weights if they have any. Missing cells are not supported.</param>
    /// <param name="clusters">The number of clusters, at most that of the distinct rows.</param>
    /// <param name="options">How to run; null: ten starts by greedy k-means++, each until no row changes its cluster.</param>
    /// <param name="cancellation">Cancels; the result is then the best so far.</param>
    /// <returns>The clustering with the inertia that belongs to its centers, and why it stopped.</returns>
    /// <exception cref="ArgumentException">No clusters or more than distinct rows of positive weight, a missing or infinite cell, or options out of range.</exception>
    /// <exception cref="NumericalException">Squared distances overflow.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was any result.</exception>
    public static KMeansFit Fit(IRowSource rows, int clusters, KMeansOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowChecks.RequireUnknown(rows, "k-means");
        options = (options ?? KMeansOptions.Default).Checked(rows.Columns, clusters);
        return new KMeansSearch(rows, rows.Columns, clusters, options, cancellation).Run();
    }

    /// <summary>Runs <see cref="Fit(IRowSource, int, KMeansOptions?, CancellationToken)"/> on the thread pool.</summary>
    /// <inheritdoc cref="Fit(IRowSource, int, KMeansOptions?, CancellationToken)"/>
    public static KMeansFit Fit(RowSource rows, int clusters, KMeansOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, clusters, options, cancellation);

    /// <inheritdoc cref="Fit(IRowSource, int, KMeansOptions?, CancellationToken)"/>
    public static Task<KMeansFit> FitAsync(IRowSource rows, int clusters, KMeansOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Fit(rows, clusters, options, cancellation), CancellationToken.None);

    /// <summary>
    /// Centers to initialise another model from: greedy k-means++ and a few iterations of Lloyd's algorithm on (x − mean)·scale, a missing
    /// cell counting as its column's mean; returned in the units of the data, in the order of the draw.
    /// </summary>
    /// <param name="rows">The rows; those taken part in are copied.</param>
    /// <param name="clusters">The number of centers.</param>
    /// <param name="means">One per column.</param>
    /// <param name="scales">One per column, zero for a column that plays no part.</param>
    /// <param name="random">Draws the centers.</param>
    /// <param name="threads">Threads to use; the result does not depend on it.</param>
    /// <param name="iterations">The most iterations.</param>
    /// <param name="cancellation">Cancels.</param>
    /// <exception cref="DegenerateStartException">Fewer distinct rows of positive weight than centers.</exception>
    internal static double[][] Start(
        IRowSource rows, int clusters, ReadOnlySpan<double> means, ReadOnlySpan<double> scales, RandomGenerator random, int threads, int iterations = 10, CancellationToken cancellation = default)
    {
        StandardizedRows data = new(rows, means, scales);
        RowScan scan = RowScan.Of(data, rows.Columns, clusters, threads, cancellation);
        KMeansCenters start = PlusPlus.Choose(data, scan, rows.Columns, clusters, random, threads, cancellation);
        KMeansModel model = new(rows.Columns, clusters, scan.Frame, new FarthestRow(data, threads, cancellation));
        EmRun<KMeansCenters, RowChunk> run = new(model, new Reduction<KMeansCenters, RowChunk>(model, data, threads), start, 0, 0);
        run.Advance(iterations, StoppingRule.Never, new Clock(null), null, cancellation);
        cancellation.ThrowIfCancellationRequested();
        double[][] centers = new double[clusters][];
        for (int center = 0; center < clusters; center++)
        {
            centers[center] = data.Original(run.Parameters[center]);
        }
        return centers;
    }

    internal static KMeansCenters Choose(
        IDataSource<RowChunk> rows, RowScan scan, int columns, int clusters, KMeansOptions options, ulong seed, CancellationToken cancellation)
    {
        RandomGenerator random = new(seed, CenterStream);
        return options.Initializer == KMeansInitializer.PlusPlus
            ? PlusPlus.Choose(rows, scan, columns, clusters, random, options.ThreadCount, cancellation)
            : RandomRows.Choose(rows, scan, columns, clusters, random);
    }
}
