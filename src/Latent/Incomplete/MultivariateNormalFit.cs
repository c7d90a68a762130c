using Latent.Data;
using Latent.Families;

namespace Latent.Incomplete;

/// <summary>A multivariate normal distribution fitted to incomplete rows, with what the fit reports.</summary>
public sealed class MultivariateNormalFit : MultivariateNormal
{
    internal MultivariateNormalFit(EmResult<Gaussian> result, ColumnSummary data, PatternRows rows, MultivariateNormalOptions options)
        : base(result.Parameters, data.Names)
    {
        Result = result;
        Data = data;
        Ridge = options.Ridge;
        Patterns = rows.Patterns;
        RowsWithoutValues = rows.RowsWithoutValues;
        EffectiveRows = rows.TotalWeight;
        NeverTogether = Unpaired(rows.Patterns, data.Columns);
    }

    /// <summary>The ridge of the fit, in rows; 0 for maximum likelihood.</summary>
    public double Ridge { get; }

    /// <summary>The engine's report; its parameters are those of this fit.</summary>
    public EmResult<Gaussian> Result { get; }

    /// <summary>What the data were: rows, weight, means and variances of the observed cells, missing cells per column.</summary>
    public ColumnSummary Data { get; }

    /// <summary>The rows by missing pattern.</summary>
    public MissingPatterns Patterns { get; }

    /// <summary>Rows in which every cell is missing; they had no part in the fit.</summary>
    public int RowsWithoutValues { get; }

    /// <summary>The weight of the rows that have a value: n of <see cref="Bic"/>.</summary>
    public double EffectiveRows { get; }

    /// <summary>
    /// Pairs of columns that no row observes together: the data say nothing of their partial correlation given the others, and what is reported
    /// for it is a remnant of the start.
    /// </summary>
    public IReadOnlyList<(string First, string Second)> NeverTogether { get; }

    /// <summary>Time that the summary and grouping of the rows took, before the first iteration.</summary>
    public TimeSpan GroupingTime { get; init; }

    /// <summary>The total log-likelihood of the observed cells, in nats, weights included.</summary>
    public double LogLikelihood => Result.LogLikelihood;

    /// <summary>Whether the fit arrived at a stationary point.</summary>
    public bool Converged => Result.Converged;

    /// <summary>Free parameters p = d(d+3)/2.</summary>
    public int FreeParameters => Data.Columns * (Data.Columns + 3) / 2;

    /// <summary>Akaike's criterion −2ℓ + 2p; lower is better.</summary>
    public double Aic => -2 * LogLikelihood + 2 * FreeParameters;

    /// <summary>The Bayesian information criterion −2ℓ + p·ln n; lower is better.</summary>
    public double Bic => -2 * LogLikelihood + FreeParameters * Math.Log(EffectiveRows);

    /// <inheritdoc/>
    public override ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default) =>
        StandardErrors(rows, options, Ridge, cancellation);

    /// <inheritdoc/>
    public override BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default) =>
        Bootstrap(rows, options, Ridge, cancellation);

    private List<(string, string)> Unpaired(MissingPatterns patterns, int columns)
    {
        bool[] together = new bool[columns * columns];
        for (int pattern = 0; pattern < patterns.Count; pattern++)
        {
            ReadOnlySpan<int> observed = patterns.Observed(pattern);
            foreach (int first in observed)
            {
                foreach (int second in observed)
                {
                    together[first * columns + second] = true;
                }
            }
            if (observed.Length == columns)
            {
                return [];
            }
        }
        List<(string, string)> pairs = [];
        for (int first = 0; first < columns; first++)
        {
            for (int second = first + 1; second < columns; second++)
            {
                if (!together[first * columns + second])
                {
                    pairs.Add((ColumnNames[first], ColumnNames[second]));
                }
            }
        }
        return pairs;
    }
}
