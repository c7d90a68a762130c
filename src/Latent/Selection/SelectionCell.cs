using System.Collections.Immutable;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>One cell of a <see cref="SelectionTable"/>: a structure and a number of components, with the best fit that was found.</summary>
public sealed record SelectionCell
{
    /// <summary>Solutions whose objectives differ by no more, in nats, count as the same.</summary>
    private const double SameSolution = 0.1;

    /// <summary>What the covariances are.</summary>
    public required CovarianceStructure Structure { get; init; }

    /// <summary>K, the number of components.</summary>
    public required int Components { get; init; }

    /// <summary>The best fit, its components ordered by weight; null where there is none.</summary>
    public GaussianMixtureFit? Fit { get; init; }

    /// <summary>Why there is no fit or no cross-validation; null where nothing went wrong.</summary>
    public string? Message { get; init; }

    /// <summary>Where the fit came from.</summary>
    public SelectionOrigin Origin { get; init; }

    /// <summary>How far the cell can be trusted.</summary>
    public required SelectionStatus Status { get; init; }

    /// <summary>Starts that ran to their end or fell in with the best, those from other cells included.</summary>
    public int Finished => Reached.Length;

    /// <summary>How many of these came within 0.1 nats of the fit.</summary>
    public int Agreed => Fit is { } fit ? Reached.Count(objective => IsSame(objective, fit.Result.Objective)) : 0;

    /// <summary>The objectives of these starts.</summary>
    internal ImmutableArray<double> Reached { get; init; } = [];

    /// <summary>The log-likelihood of rows held out, summed over the folds, in nats, weights included; NaN where it was not asked for or could not be had.</summary>
    public double CrossValidated { get; init; } = double.NaN;

    /// <summary>The test of this number of components against the next that can be tested; null where none was made.</summary>
    public LikelihoodRatioTest? Test { get; init; }

    /// <summary>Whether the tests of the structure ended here: the next number of components is not significantly better, or there is none.</summary>
    public bool IsTestChoice { get; init; }

    /// <summary>Processor-side time spent on this cell, waiting excluded.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>The log-likelihood in nats; NaN without a fit.</summary>
    public double LogLikelihood => Fit?.LogLikelihood ?? double.NaN;

    /// <summary>Free parameters p; 0 without a fit.</summary>
    public int FreeParameters => Fit?.FreeParameters ?? 0;

    /// <summary>The cell's value under a criterion, lower is better; NaN without a fit.</summary>
    public double Value(SelectionCriterion criterion) => criterion switch
    {
        _ when Fit is null => double.NaN,
        SelectionCriterion.CrossValidation => -2 * CrossValidated,
        SelectionCriterion.BootstrapLikelihoodRatio => IsTestChoice ? Fit.Bic : double.NaN,
        _ => Criteria.Of(Fit, criterion),
    };

    /// <summary>Whether two objectives are of one solution.</summary>
    internal static bool IsSame(double objective, double other) => Math.Abs(objective - other) <= SameSolution;
}
