using System.CommandLine;
using Latent.Cli.Commands;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>
/// The options that every mixture has besides those of its family: how many components, where they start, what is known beforehand, a prior of the weights, what becomes of degenerate components, annihilation.
/// </summary>
/// <param name="noise">Whether the model can have a noise component.</param>
/// <param name="trim">Whether rows can be left out.</param>
/// <param name="starts">Whether the kind of start can be chosen, and a partition given.</param>
/// <param name="word">What components are called.</param>
internal sealed class MixtureArguments(bool noise = false, bool trim = false, bool starts = true, string word = "components")
{
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], $"The number of {word}.", 1);

    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);

    private readonly Option<string?> _startLabels = Parse.Text(
        "--start-labels", [], "Start from the partition in this column, which is then no data; rows where it is empty have no part in the first step.", "COLUMN");

    private readonly Option<double?> _weightPrior = Parse.AtLeast(
        "--weight-prior", "A Dirichlet(A, …, A) prior on the weights: each component counts A − 1 rows more. Default 1: none.", 1, "A");

    private readonly Option<string?> _degeneracy = Parse.Word(
        "--degeneracy", "What becomes of components that collapse or empty: they are held and reported (regularise, the default), end the fit (throw), begin anew (reseed), or go (drop).",
        [.. Enum.GetNames<DegeneracyPolicy>().Select(name => name.ToLowerInvariant())]);

    private readonly Option<bool> _annihilate = new(AnnihilateName)
    {
        Description = "Find the number of components on the way down from -k: those that are not worth their parameters go, and the shortest message decides.",
    };

    private readonly KnowledgeArguments _knowledge = new(noise, trim);

    /// <summary>The option that makes the number of components a result.</summary>
    public const string AnnihilateName = "--annihilate";

    /// <summary>The options, with those of a model in their midst.</summary>
    public IReadOnlyList<Option> Around(params IReadOnlyList<Option> own) =>
        [_components, .. own, _weightPrior, _degeneracy, _annihilate, .. starts ? (Option[])[_init, _startLabels] : [], .. _knowledge.Options];

    /// <summary>The part of the reader's options that these decide.</summary>
    public DataOptions Prepare(DataOptions options, ParseResult parsed) =>
        _knowledge.Prepare(starts && parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options, parsed);

    /// <summary>The fit of rows with what is known of them, and the names of the components that are known of some.</summary>
    public (FitJob Job, IReadOnlyList<string> Names) Read(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        return (job with { Table = table }, names);
    }

    /// <summary>Refuses standard errors of a fit that leaves out rows.</summary>
    /// <exception cref="UsageException">Both were asked for.</exception>
    public void Check(FitJob job, StandardErrorArguments errors) => _knowledge.Check(job.Arguments, errors);

    /// <summary>The number of levels of the partition to start from; null where none was given.</summary>
    public int? Labelled(FitJob job) => starts && job.Arguments.GetValue(_startLabels) is not null ? job.Table.Text[0].Levels.Count : null;

    /// <summary>The saved model to start from, or null where none was named.</summary>
    /// <exception cref="UsageException">A partition was given too, or it is no saved model of the kind and the columns.</exception>
    public FittedModel? Start(FitJob job, ModelKind kind, IReadOnlyList<string> columns)
    {
        if (job.Settings.Start is not { } path)
        {
            return null;
        }
        CheckOneStart(job);
        return Starts.IsModel(path)
            ? Starts.Model(path, kind.Name, columns)
            : throw new UsageException($"Expected a saved model (.json) for --start of {kind.Name}, found {path}.");
    }

    /// <summary>Refuses a partition beside another start.</summary>
    /// <exception cref="UsageException">Both were given.</exception>
    public void CheckOneStart(FitJob job)
    {
        if (Labelled(job) is not null)
        {
            throw new UsageException("Expected --start or --start-labels, found both. Leave one out.");
        }
    }

    /// <summary>The number of components of a selection, or as asked for; null where nothing says it.</summary>
    public int? Asked(FitJob job) => job.Components ?? job.Arguments.GetValue(_components);

    /// <summary>The number of components: of a selection, as asked for, of a start, or that of the names.</summary>
    public int Components(FitJob job, int? started, IReadOnlyList<string> names) =>
        KnowledgeArguments.Components(Asked(job), started, names, word);

    /// <summary>Whether the number of starts says nothing: one was given, or components are annihilated.</summary>
    public bool IsGiven(FitJob job, int? started) => started is not null || job.Arguments.GetValue(_annihilate);

    /// <summary>Puts the settings of every fit and what was asked for into a fit's options.</summary>
    public TOptions Apply<TOptions, TComponent>(TOptions options, FitJob job)
        where TOptions : MixtureOptions<TComponent>
    {
        ParseResult parsed = job.Arguments;
        options = _knowledge.Apply<TOptions, TComponent>(job.Apply(options), parsed);
        return options with
        {
            Starts = job.Settings.Starts ?? options.Starts,
            Initializers = starts && parsed.GetValue(_init) is { } init ? [MixtureInitializer.Named(init)] : options.Initializers,
            StartLabels = Labelled(job) is null ? null : job.Table.Text[0].Codes.ToArray(),
            WeightPrior = parsed.GetValue(_weightPrior) ?? options.WeightPrior,
            Degeneracy = parsed.GetValue(_degeneracy) is { } policy ? Enum.Parse<DegeneracyPolicy>(policy, ignoreCase: true) : options.Degeneracy,
            Annihilate = parsed.GetValue(_annihilate),
        };
    }
}
