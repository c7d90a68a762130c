using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The options that every mixture has besides those of its family: a prior of the weights, what becomes of degenerate components, annihilation.</summary>
internal sealed class MixtureArguments
{
    private readonly Option<double?> _weightPrior = Parse.AtLeast(
        "--weight-prior", "A Dirichlet(A, …, A) prior on the weights: each component counts A − 1 rows more. Default 1: none.", 1, "A");

    private readonly Option<string?> _degeneracy = Parse.Word(
        "--degeneracy", "What becomes of components that collapse or empty: they are held and reported (regularise, the default), end the fit (throw), begin anew (reseed), or go (drop).",
        [.. Enum.GetNames<DegeneracyPolicy>().Select(name => name.ToLowerInvariant())]);

    private readonly Option<bool> _annihilate = new("--annihilate")
    {
        Description = "Find the number of components on the way down from -k: those that are not worth their parameters go, and the shortest message decides.",
    };

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> Options => [_weightPrior, _degeneracy, _annihilate];

    /// <summary>Whether components are annihilated.</summary>
    public bool Annihilates(ParseResult parsed) => parsed.GetValue(_annihilate);

    /// <summary>Puts what was asked for into a fit's options.</summary>
    public TOptions Apply<TOptions, TComponent>(TOptions options, ParseResult parsed)
        where TOptions : MixtureOptions<TComponent> => options with
        {
            WeightPrior = parsed.GetValue(_weightPrior) ?? options.WeightPrior,
            Degeneracy = parsed.GetValue(_degeneracy) is { } word ? Enum.Parse<DegeneracyPolicy>(word, ignoreCase: true) : options.Degeneracy,
            Annihilate = parsed.GetValue(_annihilate),
        };
}
