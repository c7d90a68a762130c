using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Selections by number of components and family.</summary>
public sealed class SelectCountTests : TempFolder
{
    [Fact]
    public void The_family_and_the_number_that_made_the_counts_are_found()
    {
        // Two Poisson distributions, of means 2 and 12, by their quantiles.
        int[] low = [0, 0, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5];
        int[] high = [6, 7, 8, 9, 9, 10, 10, 11, 11, 12, 12, 12, 13, 13, 14, 15, 15, 16, 18, 19];
        string data = Write("counts.csv", "n\n" + string.Join('\n', Enumerable.Repeat(low.Concat(high), 5).SelectMany(counts => counts)) + "\n");
        JsonElement found = Cli.Run("select", "mixture", data, "--family", "geometric,poisson", "-k", "1..3", "--starts", "6", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement best = found.GetProperty("cells").EnumerateArray().Single(cell => cell.GetProperty("best").GetBoolean());
        Assert.Equal(("poisson", 2), (best.GetProperty("family").GetString(), best.GetProperty("components").GetInt32()));
        Assert.Equal(6, found.GetProperty("cells").GetArrayLength());
        Assert.Equal(best.GetProperty("bic").GetDouble(), found.GetProperty("best").GetProperty("bic").GetDouble());
        Assert.Contains("BIC by family and components", Cli.Run("select", "mixture", data, "--family", "geometric,poisson", "-k", "1,2", "--starts", "4").Ok().Out);
        Assert.Equal(0, Cli.Run("score", At("m.json"), data).Code);
    }

    [Theory]
    [InlineData("lca", "titanic.csv", "--weights", "count", "--starts", "4")]
    [InlineData("mixreg", "faithful.csv", "--formula", "eruptions ~ waiting", "--starts", "4")]
    [InlineData("tmm", "faithful.csv", "--covariance", "diag", "--prior", "map", "--starts", "4")]
    public void Every_number_is_in_the_table_and_the_best_is_kept(string model, string sample, params string[] options)
    {
        JsonElement found = Cli.Run(["select", model, Path.Join(Data.Repository, "samples", sample), "-k", "1..2", "--criterion", "aic", "--json", .. options]).Ok().Json;
        JsonElement[] cells = [.. found.GetProperty("cells").EnumerateArray()];
        Assert.Equal([1, 2], cells.Select(cell => cell.GetProperty("components").GetInt32()));
        Assert.Equal(cells.Min(cell => cell.GetProperty("aic").GetDouble()), found.GetProperty("best").GetProperty("aic").GetDouble());
    }

    [Fact]
    public void Structures_of_scale_matrices_are_compared()
    {
        string[] command = ["select", "tmm", Data.Faithful, "-k", "1..2", "--covariance", "diag,full", "--starts", "4"];
        JsonElement[] cells = [.. Cli.Run([.. command, "--json"]).Ok().Json.GetProperty("cells").EnumerateArray()];
        Assert.Equal(["diag", "diag", "full", "full"], cells.Select(cell => cell.GetProperty("family").GetString()));
        Assert.True(cells[2].GetProperty("logLikelihood").GetDouble() > cells[0].GetProperty("logLikelihood").GetDouble() + 10);
        Assert.Contains("BIC by covariance and components", Cli.Run(command).Ok().Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Cli.Run("select", "tmm", Data.Faithful, "--covariance", "round").Code);
    }

    [Fact]
    public void Classes_are_tested_against_more_of_them()
    {
        string data = Path.Join(Data.Repository, "samples", "titanic.csv");
        string[] command = ["select", "lca", data, "--weights", "count", "-k", "3,1..2", "--criterion", "blrt", "--replicates", "19", "--starts", "4"];
        JsonElement[] cells = [.. Cli.Run([.. command, "--json"]).Ok().Json.GetProperty("cells").EnumerateArray()];
        Assert.Equal([1, 2, 3], cells.Select(cell => cell.GetProperty("components").GetInt32()));

        // Sex and class depend on survival so much that no replicate comes near: 1 of 20.
        Assert.Equal(0.05, cells[0].GetProperty("pValue").GetDouble());
        Assert.False(cells[0].GetProperty("best").GetBoolean());
        Assert.False(cells[2].TryGetProperty("pValue", out _));
        Assert.Contains("p-value of more", Cli.Run(["select", "lca", data, "--weights", "count", "-k", "1,2", "--criterion", "blrt", "--replicates", "5", "--starts", "4"]).Ok().Out);
        CliResult refused = Cli.Run(["select", "lca", data, "--weights", "count", "-k", "1,2", "--criterion", "blrt", "--covariates", "~ age", "--starts", "4"]);
        Assert.Equal(2, refused.Code);
        Assert.Contains("Expected --criterion blrt without --covariates", refused.Error);
    }
}
