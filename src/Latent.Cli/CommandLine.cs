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
        Command root = Create(terminal);
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

    private static Command Create(Terminal terminal)
    {
        Command root = new(Name, "Fits models with hidden variables by expectation-maximization; explains, saves and uses them.")
        {
            FitCommand.Create(terminal),
            SelectCommand.Create(terminal),
            PredictCommand.Create(terminal),
            ScoreCommand.Create(terminal),
            SampleCommand.Create(terminal),
            ImputeCommand.Create(terminal),
            ShowCommand.Create(terminal),
            ModelsCommand.Create(terminal),
            AccumulateCommand.Create(terminal),
            MergeCommand.Create(terminal),
            MaximizeCommand.Create(terminal),
            new HelpOption { Action = new HelpAction { MaxWidth = Math.Clamp(terminal.Width, 60, 120) } },
            new VersionOption(),
            new Option<bool>("--verbose") { Description = "Add the stack trace to an error.", Recursive = true },
        };
        return root;
    }

    private static string Explain(ParseResult parsed)
    {
        string command = PathOf(parsed.CommandResult);
        string message = parsed.Errors[0].Message.TrimEnd('.');
        if (message == "Required command was not provided")
        {
            string what = command == Name ? "a verb (fit, select, predict, score, sample, impute, show, models, accumulate, merge, maximize)" : $"a model ({(parsed.CommandResult.Command.Name == SelectCommand.Name ? SelectCommand.Models : ModelRegistry.Names)})";
            message = $"Expected {what} after '{command}', found {(parsed.UnmatchedTokens.Count > 0 ? $"'{parsed.UnmatchedTokens[0]}'" : "none")}";
        }
        return $"{message}. Run '{command} --help'.";
    }

    /// <summary>The words that led to a command, such as "latent fit gmm".</summary>
    internal static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : Name;
}
