using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Cli.Output;
using Latent.IO;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>Mixtures of regressions on the command line.</summary>
internal sealed class RegressionKind : ModelKind
{
    private readonly Option<string?> _formula = Parse.Text("--formula", [], "Response and terms as in R, such as \"y ~ 1 + a + log(b) + a:group + offset(log(h))\".", "\"y ~ x\"");
    private readonly Option<string?> _family = Parse.Word("--family", "What the response is like. Default gaussian; binomial takes 0/1, two texts, or cbind(successes, failures).", [.. ResponseFamily.Names]);
    private readonly Option<string?> _concomitant = Parse.Text("--concomitant", [], "What the weights of the components depend on.", "\"~ z\"");
    private readonly Option<string?> _zeroInflated = Parse.Text(
        "--zero-inflated", [], "One regression of counts (--family poisson or negative-binomial) of which some zeros are structural: what their log-odds depend on, ~ 1 for the same everywhere.", "\"~ z\"");
    private readonly MixtureArguments _mixture = new(starts: false);
    private readonly StandardErrorArguments _standardErrors = new("information");

    public override string Name => RegressionFile.ModelName;

    public override string Title => "Mixture of regressions";

    public override string Summary => "A response depends on terms in several ways; finds each one's coefficients, with p-values, and its weight. Rows of one --id share their component. With --zero-inflated: one regression of counts with zeros in excess.";

    public override ModelTraits Traits => new(Missing: false, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [.. _mixture.Around(_formula, _family, _concomitant, _zeroInflated), _standardErrors.Method];

    /// <summary>The columns of the formulas, text among them.</summary>
    public override DataOptions Prepare(DataOptions options, ParseResult parsed)
    {
        string[] names = [.. Formula(parsed).Variables.Concat(Parsed(parsed, _concomitant)?.Variables ?? []).Concat(Parsed(parsed, _zeroInflated)?.Variables ?? []).Distinct(StringComparer.Ordinal)];
        return _mixture.Prepare(options with { Columns = names, TextCells = TextCells.Categories }, parsed);
    }

    public override ModelFit Fit(FitJob job)
    {
        if (job.Settings.Start is not null)
        {
            throw new UsageException("Expected no --start for mixreg, found one. Leave it out; several starts compete.");
        }
        (job, IReadOnlyList<string> names) = _mixture.Read(job);
        RegressionMixtureOptions options = _mixture.Apply<RegressionMixtureOptions, RegressionComponent>(new RegressionMixtureOptions(), job) with
        {
            Family = ResponseFamily.Named(job.Arguments.GetValue(_family) ?? (job.Arguments.GetValue(_zeroInflated) is null ? "gaussian" : "poisson")),
            Concomitant = job.Arguments.GetValue(_concomitant),
        };
        if (job.Arguments.GetValue(_zeroInflated) is { } zero)
        {
            return ZeroInflated(job, zero, options);
        }
        int components = _mixture.Components(job, null, names);
        options = options with { Groups = Groups(job.Table.Ids) };
        RegressionMixtureFit fit = RegressionMixture.Fit(job.Table.Rows, Formula(job.Arguments).Text, components, options, job.Cancellation);
        return Found(new FittedRegression(this, fit) { LabelNames = names }, FitFigures.Of(fit) with { Icl = fit.Icl, Annihilation = fit.Annihilation }, fit.StandardErrors, job);
    }

    public override FittedModel Load(ModelFile file) => file.IsZeroInflated()
        ? new FittedZeroInflated(this, file.ToZeroInflatedRegression())
        : new FittedRegression(this, file.ToRegressionMixture());

    private ModelFit ZeroInflated(FitJob job, string zero, RegressionMixtureOptions options)
    {
        if (_mixture.Asked(job) is { } asked and not 1)
        {
            throw new UsageException($"Expected one component with --zero-inflated, found -k {asked}. Leave -k out, or --zero-inflated.");
        }
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(job.Table.Rows, Formula(job.Arguments).Text, zero, options, job.Cancellation);
        return Found(new FittedZeroInflated(this, fit), FitFigures.Of(fit), fit.StandardErrors, job);
    }

    private ModelFit Found(FittedResponse model, FitFigures figures, Func<StandardErrorOptions, CancellationToken, ParameterEstimates> standardErrors, FitJob job)
    {
        ParameterEstimates? errors = _standardErrors.Of(job, standardErrors, null);
        return new ModelFit(model, figures, [.. FitWarnings.Of(figures, model, _mixture.IsGiven(job, null), job.Settings), .. StandardErrorTable.Warnings(errors)]) { StandardErrors = errors };
    }

    // Rows with one --id are one person, say, and share a component.
    private static int[]? Groups(IReadOnlyList<string>? ids)
    {
        if (ids is null)
        {
            return null;
        }
        Dictionary<string, int> known = [];
        return [.. ids.Select(id =>
        {
            known.TryAdd(id, known.Count);
            return known[id];
        })];
    }

    private ModelFormula Formula(ParseResult parsed) => Parsed(
        parsed.GetValue(_formula) ?? throw new UsageException("Expected --formula \"y ~ x\" for mixreg, found none. Name the response and the terms by their columns."));

    private static ModelFormula? Parsed(ParseResult parsed, Option<string?> option) => parsed.GetValue(option) is { } text ? Parsed(text) : null;

    private static ModelFormula Parsed(string text)
    {
        try
        {
            return ModelFormula.Parse(text);
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message);
        }
    }
}
