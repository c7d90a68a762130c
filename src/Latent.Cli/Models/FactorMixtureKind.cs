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
    private readonly Option<int?> _factors = Parse.Integer("--factors", ["-q"], "The number of factors of each component.", 1);

    private readonly Option<string?> _uniquenesses = Parse.Word(
        "--uniquenesses", "What the factors leave: a variance for each column and component (own, the default), for each column (common), or for each component (isotropic).",
        [.. FactorMixtureFile.SharingNames]);

    private readonly Option<int[]?> _factorCounts = Parse.Counts("--factors", ["-q"], "The numbers of factors to try. Default 1..3.");

    private readonly Option<string[]> _sharings = Parse.Names("--uniquenesses", "The kinds of uniquenesses to try: own, common, isotropic. Default: all three.", "A,B,…");

    private readonly MixtureArguments _mixture = new(noise: true, trim: true);

    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => FactorMixtureFile.ModelName;

    public override string Title => "Mixture of factor analysers";

    public override string Summary => "A Gaussian mixture for many columns: a few hidden factors in each component instead of a free covariance.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(_factors, _uniquenesses), _standardErrors.Method];

    public override IReadOnlyList<Option> SearchOptions => _mixture.Around(_factorCounts, _sharings);

    public override string FamilyWord => "factors";

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => _mixture.Prepare(options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        _mixture.Check(job, _standardErrors);
        RowTable table = job.Table;
        FactorMixtureOptions options = OptionsOf(job) with
        {
            Uniquenesses = FactorMixtureFile.SharingOf(job.Arguments.GetValue(_uniquenesses) ?? FactorMixtureFile.SharingNames[0])!.Value,
        };
        int? started = _mixture.Labelled(job);
        int? factors = job.Arguments.GetValue(_factors);
        if (_mixture.Start(job, this, table.Rows.Schema.Names) is FittedFactorMixture { Mixture.Parameters: var start })
        {
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
        int components = _mixture.Components(job, started, names);
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(table.Rows, components, q, options, job.Cancellation);
        ParameterEstimates? errors = _standardErrors.Of(
            job, (wanted, stop) => fit.StandardErrors(table.Rows, wanted, stop), (wanted, stop) => fit.Bootstrap(table.Rows, wanted, stop));
        ModelFit found = Found(fit, options.Uniquenesses, names, _mixture.IsGiven(job, started), job);
        return found with { Warnings = [.. found.Warnings, .. StandardErrorTable.Warnings(errors)], StandardErrors = errors };
    }

    public override List<SelectedFit> Search(FitJob job, int[] counts, string criterion)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
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
        FactorMixtureTable cells = FactorMixtureSelection.Run(job.Table.Rows, counts, factors, options, job.Cancellation);
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
                cell.Message)
            {
                IsOnBound = cell.Fit?.Result.Degeneracies.Count > 0,
            }),
        ];
    }

    public override FittedModel Load(ModelFile file) => new FittedFactorMixture(
        this, file.ToFactorMixture(), FactorMixtureFile.SharingOf(file.Settings.GetValueOrDefault(FactorMixtureFile.UniquenessesSetting, FactorMixtureFile.SharingNames[0]))!.Value);

    private FactorMixtureOptions OptionsOf(FitJob job) => _mixture.Apply<FactorMixtureOptions, FactorGaussian>(new FactorMixtureOptions(), job);

    private ModelFit Found(MixtureFit<FactorGaussian> fit, UniquenessSharing sharing, IReadOnlyList<string> names, bool given, FitJob job)
    {
        FitFigures figures = FitFigures.Of(fit);
        FittedFactorMixture model = new(this, fit, sharing) { LabelNames = names };
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, given, job.Settings));
    }

    private static UniquenessSharing Sharing(string name) => FactorMixtureFile.SharingOf(name)
        ?? throw new UsageException($"Expected {string.Join(", ", FactorMixtureFile.SharingNames)} for --uniquenesses, found '{name}'.");
}
