using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using Latent.Cli.Commands;
using Latent.Cli.Models;
using Latent.Mpi;

namespace Latent.Cli;

/// <summary>The whole command: parses, runs one verb, and turns every failure into one line and an exit code.</summary>
internal static class CommandLine
{
    /// <summary>What it is called.</summary>
    public const string Name = "latent";

    /// <summary>The verbs, and what makes each; those with a subcommand per model are told the word that follows them.</summary>
    private static readonly (string Name, Func<Terminal, string?, Command> Create)[] _verbs =
    [
        (FitCommand.Name, FitCommand.Create),
        (SelectCommand.Name, SelectCommand.Create),
        ("predict", static (terminal, _) => PredictCommand.Create(terminal)),
        ("score", static (terminal, _) => ScoreCommand.Create(terminal)),
        ("sample", static (terminal, _) => SampleCommand.Create(terminal)),
        ("impute", static (terminal, _) => ImputeCommand.Create(terminal)),
        ("show", static (terminal, _) => ShowCommand.Create(terminal)),
        ("models", static (terminal, _) => ModelsCommand.Create(terminal)),
        ("accumulate", static (terminal, _) => AccumulateCommand.Create(terminal)),
        ("merge", static (terminal, _) => MergeCommand.Create(terminal)),
        ("maximize", static (terminal, _) => MaximizeCommand.Create(terminal)),
    ];

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code of the process.</returns>
    public static int Run(string[] args, Terminal terminal)
    {
        try
        {
            int code = Invoke(args, terminal);
            terminal.Out.Flush();
            return code;
        }
        catch (Exception exception)
        {
            Failure failure = Failure.Of(exception);
            if (!IsSpokenFor(args))
            {
                terminal.Error.WriteLine($"latent: {failure.Message}");
            }
            if (Array.IndexOf(args, "--verbose") >= 0)
            {
                terminal.Error.WriteLine(exception);
            }
            return failure.ExitCode;
        }
        finally
        {
            terminal.Error.Flush();
        }
    }

    /// <summary>Whether another rank of an MPI job prints the same complaint about the same arguments.</summary>
    private static bool IsSpokenFor(string[] args) => Array.IndexOf(args, "--mpi") >= 0 && MpiLauncher.Rank > 0;

    private static int Invoke(string[] args, Terminal terminal)
    {
        Command root = Create(args, terminal);
        ParseResult parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        bool asksForHelp = parsed.Action is { ClearsParseErrors: true };
        if (parsed.Errors.Count > 0 && !asksForHelp)
        {
            throw new UsageException(Unbuilt.Explain(parsed) ?? Explain(parsed));
        }
        return parsed.Invoke(new InvocationConfiguration
        {
            Output = terminal.Out,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        });
    }

    /// <summary>The command with all verbs, or where the first word is one of them with that alone: the options of all take longer to make than a small fit.</summary>
    private static Command Create(string[] args, Terminal terminal)
    {
        Command root = new(Name, "Fits models with hidden variables by expectation-maximization; explains, saves and uses them.")
        {
            new HelpOption { Action = new HelpAction { MaxWidth = Math.Clamp(terminal.Width, 60, 120) } },
            new VersionOption(),
            new Option<bool>("--verbose") { Description = "Add the stack trace to an error.", Recursive = true },
        };
        int chosen = args.Length == 0 ? -1 : Array.FindIndex(_verbs, verb => verb.Name == args[0]);
        foreach ((_, Func<Terminal, string?, Command> create) in chosen < 0 ? _verbs : [_verbs[chosen]])
        {
            root.Subcommands.Add(create(terminal, args.Length > 1 ? args[1] : null));
        }
        return root;
    }

    private static string Explain(ParseResult parsed)
    {
        string command = PathOf(parsed.CommandResult);
        string message = parsed.Errors[0].Message.TrimEnd('.');
        if (message == "Required command was not provided")
        {
            string what = command == Name ? $"a verb ({string.Join(", ", _verbs.Select(verb => verb.Name))})" : $"a model ({(parsed.CommandResult.Command.Name == SelectCommand.Name ? SelectCommand.Models : ModelRegistry.Names)})";
            message = $"Expected {what} after '{command}', found {(parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}'" : "none")}";
        }
        return $"{message}. Run '{command} --help'.";
    }

    /// <summary>The words that led to a command, such as "latent fit gmm".</summary>
    internal static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : Name;
}
