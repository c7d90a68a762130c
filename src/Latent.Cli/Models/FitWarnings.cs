using Latent.Cli.Commands;
using Latent.Cli.Output;

namespace Latent.Cli.Models;

/// <summary>What a careful reader of a fit should know, in words, each with what to do about it.</summary>
internal static class FitWarnings
{
    private const double FewRowsPerParameter = 3;

    /// <summary>The warnings of a fit.</summary>
    /// <param name="figures">How the fit went.</param>
    /// <param name="model">What came of it.</param>
    /// <param name="given">Whether the start was given.</param>
    /// <param name="settings">The options of the fit.</param>
    public static IReadOnlyList<string> Of(FitFigures figures, FittedModel model, bool given, FitSettings settings)
    {
        List<string> warnings = [];
        if (Stopped(figures, settings) is { } stopped)
        {
            warnings.Add(stopped);
        }
        // A component that a floor holds is said to be narrow already.
        IEnumerable<Degeneracy> suspicions = figures.Suspicions.Where(found => figures.Degeneracies.All(known => known.Component != found.Component));
        foreach (Degeneracy degeneracy in Last([.. figures.Degeneracies, .. suspicions]))
        {
            string subject = degeneracy.Component < 0 ? "" : $"{model.ComponentWord} {degeneracy.Component + 1}: ";
            warnings.Add(Sentence(subject + degeneracy.Message));
        }
        if (!given && model.Components > 1 && figures.Starts.Count == 1)
        {
            warnings.Add("Only one start was made, and there may be better solutions. Let more compete with --starts 12.");
        }
        if (Agreement(figures) is { } agreement)
        {
            warnings.Add(agreement);
        }
        StartReport[] failed = [.. figures.Starts.Where(start => start.StopReason == StopReason.Failed)];
        if (failed.Length > 0)
        {
            warnings.Add($"{Numbers.Count(failed.Length, "start")} of {figures.Starts.Count} broke down; the first said: {failed[0].Message}");
        }
        if (figures.FreeParameters is { } parameters && (figures.Weight ?? figures.Rows) < FewRowsPerParameter * parameters)
        {
            warnings.Add($"{Numbers.Count(parameters, "free parameter")} were fitted to {Numbers.Count(figures.Rows, "row")}. Use fewer {Numbers.Plural(model.ComponentWord)}, or a simpler structure.");
        }
        return warnings;
    }

    private static string? Stopped(FitFigures figures, FitSettings settings) => figures.StopReason switch
    {
        StopReason.IterationLimit when settings.Tolerance == 0 => null,
        StopReason.IterationLimit => $"The fit did not converge within {Numbers.Count(figures.Iterations, "iteration")}. Allow more with --max-iterations.",
        StopReason.TimeLimit when settings.Checkpoint is not null => "The fit did not converge within the time. Go on with --resume and a longer --time-limit.",
        StopReason.TimeLimit => $"The fit did not converge within the time. Allow more with --time-limit, or go on from the saved model with --start.",
        StopReason.RoundingFloor => "The fit stopped where no step gains more than rounding can hide, before it converged. Rescale the columns, or remove their offsets.",
        _ => null,
    };

    private static string? Agreement(FitFigures figures)
    {
        int finished = figures.Starts.Count(start => start.StopReason is not (StopReason.Dropped or StopReason.Failed or StopReason.TimeLimit or StopReason.Cancelled));
        return finished >= 2 && figures.Agreement * finished < 1.5
            ? $"Only one of the {finished} starts that ran to the end reached the best solution, so there may be a better one. Let more compete with --starts {Math.Max(50, 4 * figures.Starts.Count)}."
            : null;
    }

    // What holds at the end: of several events of one component with one message, one.
    private static IEnumerable<Degeneracy> Last(IReadOnlyList<Degeneracy> events) =>
        events.DistinctBy(degeneracy => (degeneracy.Component, degeneracy.Message));

    private static string Sentence(string text) => char.ToUpperInvariant(text[0]) + text[1..].TrimEnd('.') + ".";
}
