using MathNet.Numerics.Distributions;

namespace Latent.Incomplete;

/// <summary>Pools the answers of analyses of several completed tables into one, with the uncertainty that missing cells add [Rubin1987].</summary>
public static class RubinRules
{
    /// <summary>Pools one quantity.</summary>
    /// <param name="estimates">Its estimate from each completed table, at least two.</param>
    /// <param name="variances">The squared standard error from each, as if the table were complete.</param>
    /// <param name="completeDegreesOfFreedom">
    /// Degrees of freedom that the analysis would have with nothing missing (n − 1 for a mean, n − p for a regression), for the small-sample rule of
    /// [BarnardRubin1999]; ∞ where its intervals are normal.
    /// </param>
    /// <param name="confidence">The coverage that the interval aims at, in (0, 1).</param>
    /// <exception cref="ArgumentException">Fewer than two estimates, another number of variances, or one that is negative or not finite.</exception>
    public static PooledEstimate Pool(
        IReadOnlyList<double> estimates, IReadOnlyList<double> variances, double completeDegreesOfFreedom = double.PositiveInfinity, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        ArgumentNullException.ThrowIfNull(variances);
        int m = estimates.Count;
        if (m < 2 || variances.Count != m)
        {
            throw new ArgumentException($"Expected at least two estimates and as many variances, found {m} and {variances.Count}.", nameof(estimates));
        }
        if (estimates.Any(value => !double.IsFinite(value)) || variances.Any(value => !(value >= 0) || !double.IsFinite(value)))
        {
            throw new ArgumentException("Expected finite estimates and variances of zero or more, found others.", nameof(variances));
        }
        if (!(completeDegreesOfFreedom > 0) || !(confidence > 0 && confidence < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(completeDegreesOfFreedom), completeDegreesOfFreedom, $"Expected positive degrees of freedom and a confidence between 0 and 1, found {completeDegreesOfFreedom} and {confidence}.");
        }
        double estimate = estimates.Average();
        double within = variances.Average();
        double between = estimates.Sum(value => (value - estimate) * (value - estimate)) / (m - 1);
        double extra = (1 + 1.0 / m) * between;
        double total = within + extra;
        double share = total > 0 ? extra / total : 0;
        double freedom = Freedom(m, share, completeDegreesOfFreedom);
        double increase = within > 0 ? extra / within : extra > 0 ? double.PositiveInfinity : 0;
        double missing = double.IsFinite(increase) ? (increase + (double.IsFinite(freedom) ? 2 / (freedom + 3) : 0)) / (increase + 1) : 1;
        double error = Math.Sqrt(total);
        double reach = double.IsFinite(freedom) ? StudentT.InvCDF(0, 1, freedom, 0.5 + confidence / 2) : Normal.InvCDF(0, 1, 0.5 + confidence / 2);
        return new PooledEstimate(estimate, error, estimate - reach * error, estimate + reach * error, freedom, within, between, increase, missing);
    }

    /// <summary>Pools several quantities, each by itself.</summary>
    /// <param name="estimates">For each completed table, the estimates.</param>
    /// <param name="variances">For each completed table, their squared standard errors.</param>
    /// <param name="completeDegreesOfFreedom">As for one quantity, the same for all.</param>
    /// <param name="confidence">The coverage that the intervals aim at, in (0, 1).</param>
    /// <exception cref="ArgumentException">As for one quantity; or the tables have different numbers of quantities.</exception>
    public static IReadOnlyList<PooledEstimate> Pool(
        IReadOnlyList<double[]> estimates, IReadOnlyList<double[]> variances, double completeDegreesOfFreedom = double.PositiveInfinity, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(estimates);
        ArgumentNullException.ThrowIfNull(variances);
        int count = estimates.Count > 0 ? estimates[0].Length : 0;
        if (estimates.Count != variances.Count || estimates.Concat(variances).Any(values => values.Length != count))
        {
            throw new ArgumentException($"Expected {count} estimates and variances from every completed table, found others.", nameof(estimates));
        }
        return [.. Enumerable.Range(0, count).Select(i => Pool([.. estimates.Select(values => values[i])], [.. variances.Select(values => values[i])], completeDegreesOfFreedom, confidence))];
    }

    // ν_m = (m − 1)/λ²; with complete-data freedom ν: 1/(1/ν_m + 1/ν_obs), ν_obs = (ν + 1)/(ν + 3)·ν·(1 − λ) [BarnardRubin1999, eq. 3].
    private static double Freedom(int m, double share, double complete)
    {
        double simulated = share > 0 ? (m - 1) / (share * share) : double.PositiveInfinity;
        if (double.IsPositiveInfinity(complete))
        {
            return simulated;
        }
        double observed = (complete + 1) / (complete + 3) * complete * (1 - share);
        return double.IsPositiveInfinity(simulated) ? observed : observed > 0 ? 1 / (1 / simulated + 1 / observed) : simulated;
    }
}

/// <summary>A quantity pooled over completed tables.</summary>
/// <param name="Estimate">The mean of the estimates.</param>
/// <param name="StandardError">√T, T = W + (1 + 1/m)·B.</param>
/// <param name="Lower">The lower end of the confidence interval, by Student's t.</param>
/// <param name="Upper">Its upper end.</param>
/// <param name="DegreesOfFreedom">Of that t; ∞ where nothing adds to the variance and the analysis is normal.</param>
/// <param name="Within">W, the mean of the squared standard errors.</param>
/// <param name="Between">B, the variance of the estimates.</param>
/// <param name="RelativeIncrease">(1 + 1/m)·B/W: how much variance missing cells add.</param>
/// <param name="MissingInformation">The fraction of information on the quantity that is missing, from 0 to 1.</param>
public sealed record PooledEstimate(
    double Estimate, double StandardError, double Lower, double Upper, double DegreesOfFreedom, double Within, double Between, double RelativeIncrease, double MissingInformation);
