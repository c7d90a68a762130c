using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Regression;

namespace Latent.Cli.Models;

/// <summary>A zero-inflated regression as the command uses it.</summary>
internal sealed class FittedZeroInflated(RegressionKind kind, ZeroInflatedRegression regression) : FittedResponse(kind, regression.Design)
{
    private readonly RegressionDesign _design = regression.Design;

    public override string Title => $"Zero-inflated {_design.Response.Name} regression, {_design.Formula}, structural zeros {_design.Concomitant}";

    public override string Heading => Title;

    public override string Unknown => "not knowing which zeros are structural";

    public override int Components => 1;

    public override IReadOnlyDictionary<string, string> Settings => RegressionFile.SettingsOf(regression);

    public override JsonElement Parameters() => RegressionFile.ParametersOf(regression);

    public override bool IsEffect(string parameter) =>
        parameter.StartsWith("coefficient[", StringComparison.Ordinal) || parameter.StartsWith("zero[", StringComparison.Ordinal);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        (double[] structural, _, double[] zero, double[] expected) = regression.Visit(rows, threads);
        RowColumns columns = RowColumns.Of(("expected", expected), ("zero", zero), ("structural", structural));
        return new Prediction(null, columns.Names, columns.Values);
    }

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        TextTable counts = new(["<term", "coefficient"]);
        AddTerms(counts, _design, [regression.Count]);
        yield return Section.Of("Counts", counts);
        TextTable zeros = new(["<term", "log-odds"]);
        foreach ((string name, double value) in _design.ConcomitantNames.Zip(regression.Zero))
        {
            zeros.Add([name, Numbers.Short(value, 5)]);
        }
        yield return Section.Of("Structural zeros", zeros);
    }

    protected override double[] LogDensity(IRowSource rows, int threads) => regression.LogDensity(rows, threads);

    /// <summary>The component is −1 for a structural zero, as for noise.</summary>
    protected override (double[] Responses, int[] Labels) Draw(IRowSource rows, ulong seed)
    {
        (double[] responses, bool[] structural) = regression.Sample(rows, seed);
        return (responses, Array.ConvertAll(structural, zero => zero ? -1 : 0));
    }
}
