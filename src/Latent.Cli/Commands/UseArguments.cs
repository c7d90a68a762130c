using System.CommandLine;

namespace Latent.Cli.Commands;

/// <summary>The options of the commands that use a saved model.</summary>
internal sealed class UseArguments(string output)
{
    private readonly Option<string?> _output = Parse.Text("--output", ["-o"], output, "FILE.csv");
    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON object." };
    private readonly Option<int?> _threads = Parse.Integer("--threads", [], "Threads to use. Default: all processors.", 1);

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_output);
        command.Options.Add(_json);
        command.Options.Add(_threads);
    }

    /// <summary>Whether JSON was asked for.</summary>
    public bool Json(ParseResult parsed) => parsed.GetValue(_json);

    /// <summary>Threads to use; 0 for all processors.</summary>
    public int Threads(ParseResult parsed) => parsed.GetValue(_threads) ?? 0;

    /// <summary>The file to write to, or null.</summary>
    public string? Output(ParseResult parsed) => parsed.GetValue(_output);
}
