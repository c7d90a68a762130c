using System.Globalization;
using System.Text;
using System.Text.Json;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Mixtures of factor analysers at the command line.</summary>
public sealed class FactorMixtureTests : TempFolder
{
    [Theory]
    [InlineData("own", 47)]
    [InlineData("common", 41)]
    [InlineData("isotropic", 37)]
    public void Mixtures_are_fitted_saved_and_used(string uniquenesses, int freeParameters)
    {
        string data = Write("rows.csv", Rows());
        JsonElement fit = Cli.Run("fit", "mfa", data, "-k", "2", "--factors", "2", "--uniquenesses", uniquenesses, "--starts", "4", "-o", At("m.json"), "--json").Ok().Json;
        Assert.Equal(freeParameters, fit.GetProperty("freeParameters").GetInt32());
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal((2, 6, 2), (parameters.GetProperty("loadings").GetArrayLength(), parameters.GetProperty("loadings")[0].GetArrayLength(), parameters.GetProperty("loadings")[0][0].GetArrayLength()));

        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-7);
        string[] predicted = Cli.Run("predict", At("m.json"), data).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] labels = [.. predicted.Skip(1).Select(line => line.Split(',')[0])];
        Assert.Equal(300, labels.Length);
        Assert.InRange(labels.Select((label, row) => (label == "1") == (row % 3 > 0)).Count(right => right), 295, 300);
        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains("2 factors", shown, StringComparison.Ordinal);
        Assert.Contains("What the factors explain", shown, StringComparison.Ordinal);
        Assert.Equal(6, Cli.Run("sample", At("m.json"), "-n", "5").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        JsonElement again = Cli.Run("fit", "mfa", data, "--start", At("m.json"), "--uniquenesses", uniquenesses, "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), again.GetProperty("logLikelihood").GetDouble(), 1e-7);
    }

    [Fact]
    public void Impossible_requests_are_refused()
    {
        string data = Write("rows.csv", Rows());
        Assert.Contains("--factors Q", Cli.Run("fit", "mfa", data, "-k", "2").Refused(ExitCode.Usage), StringComparison.Ordinal);
        Assert.Contains("fewer factors", Cli.Run("fit", "mfa", data, "-k", "2", "--factors", "4").Refused(ExitCode.Usage), StringComparison.Ordinal);
        Assert.Contains("own, common, isotropic", Cli.Run("select", "mfa", data, "-k", "2", "--uniquenesses", "free").Refused(ExitCode.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_cells_and_standard_errors_are_taken()
    {
        string[] lines = Rows().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string gaps = Write("gaps.csv", string.Join('\n', lines.Select((line, row) => row > 0 && row % 4 == 0 ? "," + line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..] : line)) + "\n");
        JsonElement fit = Cli.Run("fit", "mfa", gaps, "-k", "2", "--factors", "2", "--starts", "4", "--standard-errors", "information", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement score = Cli.Run("score", At("m.json"), gaps, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-7);
        // Weights, means, loadings and uniquenesses of two components of six columns.
        string errors = fit.GetProperty("standardErrors").ToString();
        Assert.Contains("uniqueness[1, a]", errors, StringComparison.Ordinal);
        Assert.Contains("loading[2, f, 2]", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("not determined", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void The_number_of_components_and_factors_is_found()
    {
        string data = Write("rows.csv", Rows());
        string[] command = ["select", "mfa", data, "-k", "1..3", "--factors", "1..2", "--uniquenesses", "isotropic,own", "--starts", "4"];
        JsonElement found = Cli.Run([.. command, "-o", At("m.json"), "--json"]).Ok().Json;
        JsonElement[] cells = [.. found.GetProperty("cells").EnumerateArray()];
        Assert.Equal(12, cells.Length);
        JsonElement best = cells.Single(cell => cell.GetProperty("best").GetBoolean());
        Assert.Equal(("2 isotropic", 2), (best.GetProperty("family").GetString(), best.GetProperty("components").GetInt32()));
        Assert.Equal(best.GetProperty("bic").GetDouble(), found.GetProperty("best").GetProperty("bic").GetDouble());
        Assert.Contains("BIC by factors and components", Cli.Run(command).Ok().Out, StringComparison.Ordinal);
        Assert.Equal(0, Cli.Run("score", At("m.json"), data).Code);
    }

    // Two components of two factors, one row in three of the second.
    private static string Rows()
    {
        RandomGenerator random = new(3);
        StringBuilder text = new("a,b,c,d,e,f\n");
        for (int row = 0; row < 300; row++)
        {
            double[] factors = [random.NextGaussian(), random.NextGaussian()];
            int place = row % 3;
            text.AppendJoin(',', Enumerable.Range(0, 6).Select(column =>
                ((place > 0 ? 5 : 0) + factors[place > 0 ? column / 3 : column % 2] + 0.5 * random.NextGaussian()).ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }
}
