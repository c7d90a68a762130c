using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Selection;

/// <summary>The likelihood of rows that had no part in the fit, by folds of weights 0 and 1 over the same rows.</summary>
public sealed class CrossValidation
{
    /// <summary>The stream of the generator that deals rows to folds, far from those of starts.</summary>
    private const ulong Stream = 0xF01D_5EED_0000_0000;

    private readonly RowSource _rows;
    private readonly GaussianMixtureOptions _options;
    private readonly int[] _foldOf;
    private readonly int _folds;

    internal CrossValidation(RowSource rows, int folds, GaussianMixtureOptions options)
    {
        (_rows, _folds, _options) = (rows, folds, options);
        _foldOf = Folds(rows.Rows, folds, options.Seed);
    }

    /// <summary>Deals rows to folds at random, as evenly as can be; the same seed deals alike.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="folds">The number of folds, from 1 to <paramref name="rows"/>.</param>
    /// <param name="seed">The seed.</param>
    /// <returns>The fold of each row, from 0.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of folds is out of range.</exception>
    public static int[] Folds(long rows, int folds, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(folds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(folds, rows);
        RandomGenerator random = new(seed, Stream);
        int[] order = new int[rows];
        for (int row = 0; row < order.Length; row++)
        {
            int other = (int)random.NextInt64(row + 1);
            (order[row], order[other]) = (order[other], row);
        }
        int[] fold = new int[order.Length];
        for (int place = 0; place < order.Length; place++)
        {
            fold[order[place]] = place % folds;
        }
        return fold;
    }

    /// <summary>
    /// Σ over folds of the log-likelihood of the fold at the fit to the other rows, which starts from the fit to all rows: a fold moves a solution, it
    /// does not go to another one.
    /// </summary>
    internal (double Score, string? Message) Score(GaussianMixtureFit whole, TimeSpan? timeLeft, CancellationToken cancellation)
    {
        GaussianMixtureOptions options = _options with
        {
            Covariance = whole.Structure,
            Start = new Mixture<Families.Gaussian>(whole.Weights.AsSpan(), whole.Components.AsSpan()),
            TimeLimit = timeLeft,
        };
        double total = 0;
        for (int fold = 0; fold < _folds; fold++)
        {
            try
            {
                GaussianMixtureFit fit = GaussianMixture.Fit(Weighted(row => _foldOf[row] != fold), whole.Components.Length, options, cancellation);
                if (fit.Result.StopReason is StopReason.Cancelled or StopReason.TimeLimit)
                {
                    return (double.NaN, $"Stopped in fold {fold + 1} of cross-validation.");
                }
                total += fit.Score(Weighted(row => _foldOf[row] == fold), options.Threads);
            }
            catch (Exception failure) when (failure is NumericalException or DegenerateStartException or MonotonicityException or ArgumentException)
            {
                return (double.NaN, $"Fold {fold + 1} of cross-validation: {failure.Message}");
            }
            catch (OperationCanceledException)
            {
                return (double.NaN, $"Stopped in fold {fold + 1} of cross-validation.");
            }
        }
        return (total, null);
    }

    private RowSource Weighted(Func<int, bool> counts)
    {
        double[] weights = new double[_rows.Rows];
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = counts(row) ? _rows.Weight(row) : 0;
        }
        return _rows.WithWeights(weights);
    }
}
