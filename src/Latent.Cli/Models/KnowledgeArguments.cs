using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The options that say what is known beforehand of a mixture: the components of some rows, equal weights, noise, outliers.</summary>
/// <param name="noise">Whether the model can have a noise component.</param>
/// <param name="trim">Whether rows can be left out.</param>
internal sealed class KnowledgeArguments(bool noise, bool trim = false)
{
    private readonly Option<string?> _labels = Parse.Text(
        "--labels", [], "The column of known components, by name, which is then no data: empty where a row's is not known; a|b where it is one of several.", "COLUMN");

    private readonly Option<string[]> _labelWeights = Parse.Names(
        "--label-weights", "Columns of weights of the components beforehand, row by row, which are then no data; all empty where nothing is known.", "A,B,…");

    private readonly Option<bool> _equal = new("--equal-weights") { Description = "Hold the weights of the components equal." };

    private readonly Option<bool> _noise = new("--noise") { Description = "A uniform noise component for rows that belong to no other." };

    private readonly Option<string?> _volume = Parse.Text(
        "--noise-volume", [], "What the noise spreads over: the box of the columns' ranges (box), that along the principal axes (principal), the smaller of both (the default), or a number.", "box|principal|V");

    private readonly Option<double?> _trim = Parse.AtLeast("--trim", "The share of the rows to leave out, those that the mixture explains worst. Default 0.", 0, "SHARE");

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> Options => [_labels, _labelWeights, _equal, .. noise ? (Option[])[_noise, _volume] : [], .. trim ? (Option[])[_trim] : []];

    /// <summary>The part of the reader's options that these decide.</summary>
    public DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        string[] weights = parsed.GetResult(_labelWeights) is null ? [] : parsed.GetValue(_labelWeights)!;
        return options with
        {
            Labels = parsed.GetValue(_labels) ?? options.Labels,
            Columns = options.Columns is { } columns ? [.. columns, .. weights.Except(columns, StringComparer.Ordinal)] : null,
        };
    }

    /// <summary>The rows of data with what is known of them, and the names of the components that are known of some.</summary>
    /// <exception cref="UsageException">Both ways were used, or a column says what no label can.</exception>
    public (RowTable Table, IReadOnlyList<string> Names) Read(RowTable table, ParseResult parsed)
    {
        string[]? weights = parsed.GetResult(_labelWeights) is null ? null : parsed.GetValue(_labelWeights)!;
        try
        {
            if (weights is not null && table.Labels is not null)
            {
                throw new UsageException("Expected --labels or --label-weights, found both. Leave one out.");
            }
            if (weights is not null)
            {
                RowSource beside = table.Rows.Select(weights);
                double[] values = new double[beside.Rows * weights.Length];
                for (int row = 0; row < beside.Rows; row++)
                {
                    beside.CopyRow(row, values.AsSpan(row * weights.Length, weights.Length));
                }
                RowSource data = table.Rows.Select([.. table.Rows.Schema.Names.Except(weights, StringComparer.Ordinal)]);
                return (table.WithRows(data.WithKnown(KnownComponents.FromWeights(values, weights.Length))), weights);
            }
            if (table.Labels is { } labels)
            {
                string?[] texts = [.. Enumerable.Range(0, checked((int)table.RowCount)).Select(row => labels[row])];
                return (table.WithRows(table.Rows.WithKnown(KnownComponents.Parse(texts, out IReadOnlyList<string> names))), names);
            }
        }
        catch (ArgumentException wrong)
        {
            throw new UsageException(wrong.Message);
        }
        return (table, []);
    }

    /// <summary>The number of components: as asked for, of a start, or that of the names.</summary>
    /// <exception cref="UsageException">There are fewer than names, or nothing says how many.</exception>
    public static int Components(int? asked, int? started, IReadOnlyList<string> names, string word)
    {
        int components = Starts.Components(asked ?? (started is null && names.Count > 0 ? names.Count : null), started, word);
        return components >= names.Count
            ? components
            : throw new UsageException($"Expected -k of {names.Count} or more, as the labels name so many {word} ({string.Join(", ", names)}), found {components}. Use more {word}, or fewer labels.");
    }

    /// <summary>Puts what was asked for into a fit's options.</summary>
    public TOptions Apply<TOptions, TComponent>(TOptions options, ParseResult parsed)
        where TOptions : MixtureOptions<TComponent> => options with
        {
            EqualWeights = parsed.GetValue(_equal),
            Noise = Noise(parsed),
            Trim = Trim(parsed),
        };

    /// <summary>Refuses standard errors by curvature of a fit that leaves out rows.</summary>
    /// <exception cref="UsageException">Both were asked for.</exception>
    public void Check(ParseResult parsed, StandardErrorArguments errors)
    {
        if (Trim(parsed) > 0 && errors.IsWanted(parsed) && !errors.IsBootstrap(parsed))
        {
            throw new UsageException("Expected bootstrap for --standard-errors with --trim, found another: the curvature at the trimmed optimum would promise too much. Use bootstrap, or leave one out.");
        }
    }

    private double Trim(ParseResult parsed) => !trim ? 0 : parsed.GetValue(_trim) switch
    {
        null => 0,
        < 0.5 and { } share => share,
        { } share => throw new UsageException($"Expected a share below 0.5 for --trim, found {share}."),
    };

    private NoiseOptions? Noise(ParseResult parsed)
    {
        string? volume = noise ? parsed.GetValue(_volume) : null;
        if (!noise || (!parsed.GetValue(_noise) && volume is null))
        {
            return null;
        }
        return volume switch
        {
            null => new NoiseOptions(),
            "box" => new NoiseOptions { Volume = NoiseVolume.BoundingBox },
            "principal" => new NoiseOptions { Volume = NoiseVolume.PrincipalBox },
            _ when double.TryParse(volume, System.Globalization.CultureInfo.InvariantCulture, out double own) && own > 0 && double.IsFinite(own) => new NoiseOptions { OwnVolume = own },
            _ => throw new UsageException($"Expected box, principal or a number above 0 for --noise-volume, found '{volume}'."),
        };
    }
}
