using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Latent.Cli.Commands;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>What a hidden Markov model is fitted to, and which.</summary>
/// <param name="Sequences">The sequences, their columns in the order of the emission's blocks, with the terms that transitions depend on as covariates.</param>
/// <param name="Choices">The family of each block of columns; null for Gaussian emissions.</param>
/// <param name="Parts">The Gaussians of each state, where it is a mixture of some; else 0.</param>
/// <param name="Covariance">The covariances of Gaussian emissions.</param>
/// <param name="Structure">Which transitions there can be.</param>
/// <param name="Tied">Which emission each state has, from 0; empty: its own.</param>
/// <param name="Durations">How long states last; null: as the transitions say.</param>
/// <param name="Transitions">What transitions depend on; null: nothing.</param>
internal sealed record HiddenMarkovData(
    SequenceSource Sequences, FamilyChoice[]? Choices, int Parts, CovarianceStructure Covariance, ChainStructure Structure, ImmutableArray<int> Tied, DurationFamily? Durations, CovariateDesign? Transitions)
{
    /// <summary>The names of the columns that the model reads.</summary>
    public IReadOnlyList<string> Columns => FittedChain.ColumnsOf(Sequences.Schema.Names, Transitions);
}

/// <summary>The options that fit and select share for hidden Markov models.</summary>
internal sealed class HiddenMarkovArguments
{
    private static readonly string[] _families = ["geometric", "poisson", "negative-binomial", "log-series", "nonparametric"];

    private const string Symbols = "categorical";

    private static readonly SpectralInitializer _spectral = new();

    private readonly Option<string?> _emission = Parse.Text(
        "--emission", [], $"What a step is like within a state: gaussian (the default), gmm (a mixture of gaussians), {string.Join(", ", FamilyCatalog.Names.Where(name => name != HiddenMarkovFile.Gaussian))}; mixed; or regression. Some take numbers, as binomial:14.", "NAME");

    private readonly Option<string[]> _types = Parse.Names("--types", "With --emission mixed: the family of columns, others being normal or, where they hold text, categorical. x+y=gaussian makes a block with correlations.", "a=NAME,…");

    private readonly Option<string?> _formula = Parse.Text("--formula", [], "With --emission regression: response and terms as in R, as for mixreg. Steps without a response are missing.", "\"y ~ x\"");

    private readonly Option<string?> _family = Parse.Word("--family", "With --emission regression: what the response is like. Default gaussian.", [.. ResponseFamily.Names]);

    private readonly Option<int?> _lags = Parse.Integer("--lags", [], "With --emission regression: so many responses before are terms too (lag1, lag2, …), given the first ones of each sequence. Default 0.", 0);

    private readonly Option<string?> _transitionFormula = Parse.Text(
        "--transition-formula", [], "What moves depend on, as in R: terms of columns that are then not emitted. The values of a step say how the state moves on from there.", "\"~ z\"");

    private readonly Option<string?> _covariance = Parse.Word("--covariance", "Of gaussian emissions: free (full, the default), one for all states (tied), without correlations (diag), round (spherical), or volume, shape and orientation each equal (E), variable (V) or that of the unit matrix (I).", [.. GaussianMixtureFile.StructureNames]);

    private readonly Option<int?> _parts = Parse.Integer("--parts", [], "With --emission gmm: the gaussians of each state. Default 2.", 1);

    private readonly Option<string?> _transitions = Parse.Text(
        "--transitions", [], "Which state can follow which: any (the default); left-right: the same or the next, from the first on; cyclic: the same or the next in a circle; banded: the same or a neighbour. left-right:2, banded:3: up to so many states away.", "NAME");

    private readonly Option<string?> _responsibilities = Parse.Word(
        "--responsibilities", "soft (the default): every path by its probability, which is EM; hard: the most probable path alone, which is Viterbi training.", "soft", "hard");

    private readonly Option<string?> _init = Parse.Word(
        "--init", "What makes the starts. Default: several kinds by turns. spectral: moments of consecutive steps, for one column of at most 64 different values.", [.. MixtureInitializer.Names, _spectral.Name]);

    private readonly Option<bool> _stationary = new("--stationary") { Description = "Start sequences in the stationary distribution of the transitions, rather than in one of their own." };

    private readonly Option<string?> _durations = Parse.Word(
        "--durations", "How long a state lasts: geometric, which is the ordinary model; poisson, negative-binomial or log-series from one step on; nonparametric, a probability for each duration up to --max-duration.",
        _families);

    private readonly Option<int?> _longest = Parse.Integer(
        "--max-duration", [], "With --durations: the number of steps up to which durations are told apart; beyond it the chance of ending stays the same, but nonparametric ones end there. Default: the longest sequence, up to 500.", 1);

    private readonly Option<string[]> _tied = Parse.Names("--tied", "States that share an emission: for each state the number of its emission, from 1. 1,1,2 are three states of which the first two look alike.", "1,1,2");

    private readonly Option<string?> _sequence = SequenceArguments.Option();

