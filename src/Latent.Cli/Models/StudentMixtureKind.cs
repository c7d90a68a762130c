using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The mixture of Student-t distributions on the command line.</summary>
internal sealed class StudentMixtureKind : ModelKind
{
    private readonly Option<int?> _components = Parse.Integer("--components", ["-k"], "The number of components.", 1);

    private readonly Option<string?> _covariance = Parse.Word(
        "--covariance", "What the scale matrices may be: as for gmm. Default full.", [.. GaussianMixtureFile.StructureNames]);

    private readonly Option<string?> _sharing = Parse.Word(
        "--degrees-of-freedom", "Estimated for each component (variable, the default), one number for all (equal), or held at --freedom (fixed).", "variable", "equal", "fixed");

    private readonly Option<double?> _freedom = Parse.AtLeast("--freedom", "The degrees of freedom to start from, or to hold. Default 10.", 0.5, "NU");

    private readonly Option<string?> _startLabels = Parse.Text(
        "--start-labels", [], "Start from the partition in this column, which is then no data; rows where it is empty have no part in the first step.", "COLUMN");

    private readonly Option<string?> _init = Parse.Word("--init", "What makes the starts. Default: several kinds by turns.", [.. MixtureInitializer.Names]);

    private readonly KnowledgeArguments _knowledge = new(noise: true, trim: true);

    private readonly StandardErrorArguments _standardErrors = new();

    public override string Name => StudentMixtureFile.ModelName;

    public override string Title => "Mixture of Student-t distributions";

    public override string Summary => "As a Gaussian mixture, but rows far from every component have little weight; finds how heavy the tails are.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "preview");

    public override IReadOnlyList<Option> Options => [_components, _covariance, _sharing, _freedom, _init, _startLabels, .. _knowledge.Options, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) =>
        _knowledge.Prepare(parsed.GetValue(_startLabels) is { } labels ? options with { Text = [.. options.Text, labels] } : options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (RowTable table, IReadOnlyList<string> names) = _knowledge.Read(job.Table, job.Arguments);
        job = job with { Table = table };
        _knowledge.Check(job.Arguments, _standardErrors);
        StudentMixtureOptions options = _knowledge.Apply<StudentMixtureOptions, StudentT>(job.Apply(new StudentMixtureOptions()), job.Arguments);
        options = options with
        {
            Covariance = GaussianMixtureKind.StructureOf(job.Arguments.GetValue(_covariance) ?? "full", table.Rows.Columns),
            FreedomSharing = job.Arguments.GetValue(_sharing) switch { "equal" => FreedomSharing.Equal, "fixed" => FreedomSharing.Fixed, _ => FreedomSharing.Variable },
            Freedom = job.Arguments.GetValue(_freedom) ?? options.Freedom,
            Starts = job.Settings.Starts ?? options.Starts,
            Initializers = job.Arguments.GetValue(_init) is { } init ? [MixtureInitializer.Named(init)] : null,
        };
        int? started = null;
        if (job.Arguments.GetValue(_startLabels) is not null)
        {
            TextColumn labels = job.Table.Text[0];
            started = labels.Levels.Count;
            options = options with { StartLabels = labels.Codes.ToArray() };
        }
        if (job.Settings.Start is { } path)
        {
            if (started is not null)
            {
                throw new UsageException("Expected --start or --start-labels, found both. Leave one out.");
            }
            if (!Starts.IsModel(path))
            {
                throw new UsageException($"Expected a saved model (.json) for --start, found {path}.");
            }
            FittedMixture<StudentT> start = ((FittedStudentMixture)Starts.Model(path, Name, job.Table.Rows.Schema.Names)).Mixture;
            (options, started) = (options with { Start = start.Parameters }, start.Components.Length);
        }
        int components = KnowledgeArguments.Components(job.Components ?? job.Arguments.GetValue(_components), started, names, "components");
        MixtureFit<StudentT> fit = StudentMixture.Fit(job.Table.Rows, components, options, job.Cancellation);
        FitFigures figures = FitFigures.Of(fit);
        FittedStudentMixture model = new(this, fit, options.Covariance) { LabelNames = names };
        ParameterEstimates? errors = _standardErrors.Of(
            job, (wanted, stop) => fit.StandardErrors(job.Table.Rows, wanted, stop), (wanted, stop) => fit.Bootstrap(job.Table.Rows, wanted, stop));
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, started is not null, job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }

    public override FittedModel Load(ModelFile file) => new FittedStudentMixture(
        this, file.ToStudentMixture(), GaussianMixtureFile.StructureOf(file.Settings.GetValueOrDefault(GaussianMixtureFile.CovarianceSetting, "full"))!.Value);
}
