using System.CommandLine;
using System.Globalization;
using Latent.Data;
using Latent.Incomplete;

namespace Latent.Cli.Commands;

/// <summary>The options of <c>latent impute</c>.</summary>
internal sealed class ImputeArguments
{
    private readonly Option<int?> _count = Parse.Integer("--imputations", ["-m"], "How many completed tables: 1 (default) for conditional means, 2 or more for draws, each with parameters of its own.", 1);
    private readonly Option<string?> _model = Parse.Text("--model", [], "A saved mvn or gmm to impute from. Default: mvn fitted to the data.", "MODEL.json");
    private readonly Option<string?> _method = Parse.Word("--method", "Where each imputation's parameters come from: refits of rows drawn with replacement (default), or draws from their posterior.", "bootstrap", "posterior");
    private readonly Option<ulong?> _seed = Parse.Seed("The seed; the same one gives the same values. Default 1.");
    private readonly Option<string[]> _bounds = Parse.Names("--bounds", "Bounds of filled values, such as age=0..120 or income=0.. (no upper bound).", "A=LOW..HIGH,…");
    private readonly Option<string[]> _whole = Parse.Names("--round", "Columns whose filled values are rounded to whole numbers.", "A,B,…");
    private readonly Option<double?> _ridge = Parse.NonNegative("--ridge", "As in 'fit mvn': shrink covariances as this many more rows with independent columns would. Default 0.");
    private readonly Option<string?> _output = Parse.Text("--output", ["-o"], "The file to write (.csv or .npy); with -m 2 or more, out.csv becomes out-1.csv, out-2.csv, …", "FILE");
    private readonly Option<int?> _threads = Parse.Integer("--threads", [], "Threads to use. Default: all processors.", 1);

    /// <summary>Adds the options to the command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_count, _model, _method, _seed, _bounds, _whole, _ridge, _output, _threads])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Tables to complete.</summary>
    public int Count(ParseResult parsed) => parsed.GetValue(_count) ?? 1;

    /// <summary>The saved model, or null.</summary>
    public string? Model(ParseResult parsed) => parsed.GetValue(_model);

    /// <summary>The ridge of a fit made here.</summary>
    /// <exception cref="UsageException">A model was given, which has been fitted already.</exception>
    public double Ridge(ParseResult parsed) => parsed.GetValue(_ridge) ?? 0;

    /// <summary>The files to write: none for standard output.</summary>
    /// <exception cref="UsageException">Several tables have nowhere to go.</exception>
    public string[] Outputs(ParseResult parsed, int count)
    {
        if (parsed.GetValue(_ridge) is not null && Model(parsed) is not null)
        {
            throw new UsageException("Expected --ridge or --model, found both. Give the ridge to 'latent fit mvn'.");
        }
        string? output = parsed.GetValue(_output);
        if (count == 1)
        {
            return output is null ? [] : [output];
        }
        if (output is null)
        {
            throw new UsageException($"Expected -o FILE.csv for {count} imputations, which become FILE-1.csv to FILE-{count}.csv, found none.");
        }
        string ending = Path.GetExtension(output);
        string stem = output[..^ending.Length];
        return [.. Enumerable.Range(1, count).Select(number => FormattableString.Invariant($"{stem}-{number}{ending}"))];
    }

    /// <summary>The options of the imputation.</summary>
    /// <exception cref="UsageException">Bounds cannot be read, or a column is not there.</exception>
    public ImputationOptions Options(ParseResult parsed, Schema schema)
    {
        string[] whole = parsed.GetResult(_whole) is null ? [] : parsed.GetValue(_whole)!;
        Dictionary<string, ImputationBounds> bounds = [];
        foreach (string text in parsed.GetResult(_bounds) is null ? [] : parsed.GetValue(_bounds)!)
        {
            (string name, ImputationBounds found) = Bound(text);
            bounds[name] = found;
        }
        foreach (string name in whole.Concat(bounds.Keys))
        {
            if (schema.IndexOf(name) < 0)
            {
                throw new UsageException($"Expected one of the columns {string.Join(", ", schema.Names)} for --bounds and --round, found '{name}'.");
            }
        }
        return new ImputationOptions
        {
            Imputations = Count(parsed),
            Method = parsed.GetValue(_method) == "posterior" ? ImputationMethod.PosteriorDraws : ImputationMethod.Bootstrap,
            Seed = parsed.GetValue(_seed) ?? EmOptions.Default.Seed,
            Bounds = bounds,
            WholeNumbers = whole,
            Threads = parsed.GetValue(_threads) ?? 0,
        };
    }

    private static (string Name, ImputationBounds Bounds) Bound(string text)
    {
        int equals = text.LastIndexOf('=');
        string[] ends = equals > 0 ? text[(equals + 1)..].Split("..") : [];
        if (ends.Length == 2 && TryEnd(ends[0], double.NegativeInfinity, out double lower) && TryEnd(ends[1], double.PositiveInfinity, out double upper) && lower <= upper)
        {
            return (text[..equals], new ImputationBounds(lower, upper));
        }
        throw new UsageException($"Expected bounds such as age=0..120 or income=0.. for --bounds, found '{text}'.");
    }

    private static bool TryEnd(string text, double open, out double value)
    {
        value = open;
        return text.Length == 0 || (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value));
    }
}
