using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>What <c>fit --standard-errors</c> prints.</summary>
public sealed class StandardErrorTests : TempFolder
{
    [Fact]
    public void One_normal_distribution_has_the_standard_errors_of_the_book()
    {
        JsonElement fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "1", "--standard-errors", "information", "--json").Ok().Json;
        double variance = fit.GetProperty("parameters").GetProperty("covariances")[0][1][1].GetDouble();
        JsonElement[] parameters = [.. fit.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray()];
        Assert.Equal(
            ["mean[1, eruptions]", "mean[1, waiting]", "variance[1, eruptions]", "covariance[1, eruptions, waiting]", "variance[1, waiting]"],
            parameters.Select(parameter => parameter.GetProperty("name").GetString()));
        Assert.Equal(Math.Sqrt(variance / 272), parameters[1].GetProperty("standardError").GetDouble(), 1e-8);
        Assert.Equal(variance * Math.Sqrt(2 / 272.0), parameters[4].GetProperty("standardError").GetDouble(), 1e-6);
        Assert.Equal(0.95, fit.GetProperty("standardErrors").GetProperty("confidence").GetDouble());
    }

    [Theory]
    [InlineData("information", "observed information")]
    [InlineData("sandwich", "sandwich")]
    [InlineData("bootstrap", "nonparametric bootstrap")]
    public void The_summary_has_intervals(string method, string words)
    {
        string text = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--starts", "2", "--standard-errors", method).Ok().Out;
        Assert.Contains("95 % confidence intervals", text);
        Assert.Contains(words, text);
        Assert.Contains("mean[2, waiting]", text);
        Assert.Contains("weight[1]", text);
    }

    [Fact]
    public void None_is_the_default()
    {
        Assert.False(Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--json").Ok().Json.TryGetProperty("standardErrors", out _));
        Assert.DoesNotContain("confidence", Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--standard-errors", "none").Ok().Out);
    }

    [Fact]
    public void Kmeans_has_no_likelihood_and_says_so()
    {
        CliResult refused = Cli.Run("fit", "kmeans", Data.Faithful, "-k", "2", "--standard-errors", "information");
        Assert.Equal(2, refused.Code);
        Assert.Contains("--standard-errors", refused.Error);
    }

    [Fact]
    public void What_the_data_do_not_determine_is_a_warning_and_null()
    {
        // Twice the same column: the covariance lies on its floor.
        string data = Write("twice.csv", "a,b\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{i * i % 17},{i * i % 17}\n")));
        JsonElement fit = Cli.Run("fit", "gmm", data, "-k", "1", "--standard-errors", "information", "--json").Ok().Json;
        JsonElement[] parameters = [.. fit.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray()];
        Assert.All(parameters, parameter => Assert.True(parameter.GetProperty("standardError").ValueKind == JsonValueKind.Null || parameter.GetProperty("standardError").GetDouble() > 0));
        Assert.Contains(fit.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("Standard errors: ", StringComparison.Ordinal));
    }
}
