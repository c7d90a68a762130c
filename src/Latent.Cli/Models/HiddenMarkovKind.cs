using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.Data;
using Latent.Families;
using Latent.IO;
using Latent.Markov;

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

    public override ModelTraits Traits => new(Missing: true, Weights: true, Sequences: true, "preview");

    public override IReadOnlyList<Option> Options => [_states, .. _arguments.Options, _labels, _standardErrors.Method];

    public override DataOptions Prepare(DataOptions options, ParseResult parsed) => _arguments.Prepare(options, parsed) with { Labels = parsed.GetValue(_labels) };

    public override ModelFit Fit(FitJob job)
    {
        HiddenMarkovData data = _arguments.Read(job, job.Table.Labels);
        FittedHiddenMarkovModel? start = job.Settings.Start is { } path ? (FittedHiddenMarkovModel)Starts.Model(path, Name, data.Columns) : null;
        int states = Starts.Components(job.Components ?? job.Arguments.GetValue(_states), start?.Components, "states");
        (HiddenMarkovFit fit, FittedHiddenMarkovModel model) = data.Choices is null ? Gaussian(data, states, start, job) : Any(data, states, start, job);
        FitFigures figures = FitFigures.Of(fit.Result, fit.Steps) with
        {
            LogLikelihood = fit.LogLikelihood,
            FreeParameters = fit.FreeParameters,
            Aic = fit.Aic,
            Bic = fit.Bic,
            Icl = fit.Icl,
        };
        ParameterEstimates? errors = _standardErrors.Of(
            job,
            (wanted, stop) => Errors(fit.Model, data.Sequences, wanted, stop),
            (wanted, stop) => fit.Model.Bootstrap(data.Sequences, wanted with { Kind = BootstrapKind.Parametric }, stop));
        string[] warnings = [.. FitWarnings.Of(figures, model, start is not null, job.Settings), .. StandardErrorTable.Warnings(errors)];
        return new ModelFit(model, figures, warnings) { StandardErrors = errors };
    }

    public override FittedModel Load(ModelFile file)
    {
        switch (file.Settings.GetValueOrDefault(HiddenMarkovFile.EmissionSetting, HiddenMarkovFile.Gaussian))
        {
            case HiddenMarkovFile.Gaussian:
                return new FittedHiddenMarkovModel(this, file.ToGaussianHiddenMarkov(), null, null);
            case HiddenMarkovFile.GaussianMixtures:
                return new FittedHiddenMarkovModel(this, file.ToMixtureHiddenMarkov(), null, null);
        }
        (FittedHiddenMarkov<Product> model, IReadOnlyList<FamilyChoice> choices, Schema schema) = file.ToHiddenMarkov();
        return new FittedHiddenMarkovModel(this, model, choices, schema);
    }

    private static ParameterEstimates Errors(FittedHiddenMarkov model, SequenceSource sequences, StandardErrorOptions options, CancellationToken cancellation)
    {
        try
        {
            return model.StandardErrors(sequences, options, cancellation);
        }
        catch (Exception cause) when (cause is ArgumentException or NotSupportedException)
        {
            throw new UsageException($"Expected --standard-errors information or bootstrap here, found sandwich: {cause.Message.Split(" (Parameter")[0]}");
        }
    }

    private (HiddenMarkovFit Fit, FittedHiddenMarkovModel Model) Gaussian(HiddenMarkovData data, int states, FittedHiddenMarkovModel? start, FitJob job)
    {
        GaussianHiddenMarkovOptions options = (GaussianHiddenMarkovOptions)_arguments.Apply(job.Apply(new GaussianHiddenMarkovOptions()), data, job) with
        {
            Covariance = data.Covariance,
            Start = data.Parts == 0 ? start?.Gaussians() : null,
        };
        HiddenMarkovFit fit = data.Parts == 0
            ? HiddenMarkovModel.FitGaussian(data.Sequences, states, options, job.Cancellation)
            : HiddenMarkovModel.FitGaussianMixture(data.Sequences, states, data.Parts, options, start?.Mixtures(data.Parts), job.Cancellation);
        return (fit, new FittedHiddenMarkovModel(this, fit.Model, null, null) { Occupancy = fit.Occupancy });
    }

    private (HiddenMarkovFit Fit, FittedHiddenMarkovModel Model) Any(HiddenMarkovData data, int states, FittedHiddenMarkovModel? start, FitJob job)
    {
        HiddenMarkovOptions<Product> options = _arguments.Apply(job.Apply(new HiddenMarkovOptions<Product>()), data, job) with { Start = start?.Products() };
        Schema schema = data.Sequences.Schema;
        ProductFamily family = FamilyCatalog.Create(data.Choices!, schema, ColumnRange.Of(data.Sequences.Rows));
        HiddenMarkovFit<Product> fit = HiddenMarkovModel.Fit(family, data.Sequences, states, options, job.Cancellation);
        return (fit, new FittedHiddenMarkovModel(this, fit.Model, data.Choices, schema) { Occupancy = fit.Occupancy });
    }
}
