using System.Globalization;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Latent classes with covariates on the command line.</summary>
public sealed class LatentClassTests : TempFolder
{
    [Theory]
    [InlineData("information")]
    [InlineData("sandwich of the third step with the uncertainty of the classes", "--three-step", "bch")]
    [InlineData("sandwich of the third step with the uncertainty of the classes", "--three-step", "ml")]
    public void Covariates_have_effects_with_p_values_and_are_saved(string method, params string[] more)
    {
        string data = Table(400);
        JsonElement fit = Cli.Run(["fit", "lca", data, "--covariates", "~ age + region", "-k", "2", "-o", At("m.json"), "--json", .. more]).Ok().Json;

        JsonElement errors = fit.GetProperty("standardErrors");
        Assert.Contains(method, errors.GetProperty("method").GetString()!, StringComparison.OrdinalIgnoreCase);
        JsonElement age = errors.GetProperty("parameters").EnumerateArray().Single(found => found.GetProperty("name").GetString() == "coefficient[2, age]");
        // Drawn with an effect of 1 in either direction; five standard errors from 0 and less than four from 1.
        double effect = Math.Abs(age.GetProperty("estimate").GetDouble());
        double error = age.GetProperty("standardError").GetDouble();
        Assert.InRange((effect - 1) / error, -4, 4);
        Assert.True(age.GetProperty("pValue").GetDouble() < 1e-5);
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal(["(intercept)", "age", "regionsouth"], parameters.GetProperty("terms").EnumerateArray().Select(term => term.GetString()!));
        Assert.Equal(5, parameters.GetProperty("probabilities")[0].GetArrayLength());
        Assert.Equal(["q1", "q2", "q3", "q4", "q5", "age", "region"], fit.GetProperty("columns").EnumerateArray().Select(column => column.GetString()!));
        string[] predicted = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n');
        Assert.Equal("label,p1,p2", predicted[0].TrimEnd());
        Assert.Equal(400, predicted.Count(line => line.Length > 0) - 1);
        double score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        if (more.Length == 0)
        {
            Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score, 1e-8);
        }
        Assert.Contains("log-odds against class 1", Cli.Run("show", At("m.json")).Ok().Out);
    }

    [Theory]
    [InlineData("Expected --covariates", "--three-step", "bch")]
    [InlineData("Expected one of the columns", "--covariates", "~ wage")]
    [InlineData("with an intercept", "--covariates", "~ age - 1")]
    [InlineData("Expected at least one covariate", "--covariates", "~ 1")]
    public void What_is_wrong_is_said(string expected, params string[] arguments)
    {
        CliResult result = Cli.Run(["fit", "lca", Table(60), "-k", "2", .. arguments]);
        Assert.NotEqual(0, result.Code);
        Assert.Contains(expected, result.Error);
    }

    [Fact]
    public void Classes_with_covariates_are_not_drawn()
    {
        Cli.Run("fit", "lca", Table(120), "--covariates", "~ age", "--drop", "region", "-k", "2", "-o", At("m.json")).Ok();
        Assert.Contains("without --covariates", Cli.Run("sample", At("m.json"), "-n", "3").Error);
    }

    private string Table(int rows)
    {
        Random random = new(3);
        List<string> lines = ["q1,q2,q3,q4,q5,age,region"];
        for (int row = 0; row < rows; row++)
        {
            double age = 2 * random.NextDouble() + 2 * random.NextDouble() - 2;
            bool south = random.NextDouble() < 0.5;
            double yes = random.NextDouble() < 1 / (1 + Math.Exp(-age * 1.0)) ? 0.85 : 0.15;
            lines.Add(string.Join(',', Enumerable.Range(0, 5).Select(_ => random.NextDouble() < yes ? "yes" : "no"))
                + string.Create(CultureInfo.InvariantCulture, $",{age},{(south ? "south" : "north")}"));
        }
        return Write("classes.csv", string.Join('\n', lines) + '\n');
    }
}
