using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The figures of a fit, the same for every model. Null where a model has none.</summary>
internal sealed record FitFigures
{
    public required long Rows { get; init; }

    /// <summary>The weight of all rows, where weights are counts of equal rows; null: the rows count.</summary>
    public double? Weight { get; init; }

    public double? LogLikelihood { get; init; }

    public required double Objective { get; init; }

    public int? FreeParameters { get; init; }

    public double? Aic { get; init; }

    public double? Bic { get; init; }

    public double? Icl { get; init; }

    public required int Iterations { get; init; }

    public required int Evaluations { get; init; }

    public required StopReason StopReason { get; init; }

    public required bool Converged { get; init; }

    public required double RemainingGain { get; init; }

    public required IReadOnlyList<StartReport> Starts { get; init; }

    public required double Agreement { get; init; }

    public required IReadOnlyList<double> Trace { get; init; }

    public required IReadOnlyList<Degeneracy> Degeneracies { get; init; }

    /// <summary>Components that look like artefacts.</summary>
    public IReadOnlyList<Degeneracy> Suspicions { get; init; } = [];

    /// <summary>Rows that were left out, where that was asked for.</summary>
    public TrimmedRows Trimmed { get; init; } = TrimmedRows.None;

    /// <summary>Solutions on the way down from many components, where they were annihilated.</summary>
    public IReadOnlyList<AnnihilationStep> Annihilation { get; init; } = [];

    /// <summary>The figures of a mixture's fit.</summary>
    public static FitFigures Of(IMixtureFit fit) => Of(fit.Result, fit.Data.Rows) with
    {
        LogLikelihood = fit.LogLikelihood,
        FreeParameters = fit.FreeParameters,
        Aic = fit.Aic,
        Bic = fit.Bic,
        Icl = fit.Icl,
        Trimmed = fit.Trimmed,
        Annihilation = fit.Annihilation,
    };

    /// <summary>The figures of a fit by maximum likelihood.</summary>
    public static FitFigures Of(ILikelihoodFit fit) => Of(fit.Result, fit.Rows) with
    {
        LogLikelihood = fit.LogLikelihood,
        FreeParameters = fit.FreeParameters,
        Aic = fit.Aic,
        Bic = fit.Bic,
    };

    /// <summary>The figures of an engine's result.</summary>
    public static FitFigures Of(EmResult result, long rows) => new()
    {
        Rows = rows,
        Objective = result.Objective,
        Iterations = result.Iterations,
        Evaluations = result.Evaluations,
        StopReason = result.StopReason,
        Converged = result.Converged,
        RemainingGain = result.RemainingGain,
        Starts = result.Starts,
        Agreement = result.Agreement,
        Trace = result.Trace,
        Degeneracies = result.Degeneracies,
        Suspicions = result.Suspicions,
    };
}
