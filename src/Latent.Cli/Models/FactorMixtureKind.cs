using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Factors;
using Latent.IO;
using Latent.Mixtures;

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

    private readonly KnowledgeArguments _knowledge = new(noise: true, trim: true);

    public override string Name => FactorMixtureFile.ModelName;

    public override string Title => "Mixture of factor analysers";

    public override string Summary => "A Gaussian mixture for many columns: a few hidden factors in each component instead of a free covariance.";

    public override ModelTraits Traits => new(Missing: false, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _factors, _uniquenesses, _init, _startLabels, .. _knowledge.Options];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) =>
        _knowledge.Prepare(parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        FactorMixtureOptions options = _knowledge.Apply<FactorMixtureOptions, FactorGaussian>(job.Apply(new FactorMixtureOptions()), job.Arguments);
        options = options with
        {
            Uniquenesses = FactorMixtureFile.SharingOf(job.Arguments.GetValue(_uniquenesses) ?? FactorMixtureFile.SharingNames[0])!.Value,
            Starts = job.Settings.Starts ?? options.Starts,
            Initializers = job.Arguments.GetValue(_init) is { } init ? [MixtureInitializer.Named(init)] : null,
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
        if (q >= d || (options.Uniquenesses != UniquenessSharing.Isotropic && (d - q) * (d - q) < d + q))
        {
            throw new UsageException($"Expected fewer factors for {d} columns, found --factors {q}: the loadings and uniquenesses would outnumber the covariances. Use gmm for so few columns.");
        }
        int components = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "components");
        MixtureFit<FactorGaussian> fit = FactorMixture.Fit(table.Rows, components, q, options, job.Cancellation);
        FitFigures figures = FitFigures.Of(fit);
        FittedFactorMixture model = new(this, fit, options.Uniquenesses) { LabelNames = names };
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, started is not null, job.Settings));
    }

    public override FittedModel Load(ModelFile file) => new FittedFactorMixture(
        this, file.ToFactorMixture(), FactorMixtureFile.SharingOf(file.Settings.GetValueOrDefault(FactorMixtureFile.UniquenessesSetting, FactorMixtureFile.SharingNames[0]))!.Value);
}
