using System.Runtime.ExceptionServices;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Selection;

/// <summary>
/// Whether data need more components: the likelihood ratio of two fits against those of data drawn from the smaller one [McLachlan1987]. The chi-squared distribution does not hold
/// for components, whose number lies on the boundary of the parameters.
/// </summary>
/// <param name="Components">The components of the smaller fit.</param>
/// <param name="Larger">The components of the larger fit.</param>
/// <param name="Statistic">2(ℓ of the larger − ℓ of the smaller), in nats.</param>
/// <param name="PValue">
/// Where the test ended early, exceedances over replicates; where it did not, (exceedances + 1)/(replicates + 1). NaN where no replicate could be fitted.
/// </param>
/// <param name="Replicates">Replicates that count.</param>
/// <param name="Exceedances">Those whose statistic is at least the observed one.</param>
/// <param name="Failed">Replicates that could not be fitted, and do not count.</param>
public sealed record LikelihoodRatioTest(int Components, int Larger, double Statistic, double PValue, int Replicates, int Exceedances, int Failed)
{
    /// <summary>Replicates between two looks at the exceedances, whatever the threads.</summary>
    private const int Batch = 24;

    /// <summary>The stream of the generator that draws replicates, far from those of starts and folds.</summary>
    private const ulong Stream = 0xB007_57A9_0000_0000;

    /// <summary>The gain at which a fit to a replicate may stop: a hundredth of what the statistic varies by.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>Tests a fit against one with more components.</summary>
    /// <param name="rows">The rows of both fits. Weights count as frequencies.</param>
    /// <param name="smaller">The fit of the null hypothesis.</param>
    /// <param name="larger">The fit of the alternative, of the same structure.</param>
    /// <param name="fit">How replicates are fitted: prior, floor, seed, threads; null for the defaults. The same seed gives the same p-value, whatever the number of threads.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Stops between fits.</param>
    /// <exception cref="ArgumentException">The larger fit does not have more components of the same structure.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public static LikelihoodRatioTest Run(
        RowSource rows,
        GaussianMixtureFit smaller,
        GaussianMixtureFit larger,
        GaussianMixtureOptions? fit = null,
        LikelihoodRatioOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(smaller);
        ArgumentNullException.ThrowIfNull(larger);
        if (larger.Components.Length <= smaller.Components.Length || larger.Structure != smaller.Structure)
        {
            throw new ArgumentException(
                $"Expected a larger fit with more components of the same structure, found {larger.Components.Length} of {larger.Structure} beside {smaller.Components.Length} of {smaller.Structure}.", nameof(larger));
        }
        options = (options ?? LikelihoodRatioOptions.Default).Checked();
        fit ??= new GaussianMixtureOptions();
        int threads = fit.ThreadCount;
        fit = fit with
        {
            Covariance = smaller.Structure,
            Threads = 1,
            Progress = null,
            Start = null,
            StartLabels = null,
            StartMeans = null,
            Smaller = null,
            Checkpoint = null,
            Annihilate = false,
            Degeneracy = DegeneracyPolicy.Regularise,
            Stopping = StoppingRule.RemainingGain(Tolerance),
        };
        double observed = 2 * (larger.LogLikelihood - smaller.LogLikelihood);
        int count = checked((int)Math.Round(rows.TotalWeight));
        double[] statistics = new double[options.Replicates];
        int done = 0;
        int? enough = null;
        while (done < statistics.Length && enough is null)
        {
            int next = Math.Min(done + Batch, statistics.Length);
            try
            {
                Parallel.For(done, next, new ParallelOptions { MaxDegreeOfParallelism = threads, CancellationToken = cancellation }, index =>
                    statistics[index] = Replicate(smaller, larger, count, fit, options.Starts, new RandomGenerator(fit.Seed, Stream + (ulong)index), cancellation));
            }
            catch (AggregateException several)
            {
                ExceptionDispatchInfo.Throw(several.InnerExceptions[0]);
            }
            done = next;
            enough = Enough(statistics.AsSpan(0, done), observed, options.Exceedances);
        }
        ReadOnlySpan<double> seen = statistics.AsSpan(0, enough ?? done);
        (int valid, int exceedances) = (0, 0);
        foreach (double statistic in seen)
        {
            valid += double.IsNaN(statistic) ? 0 : 1;
            exceedances += statistic >= observed ? 1 : 0;
        }
        double p = valid == 0 ? double.NaN : enough is null ? (exceedances + 1.0) / (valid + 1) : (double)exceedances / valid;
        return new LikelihoodRatioTest(smaller.Components.Length, larger.Components.Length, observed, p, valid, exceedances, seen.Length - valid);
    }

    /// <summary>The number of replicates after which the exceedances are enough; null where they are not.</summary>
    private static int? Enough(ReadOnlySpan<double> statistics, double observed, int exceedances)
    {
        int seen = 0;
        for (int index = 0; index < statistics.Length && exceedances > 0; index++)
        {
            seen += statistics[index] >= observed ? 1 : 0;
            if (seen == exceedances)
            {
                return index + 1;
            }
        }
        return null;
    }

    /// <summary>The statistic of data drawn from the smaller fit; NaN where they cannot be fitted.</summary>
    private static double Replicate(
        GaussianMixtureFit smaller, GaussianMixtureFit larger, int count, GaussianMixtureOptions fit, int starts, RandomGenerator random, CancellationToken cancellation)
    {
        RowSource rows = RowSource.From(smaller.Sample(count, random.NextUInt64()).Values, smaller.ColumnNames.Length);
        fit = fit with { Seed = random.NextUInt64() };
        try
        {
            // Either hypothesis gets the parameters that made the data or were fitted to the real ones, and fresh starts; the larger also a split of the smaller.
            (double none, Mixture<Gaussian> split) = Best(rows, Parameters(smaller), null, fit, starts, cancellation);
            (double more, _) = Best(rows, Parameters(larger), split, fit, starts, cancellation);
            return 2 * (more - none);
        }
        catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException or ArgumentException)
        {
            return double.NaN;
        }
    }

    private static (double LogLikelihood, Mixture<Gaussian> Parameters) Best(
        RowSource rows, Mixture<Gaussian> start, Mixture<Gaussian>? smaller, GaussianMixtureOptions fit, int starts, CancellationToken cancellation)
    {
        GaussianMixtureFit best = GaussianMixture.Fit(rows, start.Count, fit with { Start = start }, cancellation);
        int fresh = starts + (smaller is null ? 0 : 1);
        if (fresh > 0 && start.Count > 1)
        {
            GaussianMixtureFit raced = GaussianMixture.Fit(rows, start.Count, fit with { Smaller = smaller, Starts = fresh }, cancellation);
            best = raced.LogLikelihood > best.LogLikelihood && raced.Result.Degeneracies.Count == 0 || best.Result.Degeneracies.Count > 0 ? raced : best;
        }
        cancellation.ThrowIfCancellationRequested();
        return (best.LogLikelihood, Parameters(best));
    }

    private static Mixture<Gaussian> Parameters(GaussianMixture mixture) => new(mixture.Weights.AsSpan(), mixture.Components.AsSpan());
}
