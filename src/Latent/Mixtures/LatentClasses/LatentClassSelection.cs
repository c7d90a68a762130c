using Latent.Data;

namespace Latent.Mixtures;

/// <summary>How many classes: a parametric bootstrap of the likelihood ratio, whose distribution no table has [McLachlan1987].</summary>
public static class LatentClassSelection
{
    /// <summary>Tests K classes against K + 1.</summary>
    /// <param name="fewer">The fit with K classes.</param>
    /// <param name="more">The fit with K + 1 classes to the same items.</param>
    /// <param name="replicates">Data sets drawn from <paramref name="fewer"/>, with the same rows missing the same items. Default 99.</param>
    /// <param name="options">How replicates are fitted; null: eight starts each.</param>
    /// <param name="seed">The seed of the replicates.</param>
    /// <param name="cancellation">Stops.</param>
    /// <returns>2·(ℓ of more − ℓ of fewer), the replicates' values, and the share of all of them at least as large: a small one speaks for more classes.</returns>
    /// <exception cref="ArgumentException">The fits are to different items, or no replicate is asked for.</exception>
    public static ClassNumberTest Test(
        LatentClassFit fewer, LatentClassFit more, int replicates = 99, LatentClassOptions? options = null, ulong seed = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(fewer);
        ArgumentNullException.ThrowIfNull(more);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicates);
        if (fewer.Items.Rows != more.Items.Rows || !fewer.Items.Schema.Equals(more.Items.Schema))
        {
            throw new ArgumentException("Expected two fits to the same items, found others.", nameof(more));
        }
        options ??= new LatentClassOptions { Starts = 8 };
        double[] gaps = MissingRows(fewer.Items);
        int rows = gaps.Length / fewer.Items.Columns;
        double[] statistics = new double[replicates];
        for (int replicate = 0; replicate < replicates; replicate++)
        {
            cancellation.ThrowIfCancellationRequested();
            (double[] drawn, _) = fewer.Fit.Sample(rows, unchecked(seed * 0x9E3779B97F4A7C15 + (ulong)replicate));
            for (int place = 0; place < drawn.Length; place++)
            {
                drawn[place] = double.IsNaN(gaps[place]) ? double.NaN : drawn[place];
            }
            RowSource items = RowSource.From(drawn, fewer.Items.Columns).WithSchema(fewer.Items.Schema);
            LatentClassOptions own = options with { Seed = options.Seed + (ulong)replicate + 1 };
            statistics[replicate] = 2 * Math.Max(0, LatentClass.Fit(items, more.Classes, own, cancellation).LogLikelihood - LatentClass.Fit(items, fewer.Classes, own, cancellation).LogLikelihood);
        }
        double statistic = 2 * (more.LogLikelihood - fewer.LogLikelihood);
        return new ClassNumberTest(statistic, statistics, (1.0 + statistics.Count(value => value >= statistic)) / (1 + replicates));
    }

    /// <summary>Rows with their weights written out, of which only the missing cells matter.</summary>
    private static double[] MissingRows(IRowSource items)
    {
        List<double> cells = [];
        double[] row = new double[items.Columns];
        for (long index = 0; index < items.Rows; index++)
        {
            items.CopyRow(index, row);
            for (int copy = 0; copy < (int)Math.Round(items.Weight(index)); copy++)
            {
                cells.AddRange(row);
            }
        }
        return [.. cells];
    }
}

/// <summary>A bootstrapped likelihood-ratio test.</summary>
/// <param name="Statistic">2·(ℓ₁ − ℓ₀).</param>
/// <param name="Replicates">The same under the smaller model.</param>
/// <param name="PValue">(1 + replicates at least as large)/(1 + replicates).</param>
public sealed record ClassNumberTest(double Statistic, IReadOnlyList<double> Replicates, double PValue);
