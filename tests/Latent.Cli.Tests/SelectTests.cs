using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>What <c>select</c> finds and prints.</summary>
public sealed class SelectTests : TempFolder
{
    [Fact]
    public void Faithful_is_tied_with_three_components()
    {
        string model = At("best.json");
        string text = Cli.Run("select", "gmm", Data.Faithful, "-k", "1..4", "-o", model).Ok().Out;
        Assert.Contains("BIC by components and covariances", text);
        Assert.Contains("2314.296 *", text);
        Assert.Contains("Gaussian mixture with one full covariance for all: 3 components", text);
        Assert.Contains($"Saved to {model}.", text);
        Assert.DoesNotContain("\u001b", text);
        JsonElement saved = JsonDocument.Parse(File.ReadAllText(model)).RootElement;
        Assert.Equal(3, saved.GetProperty("parameters").GetProperty("weights").GetArrayLength());
        Assert.Equal("16 cells", text.Split('\n').Single(line => line.Contains(" cells in ", StringComparison.Ordinal))[..8]);
    }

    [Fact]
    public void Json_has_every_cell_and_the_best()
    {
        JsonElement found = Cli.Run("select", "gmm", Data.Faithful, "-k", "2,4", "--covariance", "tied,full", "--criterion", "aicc", "--json").Ok().Json;
        JsonElement[] cells = [.. found.GetProperty("cells").EnumerateArray()];
        Assert.Equal(
            [("tied", 2), ("tied", 4), ("full", 2), ("full", 4)],
            cells.Select(cell => (cell.GetProperty("covariance").GetString(), cell.GetProperty("components").GetInt32())));
        JsonElement best = Assert.Single(cells, cell => cell.GetProperty("best").GetBoolean());
        Assert.Equal(cells.Min(cell => cell.GetProperty("aicc").GetDouble()), best.GetProperty("aicc").GetDouble());
        Assert.Equal(best.GetProperty("logLikelihood").GetDouble(), found.GetProperty("best").GetProperty("logLikelihood").GetDouble());
        Assert.Equal(best.GetProperty("covariance").GetString(), found.GetProperty("best").GetProperty("covariance").GetString());
        Assert.Equal("Aicc", found.GetProperty("criterion").GetString());
        Assert.False(best.TryGetProperty("crossValidated", out _));
    }

    [Fact]
    public void Cross_validation_decides()
    {
        JsonElement found = Cli.Run("select", "gmm", Data.Faithful, "-k", "1..2", "--covariance", "full", "--criterion", "cv", "--folds", "4", "--json").Ok().Json;
        Assert.Equal(2, found.GetProperty("best").GetProperty("components").GetInt32());
        Assert.All(found.GetProperty("cells").EnumerateArray(), cell =>
            Assert.True(cell.GetProperty("crossValidated").GetDouble() < cell.GetProperty("logLikelihood").GetDouble()));
    }

    [Fact]
    public void Cells_that_cannot_be_fitted_stand_in_the_table()
    {
        string text = Cli.Run("select", "gmm", Write("few.csv", "x\n1\n2\n3\n1\n2\n3\n1\n2\n3\n"), "-k", "1,5", "--covariance", "full").Ok().Out;
        Assert.Contains("-x", text);
        Assert.Contains("x  could not be fitted; the first: Expected", text);
    }

    [Fact]
    public void A_person_sees_progress_that_is_erased()
    {
        CliResult result = Cli.Run(new CliConsole { IsTerminal = true, Width = 60 }, "select", "gmm", Data.Faithful, "-k", "1..9", "--starts", "60", "--threads", "1");
        result.Ok();
        Assert.EndsWith("\r\u001b[K", result.Error.Split("\n")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Expected different numbers of 1 or more, such as 1..9 or 2,4,8 for -k, found '3..1'", "-k", "3..1")]
    [InlineData("Expected different numbers of 1 or more, such as 1..9 or 2,4,8 for -k, found '2,2'", "-k", "2,2")]
    [InlineData("Expected different numbers of 1 or more, such as 1..9 or 2,4,8 for -k, found '0..2'", "-k", "0..2")]
    [InlineData("for --covariance, found 'round'", "--covariance", "full,round")]
    [InlineData("for --criterion, found 'r2'", "--criterion", "r2")]
    [InlineData("found the directory", "-o", "/")]
    [InlineData("Expected a known option, found '--start'", "--start", "model.json")]
    public void Wrong_usage_is_named(string message, params string[] options) =>
        Assert.Contains(message, Cli.Run(["select", "gmm", Data.Faithful, .. options]).Refused(2));

    [Fact]
    public void Other_models_are_refused_by_name() =>
        Assert.Contains("The model 'kmeans' cannot be selected among yet; available are gmm, lda, hmm, tmm, mfa, mixture, lca, mixreg.", Cli.Run("select", "kmeans", Data.Faithful).Refused(2));
}
