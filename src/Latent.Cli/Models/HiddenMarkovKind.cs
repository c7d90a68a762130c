using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Hidden Markov models on the command line.</summary>
internal sealed class HiddenMarkovKind : ModelKind
{
    private readonly Option<int?> _states = Parse.Integer("--states", ["-k"], "The number of states.", 1);
    private readonly HiddenMarkovArguments _arguments = new();
    private readonly Option<string?> _labels = Parse.Text("--labels", [], "The column of known states, numbered from 1; empty where a step's is not known.", "COLUMN");

    private readonly StandardErrorArguments _standardErrors = new(refits: "sequences drawn from the model");

    public override string Name => HiddenMarkovFile.ModelName;

    public override string Title => "Hidden Markov model";

    public override string Summary => "Steps of sequences come from states that follow each other by chance; finds each state's distribution, and what follows what.";

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: true, "stable");

    public override IReadOnlyList<Option> Options => [_states, .. _arguments.Options, _labels, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => _arguments.Prepare(options, parsed) with { Labels = parsed.GetValue(_labels) };

    public override ModelFit Fit(FitJob job)
    {
        HiddenMarkovData data = _arguments.Read(job, job.Table.Labels);
        FittedChain? start = job.Settings.Start is { } path ? (FittedChain)Starts.Model(path, Name, data.Columns) : null;
        int states = Starts.Components(job.Components ?? job.Arguments.GetValue(_states), start?.Components, "states");
        return _arguments.IsRegression(job.Arguments) ? Regressions(data, states, start, job)
            : data.Choices is null ? Gaussian(data, states, Plain(start), job)
            : Any(data, states, Plain(start), job);
    }

    public override FittedModel Load(ModelFile file)
    {
        CovariateDesign? transitions = file.ToTransitionDesign();
        switch (file.Settings.GetValueOrDefault(HiddenMarkovFile.EmissionSetting, HiddenMarkovFile.Gaussian))
        {
            case HiddenMarkovFile.Gaussian:
                return new FittedHiddenMarkovModel(this, file.ToGaussianHiddenMarkov(), null, null, transitions);
            case HiddenMarkovFile.GaussianMixtures:
                return new FittedHiddenMarkovModel(this, file.ToMixtureHiddenMarkov(), null, null, transitions);
            case HiddenMarkovFile.Regression:
                return new FittedMarkovRegression(this, file.ToMarkovRegression(), transitions);
        }
        (FittedHiddenMarkov<Product> model, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToHiddenMarkov();
        return new FittedHiddenMarkovModel(this, model, choices, schema, transitions);
    }

    private static ParameterEstimates Errors(
        Func<StandardErrorOptions, CancellationToken, ParameterEstimates> standardErrors, StandardErrorOptions options, CancellationToken cancellation)
    {
        try
        {
            return standardErrors(options, cancellation);
        }
        catch (Exception cause) when (cause is ArgumentException or NotSupportedException)
        {
            throw new UsageException($"Expected --standard-errors information or bootstrap here, found sandwich: {cause.Message.Split(" (Parameter")[0]}");
        }
    }

    /// <summary>A start whose emissions are not regressions.</summary>
    private static FittedHiddenMarkovModel? Plain(FittedChain? start) => start is FittedMarkovRegression
        ? throw new UsageException("Expected a start with the emissions of --emission, found regressions. Give --emission regression.")
        : (FittedHiddenMarkovModel?)start;

    private ModelFit Gaussian(HiddenMarkovData data, int states, FittedHiddenMarkovModel? start, FitJob job)
    {
        GaussianHiddenMarkovOptions options = (GaussianHiddenMarkovOptions)_arguments.Apply(job.Apply(new GaussianHiddenMarkovOptions()), data, job) with
        {
            Covariance = data.Covariance,
            Start = data.Parts == 0 ? start?.Gaussians() : null,
        };
        HiddenMarkovFit fit = data.Parts == 0
            ? HiddenMarkovModel.FitGaussian(data.Sequences, states, options, job.Cancellation)
            : HiddenMarkovModel.FitGaussianMixture(data.Sequences, states, data.Parts, options, start?.Mixtures(data.Parts), job.Cancellation);
        return Found(new FittedHiddenMarkovModel(this, fit.Model, null, null, data.Transitions) { Occupancy = fit.Occupancy }, fit, data, start is not null, job);
    }

    private ModelFit Any(HiddenMarkovData data, int states, FittedHiddenMarkovModel? start, FitJob job)
    {
        HiddenMarkovOptions<Product> options = _arguments.Apply(job.Apply(new HiddenMarkovOptions<Product>()), data, job) with { Start = start?.Products() };
        Schema schema = data.Sequences.Schema;
        ProductFamily family = FamilyCatalog.Create(data.Choices!, schema, ColumnRange.Of(data.Sequences.Rows));
        HiddenMarkovFit<Product> fit = HiddenMarkovModel.Fit(family, data.Sequences, states, options, job.Cancellation);
        return Found(new FittedHiddenMarkovModel(this, fit.Model, data.Choices, schema, data.Transitions) { Occupancy = fit.Occupancy }, fit, data, start is not null, job);
    }

    private ModelFit Regressions(HiddenMarkovData data, int states, FittedChain? start, FitJob job)
    {
        HiddenMarkov<RegressionComponent>? given = start is null ? null : (start as FittedMarkovRegression)?.Regressions()
            ?? throw new UsageException("Expected a start with regressions, found other emissions. Start from a model of the same formula.");
        HiddenMarkovOptions<RegressionComponent> options = _arguments.Apply(job.Apply(new HiddenMarkovOptions<RegressionComponent>()), data, job) with { Start = given };
        MarkovRegressionDesign design = _arguments.Regression(job);
        FittedMarkovRegression.Check(job.Table, design);
        MarkovRegressionFit fit = MarkovRegression.Fit(data.Sequences, design, states, options, job.Cancellation);
        FittedMarkovRegression model = new(this, fit, data.Transitions) { Occupancy = fit.Fit.Occupancy };
        return Found(model, fit.Fit, start is not null, job, fit.StandardErrors, null);
    }

    private ModelFit Found(FittedModel model, HiddenMarkovFit fit, HiddenMarkovData data, bool given, FitJob job) => Found(
        model, fit, given, job,
        (wanted, stop) => fit.Model.StandardErrors(data.Sequences, wanted, stop),
        (wanted, stop) => fit.Model.Bootstrap(data.Sequences, wanted with { Kind = BootstrapKind.Parametric }, stop));

    private ModelFit Found(
        FittedModel model, HiddenMarkovFit fit, bool given, FitJob job,
        Func<StandardErrorOptions, CancellationToken, ParameterEstimates> standardErrors, Func<BootstrapOptions, CancellationToken, BootstrapResult>? bootstrap)
    {
        FitFigures figures = FitFigures.Of(fit.Result, fit.Steps) with
        {
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Aic = fit.Aic,
            Bic = fit.Bic,
            Icl = fit.Icl,
        };
        ParameterEstimates? errors = _standardErrors.Of(job, (wanted, stop) => Errors(standardErrors, wanted, stop), bootstrap);
        string[] warnings = [.. FitWarnings.Of(figures, model, given, job.Settings), .. StandardErrorTable.Warnings(errors)];
        return new ModelFit(model, figures, warnings) { StandardErrors = errors };
    }
}
