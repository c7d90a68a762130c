using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Mixtures of regressions on the command line.</summary>
public sealed class RegressionTests : TempFolder
{
    private static readonly string _airquality = Path.Join(Data.Repository, "samples", "airquality.csv");
    private static readonly string _titanic = Path.Join(Data.Repository, "samples", "titanic.csv");

    [Fact]
    public void Coefficients_come_with_standard_errors_and_p_values()
    {
        JsonElement fit = Cli.Run("fit", "mixreg", _titanic, "--formula", "survived ~ class*sex + age", "--family", "binomial", "--weights", "count", "-k", "1", "--json").Ok().Json;
        Assert.Equal(-1071.6968572525, fit.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Equal("(Intercept)", fit.GetProperty("parameters").GetProperty("terms")[0].GetString());
        Assert.Equal(9, fit.GetProperty("parameters").GetProperty("coefficients")[0].GetArrayLength());
        JsonElement sex = fit.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray().Single(found => found.GetProperty("name").GetString() == "coefficient[1, sexMale]");
        Assert.Equal(0.53099, sex.GetProperty("standardError").GetDouble(), 1e-4);
        Assert.InRange(sex.GetProperty("pValue").GetDouble(), 1e-16, 1e-14);
    }

    [Fact]
    public void A_saved_model_scores_and_predicts_the_same_rows()
    {
        string data = Write("lines.csv", "y,x,g\n" + string.Join('\n', Enumerable.Range(0, 60).Select(row => FormattableString.Invariant($"{(row % 2 == 0 ? 1 : -1) * (row - 30) + Math.Sin(row * 7)},{row},{(row % 3 == 0 ? "p" : "q")}"))));
        JsonElement fit = Cli.Run("fit", "mixreg", data, "--formula", "y ~ x + g", "--concomitant", "~ x", "-k", "2", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-6);
        string[] lines = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n');
        Assert.Equal("label,p1,p2,expected", lines[0].TrimEnd());
        Assert.Contains("log-odds against component 1", Cli.Run("show", At("m.json")).Ok().Out);
        string other = Write("other.csv", "y,x,g\n1,2,r\n");
        Assert.Contains("Expected one of p, q in column 'g', found 'r'", Cli.Run("predict", At("m.json"), other).Error);
    }

    [Theory]
    [InlineData("Expected --formula", "-k", "2")]
    [InlineData("Expected '~' at position 6", "-k", "2", "--formula", "ozone")]
    [InlineData("called 'oxone'", "-k", "2", "--formula", "oxone ~ wind")]
    [InlineData("expected a value", "-k", "2", "--formula", "ozone ~ wind")]
    [InlineData("Expected a positive response", "-k", "2", "--formula", "I(wind - 9) ~ temperature", "--family", "gamma")]
    public void What_is_wrong_is_said(string expected, params string[] arguments)
    {
        CliResult result = Cli.Run(["fit", "mixreg", _airquality, .. arguments]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error);
    }
}
