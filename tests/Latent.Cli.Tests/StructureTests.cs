using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Covariance structures, missing cells and Student-t mixtures on the command line.</summary>
public sealed class StructureTests : TempFolder
{
    // me(faithful, structure, unmap(1 + (eruptions > 3))) of mclust 6.0.0.
    [Theory]
    [InlineData("EII", -1709.68137, 6)]
    [InlineData("VEI", -1152.88020, 8)]
    [InlineData("EVE", -1136.91026, 9)]
    [InlineData("VEV", -1134.67920, 10)]
    [InlineData("VVV", -1130.26396, 11)]
    public void Names_of_mclust_are_taken(string structure, double logLikelihood, int parameters)
    {
        string model = At("model.json");
        JsonElement fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--covariance", structure, "-o", model, "--json").Ok().Json;
        Assert.Equal(logLikelihood, fit.GetProperty("logLikelihood").GetDouble(), 1e-3);
        Assert.Equal(parameters, fit.GetProperty("freeParameters").GetInt32());
        JsonElement score = Cli.Run("score", model, Data.Faithful, "--json").Ok().Json;
        Assert.Equal(logLikelihood, score.GetProperty("logLikelihood").GetDouble(), 1e-3);
    }

    [Fact]
    public void Missing_cells_are_fitted_predicted_and_reported()
    {
        string[] lines = File.ReadAllLines(Data.Faithful);
        string holed = Write("holed.csv", string.Join('\n', lines.Select((line, row) => row == 0 ? line : row % 50 == 0 ? "," : row % 3 == 0 ? line.Split(',')[0] + "," : line)) + "\n");
        JsonElement fit = Cli.Run("fit", "gmm", holed, "-k", "2", "-o", At("model.json"), "--json").Ok().Json;
        Assert.True(fit.GetProperty("converged").GetBoolean());
        Assert.Equal(267, fit.GetProperty("rows").GetInt64());
        Assert.Contains(fit.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.Contains("5 of the rows", StringComparison.Ordinal));
        Cli.Run("predict", At("model.json"), holed, "-o", At("labels.csv")).Ok();
        Assert.Equal(273, File.ReadAllLines(At("labels.csv")).Length);
    }

    [Fact]
    public void Student_mixtures_are_fitted_saved_and_used()
    {
        string model = At("model.json");
        JsonElement fit = Cli.Run("fit", "tmm", Data.Faithful, "-k", "2", "--degrees-of-freedom", "equal", "-o", model, "--json").Ok().Json;
        Assert.Equal(12, fit.GetProperty("freeParameters").GetInt32());
        double[] freedom = [.. fit.GetProperty("parameters").GetProperty("degreesOfFreedom").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(freedom[0], freedom[1]);
        JsonElement score = Cli.Run("score", model, Data.Faithful, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Cli.Run("predict", model, Data.Faithful, "-o", At("labels.csv")).Ok();
        Cli.Run("sample", model, "-n", "5", "-o", At("drawn.csv")).Ok();
        Assert.Equal(6, File.ReadAllLines(At("drawn.csv")).Length);
        Assert.Contains("Degrees of freedom", Cli.Run("show", model).Ok().Out, StringComparison.Ordinal);
    }
}
