using System.Globalization;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>The normal distribution with missing values, and imputation, at the command line.</summary>
public sealed class ImputeTests : TempFolder
{
    private const string Air = "ozone,solar,wind,temperature";

    private static readonly string _airquality = Path.Join(Data.Repository, "samples", "airquality.csv");

    [Fact]
    public void A_normal_distribution_is_fitted_saved_and_used()
    {
        JsonElement fit = Cli.Run("fit", "mvn", _airquality, "--columns", Air, "--json", "-o", At("m.json"), "--standard-errors", "information").Ok().Json;
        Assert.Equal(-2326.69738279834, fit.GetProperty("logLikelihood").GetDouble(), 2e-6);
        Assert.Equal(14, fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(4, fit.GetProperty("parameters").GetProperty("mean").GetArrayLength());
        Assert.Equal(4, fit.GetProperty("parameters").GetProperty("covariance")[3].GetArrayLength());
        Assert.Equal(14, fit.GetProperty("standardErrors").GetProperty("parameters").GetArrayLength());

        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains("Correlations", shown, StringComparison.Ordinal);
        JsonElement score = Cli.Run("score", At("m.json"), _airquality, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-9);
        Assert.Equal(score.GetProperty("logLikelihood").GetDouble(), score.GetProperty("perRow").EnumerateArray().Sum(value => value.GetDouble()), 1e-8);
        string[] predicted = Lines(Cli.Run("predict", At("m.json"), _airquality).Ok().Out);
        Assert.Equal(Air + ",squaredDistance", predicted[0]);
        Assert.StartsWith("41,190,7.4,67,", predicted[1], StringComparison.Ordinal);
        Assert.DoesNotContain(",,", predicted[5], StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Array, Cli.Run("predict", At("m.json"), _airquality, "--json").Ok().Json.GetProperty("values").ValueKind);
        Assert.Equal(4, Lines(Cli.Run("sample", At("m.json"), "-n", "3").Ok().Out).Length);

        JsonElement again = Cli.Run("fit", "mvn", _airquality, "--columns", Air, "--start", At("m.json"), "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), again.GetProperty("logLikelihood").GetDouble(), 1e-9);
        JsonElement shrunk = Cli.Run("fit", "mvn", _airquality, "--columns", Air, "--ridge", "15", "--json").Ok().Json;
        Assert.True(shrunk.GetProperty("logLikelihood").GetDouble() < fit.GetProperty("logLikelihood").GetDouble());
        Assert.Contains("--starts", Cli.Run("fit", "mvn", _airquality, "--starts", "3").Refused(ExitCode.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_missing_is_said()
    {
        string data = Write("pairs.csv", "a,b\n1,\n2,\n,4\n,5\n,7\n3,\n,\n");
        CliResult fit = Cli.Run("fit", "mvn", data).Ok();
        Assert.Contains("both a and b", fit.Error, StringComparison.Ordinal);
        Assert.Contains("1 row without any value", fit.Error, StringComparison.Ordinal);
        Assert.Contains("missing", fit.Out, StringComparison.Ordinal);
    }

    [Fact]
    public void Conditional_means_change_nothing_but_missing_cells()
    {
        string data = Write("odd.csv", "name;x;note;y\n\"Smith; J\";1.50;\"said \"\"no\"\"\";2\nB;;;3.0\nC;2;z;\nD;0.1;;1e0\nE;5;q;4\n");
        string printed = Cli.Run("impute", data, "--columns", "x,y").Ok().Out;
        string[] lines = Lines(printed);
        Assert.Equal("name;x;note;y", lines[0]);
        Assert.Equal("\"Smith; J\";1.50;\"said \"\"no\"\"\";2", lines[1]);
        Assert.StartsWith("B;", lines[2], StringComparison.Ordinal);
        Assert.EndsWith(";;3.0", lines[2], StringComparison.Ordinal);
        Assert.True(double.TryParse(lines[2].Split(';')[1], CultureInfo.InvariantCulture, out _));
        Assert.True(double.TryParse(lines[3].Split(';')[3], CultureInfo.InvariantCulture, out _));
        Assert.Equal("D;0.1;;1e0", lines[4]);
        Assert.Equal(printed, Cli.Run(new CliConsole { Input = File.ReadAllText(data) }, "impute", "-", "--columns", "x,y").Ok().Out);
        Cli.Run("impute", data, "--columns", "x,y", "-o", At("out.csv")).Ok();
        Assert.Equal(printed, File.ReadAllText(At("out.csv")));
        Cli.Run("fit", "mvn", data, "--columns", "x,y", "-o", At("m.json")).Ok();
        Assert.Equal(printed, Cli.Run("impute", data, "--model", At("m.json")).Ok().Out);
    }

    [Theory]
    [InlineData("bootstrap")]
    [InlineData("posterior")]
    public void Several_imputations_are_files_that_the_seed_decides(string method)
    {
        string[] arguments = ["impute", _airquality, "--drop", "month,day", "-m", "3", "--method", method, "--bounds", "ozone=0..", "--round", "ozone,solar"];
        string report = Cli.Run([.. arguments, "-o", At("a.csv"), "--threads", "1"]).Ok().Out;
        Assert.Contains("44 missing values filled 3 times", report, StringComparison.Ordinal);
        Cli.Run([.. arguments, "-o", At("b.csv"), "--threads", "3"]).Ok();
        Cli.Run([.. arguments, "-o", At("c.csv"), "--seed", "2"]).Ok();
        string[] first = [.. Enumerable.Range(1, 3).Select(number => File.ReadAllText(At($"a-{number}.csv")))];
        Assert.Equal(first, Enumerable.Range(1, 3).Select(number => File.ReadAllText(At($"b-{number}.csv"))));
        Assert.Equal(3, first.Distinct().Count());
        Assert.NotEqual(first[0], File.ReadAllText(At("c-1.csv")));
        string[] original = File.ReadAllLines(_airquality);
        string[] filled = Lines(first[0]);
        Assert.Equal(original.Length, filled.Length);
        for (int line = 1; line < original.Length; line++)
        {
            string[] before = original[line].Split(',');
            string[] after = filled[line].Split(',');
            for (int column = 0; column < before.Length; column++)
            {
                if (before[column].Length > 0)
                {
                    Assert.Equal(before[column], after[column]);
                }
                else
                {
                    Assert.True(int.TryParse(after[column], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value));
                    Assert.True(column > 0 || value >= 0);
                }
            }
        }
    }

    [Fact]
    public void A_mixture_imputes_too()
    {
        Cli.Run("fit", "gmm", Write("groups.csv", Data.Groups(80, 2)), "-k", "2", "-o", At("g.json")).Ok();
        string holes = Write("holes.csv", "a,b\n1,\n11,\n,1\n1,1\n11,11\n0.5,1.5\n10.5,11.5\n1.2,0.7\n11.1,10.2\n");
        string[] lines = Lines(Cli.Run("impute", holes, "--model", At("g.json")).Ok().Out);
        Assert.Equal(1, double.Parse(lines[1].Split(',')[1], CultureInfo.InvariantCulture), 0.8);
        Assert.Equal(11, double.Parse(lines[2].Split(',')[1], CultureInfo.InvariantCulture), 0.8);
        Cli.Run("impute", holes, "--model", At("g.json"), "-m", "2", "--method", "posterior", "-o", At("g.csv")).Ok();
        Assert.Equal(10, Lines(File.ReadAllText(At("g-2.csv"))).Length);
    }

    [Fact]
    public void Arrays_are_filled_as_arrays()
    {
        Cli.Run("impute", _airquality, "--columns", Air, "-o", At("a.npy")).Ok();
        string csv = Cli.Run("impute", At("a.npy")).Ok().Out;
        Assert.Equal("x1,x2,x3,x4", Lines(csv)[0]);
        Assert.Equal("41,190,7.4,67", Lines(csv)[1]);
    }

    [Theory]
    [InlineData("-o", "-m", "2")]
    [InlineData("bounds", "--bounds", "ozone")]
    [InlineData("nobody", "--round", "nobody")]
    [InlineData("-m", "-m", "0")]
    public void Wrong_usage_is_named(string named, params string[] arguments) =>
        Assert.Contains(named, Cli.Run(["impute", _airquality, "--columns", Air, .. arguments]).Refused(ExitCode.Usage), StringComparison.Ordinal);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
