using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>A fitted model with the figures of its fit.</summary>
/// <param name="Model">What can be used from now on.</param>
/// <param name="Figures">How the fit went.</param>
/// <param name="Warnings">What a careful reader should know, each with its remedy.</param>
internal sealed record ModelFit(FittedModel Model, FitFigures Figures, IReadOnlyList<string> Warnings)
{
    /// <summary>Standard errors and intervals, where they were asked for.</summary>
    public ParameterEstimates? StandardErrors { get; init; }

    /// <summary>The latent classes, which can be tested against more of them; null for other models.</summary>
    public LatentClassFit? Classes { get; init; }
}
