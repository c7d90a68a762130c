using System.CommandLine;
using Latent.Cli.Models;
using Latent.Cli.Output;

namespace Latent.Cli.Commands;

/// <summary><c>latent models</c>: what can be fitted.</summary>
internal static class ModelsCommand
{
    /// <summary>The verb.</summary>
    public static Command Create(Terminal terminal)
    {
        Option<bool> json = new("--json") { Description = "Print one JSON object." };
        Command command = new("models", "List every model: its options, the data it takes, its maturity.") { json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(json))
            {
                JsonOutput.Write(terminal, new ModelsJson([.. ModelRegistry.All.Select(ToJson)]), CliJson.Default.ModelsJson);
            }
            else
            {
                Print(new TextReport(terminal));
            }
            return ExitCode.Done;
        });
        return command;
    }

    private static void Print(TextReport report)
    {
        TextTable table = new(["<model", "<what it is", "<missing values", "<weights", "<sequences", "<maturity"]);
        foreach (ModelKind kind in ModelRegistry.All)
        {
            ModelTraits traits = kind.Traits;
            table.Add(kind.Name, kind.Title, YesNo(traits.Missing), YesNo(traits.Weights), YesNo(traits.Sequences), traits.Maturity);
        }
        report.Write(new Section(null, table));
        foreach (ModelKind kind in ModelRegistry.All)
        {
            report.Write(Section.Of(kind.Name, kind.Summary, $"Options of its own: {string.Join(", ", kind.Options.Select(Usage))}"));
        }
        report.Line();
        report.Line("Every option of a model: latent fit MODEL --help");
    }

    private static ModelJson ToJson(ModelKind kind) => new(
        kind.Name, kind.Title, kind.Summary, kind.Traits.Missing, kind.Traits.Weights, kind.Traits.Sequences, kind.Traits.Maturity,
        [.. kind.Options.Select(option => new OptionJson(Shown(option), option.HelpName, option.Description))]);

    private static string Usage(Option option) => option.HelpName is { } value ? $"{Shown(option)} {value}" : Shown(option);

    private static string Shown(Option option) => option.Aliases.FirstOrDefault() ?? option.Name;

    private static string YesNo(bool value) => value ? "yes" : "no";
}
