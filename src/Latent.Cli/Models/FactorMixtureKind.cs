using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Factors;
using Latent.IO;
using Latent.Mixtures;
using Latent.Selection;

namespace Latent.Cli.Models;

/// <summary>The mixture of factor analysers on the command line.</summary>
internal sealed class FactorMixtureKind : ModelKind
{
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], "The number of components.", 1);

    private readonly Option<int?> _factors = Parse.Integer("--factors", ["-q"], "The number of factors of each component.", 1);

    private readonly Option<string?> _uniquenesses = Parse.Word(
        "--uniquenesses", "What the factors leave: a variance for each column and component (own, the default), for each column (common), or for each component (isotropic).",
        [.. FactorMixtureFile.SharingNames]);

    private readonly Option<string?> _startLabels = Parse.Text(
        "--start-labels", [], "Start from the partition in this column, which is then no data; rows where it is empty have no part in the first step.", "COLUMN");

    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);

    private readonly Option<int[]?> _factorCounts = Parse.Counts("--factors", ["-q"], "The numbers of factors to try. Default 1..3.");

    private readonly Option<string[]> _sharings = Parse.Names("--uniquenesses", "The kinds of uniquenesses to try: own, common, isotropic. Default: all three.", "A,B,…");

    private readonly KnowledgeArguments _knowledge = new(noise: true, trim: true);

    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FactorMixtureFile.ModelName;

    public override string Title => "Mixture of factor analysers";

    public override string Summary => "A Gaussian mixture for many columns: a few hidden factors in each component instead of a free covariance.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _factors, _uniquenesses, _init, _startLabels, .. _knowledge.Options, _standardErrors.Method];

    public override IReadOnlyList<Option> SearchOptions => [_factorCounts, _sharings, _init, .. _knowledge.Options];

    public override string FamilyWord => "factors";

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) =>
        _knowledge.Prepare(parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        _knowledge.Check(job.Arguments, _standardErrors);
        FactorMixtureOptions options = OptionsOf(job) with
        {
            Uniquenesses = FactorMixtureFile.SharingOf(job.Arguments.GetValue(_uniquenesses) ?? FactorMixtureFile.SharingNames[0])!.Value,
        };
        int? started = null;
        int? factors = job.Arguments.GetValue(_factors);
        if (job.Arguments.GetValue(_startLabels) is not null)
        {
            TextColumn labels = table.Text[0];
            started = labels.Levels.Count;
            options = options with { StartLabels = labels.Codes.ToArray() };
        }
        if (job.Settings.Start is { } path)
        {
            if (started is not null || !Starts.IsModel(path))
            {
                throw new UsageException($"Expected either --start-labels or a saved model (.json) for --start, found {path}.");
            }
            Mixture<FactorGaussian> start = ((FittedFactorMixture)Starts.Model(path, Name, table.Rows.Schema.Names)).Mixture.Parameters;
            (options, started) = (options with { Start = start }, start.Count);
            if (factors is { } asked && asked != start.Components[0].Factors)
            {
                throw new UsageException($"Expected a start of {asked} factors, as --factors says, found {start.Components[0].Factors}. Leave out --factors, or change the start.");
            }
            factors = start.Components[0].Factors;
        }
        int q = factors ?? throw new UsageException("Expected --factors Q, the number of factors of each component, found none. For example: --factors 2.");
        int d = table.Rows.Columns;
        if (q > FactorParameters.MostFactors(d, options.Uniquenesses))
        {
            throw new UsageException($"Expected fewer factors for {d} columns, found --factors {q}: the loadings and uniquenesses would outnumber the covariances. Use gmm for so few columns.");
        }
        int components = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "components");
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(table.Rows, components, q, options, job.Cancellation);
        ParameterEstimates? errors = _standardErrors.Of(
            job, (wanted, stop) => fit.StandardErrors(table.Rows, wanted, stop), (wanted, stop) => fit.Bootstrap(table.Rows, wanted, stop));
        ModelFit found = Found(fit, options.Uniquenesses, names, started is not null, job);
        return found with { Warnings = [.. found.Warnings, .. StandardErrorTable.Warnings(errors)], StandardErrors = errors };
    }

    public override List<SelectedFit> Search(FitJob job, int[] counts, string criterion)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        FactorMixtureSelectionOptions options = new()
        {
            Fit = OptionsOf(job) with { TimeLimit = null },
            TimeLimit = job.Settings.TimeLimit,
            Criterion = criterion switch { "aic" => SelectionCriterion.Aic, "icl" => SelectionCriterion.Icl, _ => SelectionCriterion.Bic },
        };
        if (job.Arguments.GetResult(_sharings) is not null)
        {
            options = options with { Uniquenesses = Array.ConvertAll(job.Arguments.GetValue(_sharings)!, Sharing) };
        }
        int[] factors = job.Arguments.GetResult(_factorCounts) is null ? [1, 2, 3] : job.Arguments.GetValue(_factorCounts)!;
        FactorMixtureTable cells = FactorMixtureSelection.Run(table.Rows, counts, factors, options, job.Cancellation);
        if (cells.Count == 0)
        {
            throw new OperationCanceledException(job.Cancellation);
        }
        return
        [
            .. cells.Select(cell => new SelectedFit(
                $"{cell.Factors} {FactorMixtureFile.NameOf(cell.Uniquenesses)}",
                cell.Components,
                cell.Fit is null ? null : Found(cell.Fit, cell.Uniquenesses, names, given: false, job),
                cell.Fit is null ? double.PositiveInfinity : cell.Value(options.Criterion),
                cell.Message)),
        ];
    }

    public override FittedModel Load(ModelFile file) => new FittedFactorMixture(
        this, file.ToFactorMixture(), FactorMixtureFile.SharingOf(file.Settings.GetValueOrDefault(FactorMixtureFile.UniquenessesSetting, FactorMixtureFile.SharingNames[0]))!.Value);

    private FactorMixtureOptions OptionsOf(FitJob job)
    {
        FactorMixtureOptions options = _knowledge.Apply<FactorMixtureOptions, FactorGaussian>(job.Apply(new FactorMixtureOptions()), job.Arguments);
        return options with
        {
            Starts = job.Settings.Starts ?? options.Starts,
            Initializers = job.Arguments.GetValue(_init) is { } init ? [MixtureInitializer.Named(init)] : null,
        };
    }

    private ModelFit Found(MixtureFit<FactorGaussian> fit, UniquenessSharing sharing, IReadOnlyList<string> names, bool given, FitJob job)
    {
        FitFigures figures = FitFigures.Of(fit);
        FittedFactorMixture model = new(this, fit, sharing) { LabelNames = names };
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, given, job.Settings));
    }

    private static UniquenessSharing Sharing(string name) => FactorMixtureFile.SharingOf(name)
        ?? throw new UsageException($"Expected {string.Join(", ", FactorMixtureFile.SharingNames)} for --uniquenesses, found '{name}'.");
}
