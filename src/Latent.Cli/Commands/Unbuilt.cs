using System.CommandLine;
using System.CommandLine.Parsing;
using Latent.Cli.Models;

namespace Latent.Cli.Commands;

/// <summary>What the command will take one day and refuses by name until then, so that nobody mistakes it for a typing error.</summary>
internal static class Unbuilt
{
    private static readonly string[] _verbs = ["report"];

    private static readonly string[] _models =
    [
        "lds", "dawid-skene", "linkage", "irt",
    ];

    private static readonly string[] _options =
    [
        "--standard-errors", "--criterion", "--report", "--labels", "--sequence",
    ];

    /// <summary>A sentence about the first thing that is not built yet, or null where the mistake is another.</summary>
    public static string? Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        foreach (string token in parsed.UnmatchedTokens)
        {
            if (command.Name == CommandLine.Name && _verbs.Contains(token))
            {
                return $"'latent {token}' is not available yet. Run 'latent --help' for what is.";
            }
            if (command.Name == SelectCommand.Name && (_models.Contains(token) || ModelRegistry.Find(token) is not null))
            {
                return $"The model '{token}' cannot be selected among yet; available are {SelectCommand.Models}.";
            }
            if (command.Name == FitCommand.Name && _models.Contains(token))
            {
                return $"The model '{token}' is not available yet; available are {ModelRegistry.Names}.";
            }
            if (command.Name == FitCommand.Name && !token.StartsWith('-'))
            {
                return $"Expected a model ({ModelRegistry.Names}), found '{token}'. Run 'latent models'.";
            }
        }
        foreach (Token token in parsed.Tokens)
        {
            string name = token.Value.Split('=')[0];
            if (_options.Contains(name) && command.Options.All(option => option.Name != name))
            {
                return $"The option {name} is not available yet for '{CommandLine.PathOf(parsed.CommandResult)}'.";
            }
        }
        return null;
    }
}