    /// <summary>The options.</summary>
    public IReadOnlyList<Option> Options => [_sequence, _emission, _types, _covariance, _parts, _formula, _family, _lags, _transitions, _transitionFormula, _stationary, _responsibilities, _init, _durations, _longest, _tied];

    /// <summary>The part of the reader's options that these decide.</summary>
    public DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        string emission = Emission(parsed);
        ModelFormula? transitions = Formula(parsed, _transitionFormula);
        IReadOnlyList<string>? columns = IsRegression(parsed) ? RegressionFormula(parsed).Variables : options.Columns;
        return options with
        {
            Sequence = parsed.GetValue(_sequence),
            // Numbers among the covariates stay numbers; symbols become categories where they are fitted.
            Columns = columns is null || transitions is null ? columns : [.. columns.Union(transitions.Variables, StringComparer.Ordinal)],
            TextCells = transitions is not null || IsRegression(parsed) || emission == FamilyColumns.Mixed ? TextCells.Categories : emission == Symbols ? TextCells.AllCategories : options.TextCells,
        };
    }

    /// <summary>Whether states are regressions.</summary>
    public bool IsRegression(ParseResult parsed) => Emission(parsed) == HiddenMarkovFile.Regression;

    private ModelFormula RegressionFormula(ParseResult parsed) => Formula(parsed, _formula)
        ?? throw new UsageException("Expected --formula \"y ~ x\" with --emission regression, found none. Name the response and the terms by their columns.");

    /// <summary>The regression of a state.</summary>
    public MarkovRegressionDesign Regression(FitJob job) => new(
        RegressionFormula(job.Arguments), job.Arguments.GetValue(_lags) ?? 0, ResponseFamily.Named(job.Arguments.GetValue(_family) ?? HiddenMarkovFile.Gaussian), job.Table.Rows.Schema);

    /// <summary>The data as sequences.</summary>
    /// <param name="job">The fit.</param>
    /// <param name="labels">The known states, or null.</param>
    /// <exception cref="UsageException">An option does not fit.</exception>
    public HiddenMarkovData Read(FitJob job, TextColumn? labels)
    {
        string emission = Emission(job.Arguments);
        string[] types = job.Arguments.GetValue(_types) ?? [];
        bool mixtures = emission == HiddenMarkovFile.GaussianMixtures;
        bool gaussian = mixtures || emission == HiddenMarkovFile.Gaussian;
        Check(job.Arguments, emission, gaussian, types);
        CovariateDesign? transitions = Transitions(job);
        RowSource rows = Emitted(job, transitions);
        FamilyChoice[]? choices = null;
        if (!gaussian && emission != HiddenMarkovFile.Regression)
        {
            rows = emission == Symbols && transitions is not null ? LatentClass.Categorize(rows) : FamilyMixtureKind.Categorized(rows, types);
            (rows, choices) = FamilyColumns.Of(rows, emission, types, null);
        }
        SequenceSource sequences = FittedChain.Sequences(job.Table, rows, transitions, out int[]? order);
        if (labels is not null)
        {
            sequences = sequences.WithLabels(States(labels, order));
        }
        ChainStructure structure = Structure(job.Arguments.GetValue(_transitions) ?? "any");
        return new HiddenMarkovData(
            sequences, choices, mixtures ? job.Arguments.GetValue(_parts) ?? 2 : 0, GaussianMixtureFile.StructureOf(job.Arguments.GetValue(_covariance) ?? "full")!.Value,
            structure with { Stationary = job.Arguments.GetValue(_stationary) }, Tied(job.Arguments), Durations(job.Arguments), transitions);
    }

    private void Check(ParseResult parsed, string emission, bool gaussian, string[] types)
    {
        bool mixtures = emission == HiddenMarkovFile.GaussianMixtures;
        if (!gaussian && parsed.GetValue(_covariance) is not null)
        {
            throw new UsageException($"Expected --covariance with --emission gaussian or gmm only, found it with {emission}. Leave one out.");
        }
        if (!mixtures && parsed.GetValue(_parts) is not null)
        {
            throw new UsageException($"Expected --parts with --emission gmm only, found it with {emission}. Leave one out.");
        }
        if (mixtures && parsed.GetValue(_covariance) is "tied" or "EEE")
        {
            throw new UsageException("Expected covariances that the parts of a state have to themselves with --emission gmm, found one for all (tied). Choose another, such as diag.");
        }
        if (types.Length > 0 && (gaussian || emission == HiddenMarkovFile.Regression))
        {
            throw new UsageException($"Expected --types with --emission mixed only, found it with {emission}. Leave one out.");
        }
        foreach (Option option in (Option[])[_formula, _family, _lags])
        {
            if (emission != HiddenMarkovFile.Regression && parsed.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"Expected {option.Name} with --emission regression only, found it with {emission}. Leave one out.");
            }
        }
    }

    /// <summary>What transitions depend on; null: nothing.</summary>
    private CovariateDesign? Transitions(FitJob job)
    {
        if (Formula(job.Arguments, _transitionFormula) is not { } formula)
        {
            return null;
        }
        foreach (Option option in (Option[])[_stationary, _durations])
        {
            if (job.Arguments.GetResult(option) is { Implicit: false })
            {
                throw new UsageException($"Expected --transition-formula without {option.Name}, found both. Leave one out.");
            }
        }
        return job.Arguments.GetValue(_responsibilities) == "hard"
            ? throw new UsageException("Expected --transition-formula with --responsibilities soft, found hard. Leave one out.")
            : new CovariateDesign(formula, job.Table.Rows.Schema);
    }

    /// <summary>The columns of data that states emit: all but what transitions depend on.</summary>
    private RowSource Emitted(FitJob job, CovariateDesign? transitions)
    {
        RowSource rows = job.Table.Rows;
        if (transitions is null || IsRegression(job.Arguments))
        {
            return rows;
        }
        string[] names = [.. rows.Schema.Names.Except(transitions.Variables.Names, StringComparer.Ordinal)];
        if (names.Length == 0)
        {
            throw new UsageException($"Expected columns that states emit beside the covariates {string.Join(", ", transitions.Variables.Names)}, found none. Name them with --columns.");
        }
        string emission = Emission(job.Arguments);
        return emission is not (Symbols or FamilyColumns.Mixed) && names.FirstOrDefault(name => rows.Schema[rows.Schema.Require(name)].Kind == ColumnKind.Categorical) is { } text
            ? throw new UsageException($"Expected numbers for --emission {emission}, found text in column '{text}'. Drop it, or choose columns with --columns.")
            : rows.Select(names);
    }

    private static ModelFormula? Formula(ParseResult parsed, Option<string?> option)
    {
        try
        {
            return parsed.GetValue(option) is { } text ? ModelFormula.Parse(text) : null;
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }

    private ImmutableArray<int> Tied(ParseResult parsed)
    {
        string[] numbers = parsed.GetValue(_tied) ?? [];
        return [.. numbers.Select(text => int.TryParse(text, out int number) && number >= 1
            ? number - 1
            : throw new UsageException($"Expected numbers of emissions from 1 with --tied, found '{text}'. Give one for each state, as 1,1,2."))];
    }

    private DurationFamily? Durations(ParseResult parsed)
    {
        string? name = parsed.GetValue(_durations);
        int? longest = parsed.GetValue(_longest);
        if (name is null && longest is not null)
        {
            throw new UsageException("Expected --max-duration with --durations only, found it without. Name the durations, or leave it out.");
        }
        if (name is not null && parsed.GetValue(_stationary))
        {
            throw new UsageException("Expected --stationary without --durations, found both. Leave one out.");
        }
        if (name == _families[^1] && longest is null)
        {
            throw new UsageException($"Expected --max-duration with --durations {name}, found none. Give the greatest number of steps that a state can last.");
        }
        return name is null ? null : DurationFamily.Of(name, longest ?? 0);
    }

    /// <summary>The options of the fit that these decide.</summary>
    public HiddenMarkovOptions<TComponent> Apply<TComponent>(HiddenMarkovOptions<TComponent> options, HiddenMarkovData data, FitJob job) => options with
    {
        Structure = data.Structure,
        Durations = data.Durations,
        EmissionOf = data.Tied,
        Starts = job.Settings.Starts ?? options.Starts,
        Responsibilities = job.Arguments.GetValue(_responsibilities) == "hard" ? ResponsibilityTransform.Hard : ResponsibilityTransform.Soft,
        Initializers = job.Arguments.GetValue(_init) switch
        {
            null => null,
            string name when name == _spectral.Name => [_spectral],
            string name => [MixtureInitializer.Named(name)],
        },
    };

    private static ChainStructure Structure(string text)
    {
        string[] parts = text.Split(':');
        int reach = 1;
        bool fits = parts.Length == 1 || (parts.Length == 2 && parts[0] is "left-right" or "banded" && int.TryParse(parts[1], CultureInfo.InvariantCulture, out reach) && reach >= 1);
        return (fits ? parts[0] : "") switch
        {
            "any" => ChainStructure.Free,
            "left-right" => ChainStructure.LeftRight(reach),
            "cyclic" => ChainStructure.Cyclic,
            "banded" => ChainStructure.Banded(reach),
            _ => throw new UsageException($"Expected --transitions any, left-right, cyclic or banded, with how far as in banded:2, found {text}."),
        };
    }

    private string Emission(ParseResult parsed) => parsed.GetValue(_emission) ?? HiddenMarkovFile.Gaussian;

    private static int[] States(TextColumn labels, int[]? order)
    {
        int[] states = new int[labels.Codes.Length];
        for (int step = 0; step < states.Length; step++)
        {
            int row = order is null ? step : order[step];
            string? text = labels[row];
            states[step] = text is null ? -1
                : int.TryParse(text, out int state) && state >= 1 ? state - 1
                : throw new UsageException($"Expected states numbered from 1 in the column '{labels.Name}', or empty fields, found '{text}'. Number them as the states of the model.");
        }
        return states;
    }
}
