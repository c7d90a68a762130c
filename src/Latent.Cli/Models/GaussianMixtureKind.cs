using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Models;

/// <summary>The Gaussian mixture on the command line.</summary>
internal sealed class GaussianMixtureKind : ModelKind
{
    private readonly Option<string?> _covariance = Parse.Word(
        "--covariance", "What the covariances may be: free (full, the default), one for all (tied), without correlations (diag), round (spherical), or volume, shape and orientation each equal (E), variable (V) or that of the unit matrix (I).", [.. GaussianMixtureFile.StructureNames]);

    private readonly Option<string?> _prior = NewPrior();

    private readonly MixtureArguments _mixture = new(noise: true, trim: true);

    private readonly StandardErrorArguments _standardErrors = new();

    private readonly Option<double?> _eigenvalueRatio = Parse.AtLeast(
        "--eigenvalue-ratio", "No eigenvalue of any covariance is more than C times another, columns in their standard deviations; not for tied. Default: no bound.", 1, "C");

    public override string Name => GaussianMixtureFile.ModelName;

    public override string Title => "Gaussian mixture";

    public override string Summary => "Rows come from several normal distributions; finds each one's weight, mean and covariance.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(_covariance, _prior, _eigenvalueRatio), _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => _mixture.Prepare(options, parsed);

    public override ModelFit Fit(FitJob job)
    {
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        _mixture.Check(job, _standardErrors);
        IReadOnlyList<string> columns = job.Table.Rows.Schema.Names;
        string covariance = job.Arguments.GetValue(_covariance) ?? "full";
        GaussianMixtureOptions options = _mixture.Apply<GaussianMixtureOptions, Gaussian>(new GaussianMixtureOptions(), job);
        options = options with
        {
            Covariance = StructureOf(covariance, columns.Count),
            EigenvalueRatio = job.Arguments.GetValue(_eigenvalueRatio) ?? options.EigenvalueRatio,
            Prior = PriorOf(job.Arguments.GetValue(_prior)),
        };
        int? started = _mixture.Labelled(job);
        if (started is not null && (options.Prior != CovariancePrior.None || options.WeightPrior != 1) && _standardErrors.IsWanted(job.Arguments))
        {
            throw new UsageException("Expected --standard-errors of a fit without --prior and --weight-prior, or without --start-labels, found all. Leave one out.");
        }
        if (job.Settings.Start is { } path)
        {
            _mixture.CheckOneStart(job);
            (options, started) = From(path, options, columns);
        }
        int components = _mixture.Components(job, started, names);
        GaussianMixtureFit fit = GaussianMixture.Fit(job.Table.Rows, components, options, job.Cancellation);
        ModelFit found = Found(fit, options.StartLabels is null || options.EqualWeights || names.Count > 0 ? fit : ByWeight(fit), _mixture.IsGiven(job, started), job.Settings);
        found.Model.LabelNames = names;
        GaussianMixture mixture = ((FittedGaussianMixture)found.Model).Mixture;
        ParameterEstimates? errors = _standardErrors.Of(
            job, (wanted, stop) => mixture.StandardErrors(job.Table.Rows, wanted, stop), (wanted, stop) => mixture.Bootstrap(job.Table.Rows, wanted, stop));
        return found with { Warnings = [.. found.Warnings, .. StandardErrorTable.Warnings(errors)], StandardErrors = errors };
    }

    /// <summary>A fit as the command knows it.</summary>
    /// <param name="fit">The fit.</param>
    /// <param name="mixture">Its mixture, in the order in which components are shown.</param>
    /// <param name="given">Whether it began from a given start.</param>
    /// <param name="settings">The options of the fit.</param>
    public ModelFit Found(GaussianMixtureFit fit, GaussianMixture mixture, bool given, FitSettings settings)
    {
        FitFigures figures = FitFigures.Of(fit);
        FittedGaussianMixture model = new(this, mixture);
        List<string> warnings = [.. FitWarnings.Of(figures, model, given, settings)];
        if (fit.EmptyRows > 0)
        {
            warnings.Add($"{fit.EmptyRows} of the rows have no value in any column; they say nothing of the mixture and were left out.");
        }
        return new ModelFit(model, figures, warnings);
    }

    public override FittedModel Load(ModelFile file) => new FittedGaussianMixture(this, file.ToGaussianMixture());

    /// <summary>The covariance structure of a word on the command line.</summary>
    /// <exception cref="UsageException">E or V was asked for, and there are several columns.</exception>
    public static CovarianceStructure StructureOf(string word, int columns) => GaussianMixtureFile.StructureOf(word, columns)
        ?? throw new UsageException($"Expected --covariance {word} with one column, found {columns}. Use {word}II for variances that are equal in all columns, or another.");

    // A partition has no order worth keeping; components come as after any other fit, largest first.
    private static GaussianMixture ByWeight(GaussianMixture mixture)
    {
        int[] order = [.. Enumerable.Range(0, mixture.Components.Length).OrderByDescending(k => mixture.Weights[k])];
        return new GaussianMixture(
            mixture.Structure, Array.ConvertAll(order, k => mixture.Weights[k]), Array.ConvertAll(order, k => mixture.Components[k]), mixture.ColumnNames,
            mixture.NoiseWeight, mixture.Noise);
    }

    private (GaussianMixtureOptions Options, int Components) From(string path, GaussianMixtureOptions options, IReadOnlyList<string> columns)
    {
        if (Starts.IsModel(path))
        {
            GaussianMixture start = ((FittedGaussianMixture)Starts.Model(path, Name, columns)).Mixture;
            return (options with { Start = new Mixture<Gaussian>(start.Weights.AsSpan(), start.Components.AsSpan(), start.NoiseWeight) }, start.Components.Length);
        }
        double[][] means = Starts.Means(path, columns);
        return (options with { StartMeans = means }, means.Length);
    }

    /// <summary>The prior of a name; none for null.</summary>
    internal static CovariancePrior PriorOf(string? name) => name switch
    {
        "map" => CovariancePrior.Map(),
        "penalised" => CovariancePrior.Penalised(),
        _ => CovariancePrior.None,
    };

    /// <summary>The option of priors.</summary>
    internal static Option<string?> NewPrior() => Parse.Word(
        "--prior", "What keeps components from collapsing: nothing but a floor of 1e-8 (none, the default), a weak prior taken from the data (map), or a penalty that vanishes with more rows (penalised).",
        "none", "map", "penalised");
}
