using System.CommandLine;
using Latent.Cli.Models;
using Latent.Data;

namespace Latent.Cli.Commands;

/// <summary>What the commands take that use a saved model on data: the model, the data, whether a table or a corpus, and where the answer goes.</summary>
internal sealed class UseArguments(string output)
{
    private readonly Argument<string> _model = Parse.Model();
    private readonly Option<string?> _output = Parse.Text("--output", ["-o"], output, "FILE.csv");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };
    private readonly Option<int?> _threads = Parse.Integer("--threads", [], "Threads to use. Default: all processors.", 1);

    private readonly Option<bool> _outliers = new("--outliers")
    {
        Description = "For mixtures: how far each row is from its component (distance, squared), how often rows of the component are as far (tail), and how often rows of the mixture are as unlikely (densityTail).",
    };

    /// <summary>The data.</summary>
    public DataArguments Data { get; } = new();

    /// <summary>How documents are read, for topic models.</summary>
    public CorpusArguments Corpus { get; } = new();

    /// <summary>A command with these arguments.</summary>
    /// <param name="name">The verb.</param>
    /// <param name="description">What it does, in a sentence.</param>
    /// <param name="run">Runs it, and returns the exit code.</param>
    /// <param name="rowsOnly">Whether the data can be rows only, neither sequences nor documents.</param>
    public Command Command(string name, string description, Func<ParseResult, int> run, bool rowsOnly = false)
    {
        Command command = new(name, description) { _model, _output, _json, _threads };
        Data.AddTo(command);
        if (!rowsOnly)
        {
            Data.AddSequenceTo(command);
            foreach (Option option in Corpus.Places)
            {
                command.Options.Add(option);
            }
        }
        command.SetAction(run);
        return command;
    }

    /// <summary>The saved model's file.</summary>
    public string Model(ParseResult parsed) => parsed.GetRequiredValue(_model);

    /// <summary>Adds the option that asks for outliers.</summary>
    public void AddOutliersTo(Command command) => command.Options.Add(_outliers);

    /// <summary>How unlike everything that the model knows each row is; null where that was not asked for.</summary>
    /// <exception cref="UsageException">The model cannot say.</exception>
    public RowColumns? Outliers(ParseResult parsed, FittedModel model, IRowSource rows) => !parsed.GetValue(_outliers) ? null
        : model.Outliers(rows, Threads(parsed))
        ?? throw new UsageException($"Expected --outliers with a mixture of rows, found a model of {model.Kind.Name}. Leave it out.");

    /// <summary>Whether JSON was asked for.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Threads to use; 0 for all processors.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) ?? 0;

    /// <summary>The file to write to, or null.</summary>
    public string? Output(ParseResult parsed) => parsed.GetValue(_output);
}
