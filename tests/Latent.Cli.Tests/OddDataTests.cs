using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Data at the edge of what a model can hold: a fit with finite figures, or a named error; never NaN, never a crash.</summary>
public sealed class OddDataTests : TempFolder
{
    [Theory]
    [InlineData("one row", "a,b\n1,2\n")]
    [InlineData("constant column", "a,b\n1,5\n2,5\n3,5\n7,5\n8,5\n9,5\n")]
    [InlineData("duplicate columns", "a,b\n1,1\n2,2\n3,3\n7,7\n8,8\n9,9\n")]
    [InlineData("fewer rows than columns", "a,b,c,d\n1,2,3,5\n4,6,5,1\n")]
    [InlineData("all rows equal", "a,b\n4,4\n4,4\n4,4\n4,4\n")]
    [InlineData("huge", "a,b\n1e300,1\n2e300,2\n-3e300,4\n4e300,3\n")]
    [InlineData("tiny", "a,b\n1e-300,1\n2e-300,2\n-3e-300,4\n4e-300,3\n")]
    [InlineData("huge and tiny", "a,b\n1e300,1e-300\n2e300,2e-300\n-3e300,4e-300\n4e300,3e-300\n")]
    [InlineData("far away", "a,b\n100000001,1\n100000002,2\n99999999,4\n100000000,3\n")]
    public void Odd_data_fit_or_are_named(string what, string content)
    {
        string data = Write("odd.csv", content);
        foreach (string model in (string[])["gmm", "kmeans"])
        {
            foreach (string k in (string[])["1", "2"])
            {
                CliResult result = Cli.Run("fit", model, data, "-k", k, "--json");
                if (result.Code == ExitCode.Done)
                {
                    AssertFinite(result.Json, $"{what}, {model} -k {k}");
                }
                else
                {
                    Assert.Contains(result.Code, (int[])[ExitCode.Data, ExitCode.Usage]);
                    Assert.Contains("xpected", result.Refused(result.Code));
                }
            }
        }
    }

    [Theory]
    [InlineData("full")]
    [InlineData("tied")]
    [InlineData("diag")]
    [InlineData("spherical")]
    public void A_column_that_does_not_vary_is_a_fit_under_the_floor(string covariance)
    {
        string data = Write("odd.csv", "a,b\n1,5\n2,5\n3,5\n7,5\n8,5\n9,5\n");
        CliResult result = Cli.Run("fit", "gmm", data, "-k", "2", "--covariance", covariance, "--json");
        if (result.Code == ExitCode.Done)
        {
            AssertFinite(result.Json, covariance);
        }
        else
        {
            Assert.Contains("'b'", result.Refused(ExitCode.Data));
        }
    }

    [Fact]
    public void Warnings_name_a_collapsed_component_by_its_place_in_the_table()
    {
        // Eight equal rows beside thirty spread ones: the smaller component, the second, is held by the floor whatever the seed.
        string data = Write("spike.csv", Data.Groups(30, 2, groups: 1) + string.Concat(Enumerable.Repeat("30,30\n", 8)));
        foreach (int seed in Enumerable.Range(1, 6))
        {
            JsonElement fit = Cli.Run("fit", "gmm", data, "-k", "2", "--starts", "1", "--seed", $"{seed}", "--json").Ok().Json;
            Assert.Equal(8 / 38.0, fit.GetProperty("parameters").GetProperty("weights")[1].GetDouble(), 1e-6);
            Assert.Contains(fit.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("Component 2:", StringComparison.Ordinal));
            Assert.DoesNotContain(fit.GetProperty("warnings").EnumerateArray(), warning => warning.GetString()!.StartsWith("Component 1:", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("none")]
    [InlineData("squarem")]
    [InlineData("anderson")]
    public void A_component_per_row_is_pointed_out_however_the_steps_are_used(string accelerate)
    {
        string data = Write("three.csv", "a\n1\n2\n3\n");
        JsonElement fit = Cli.Run("fit", "gmm", data, "-k", "3", "--init", "kmeans++", "--accelerate", accelerate, "--json").Ok().Json;
        string[] warnings = [.. fit.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()!)];
        Assert.Equal(3, warnings.Count(warning => warning.StartsWith("Component ", StringComparison.Ordinal)));
    }

    // A start that broke has no objective: the only null of the contract.
    private static void AssertFinite(JsonElement element, string where)
    {
        foreach (JsonProperty property in element.EnumerateObject().Where(property => property.Name != "starts"))
        {
            AssertFilled(property.Value, $"{where}: {property.Name}");
        }
    }

    private static void AssertFilled(JsonElement element, string where)
    {
        Assert.True(element.ValueKind != JsonValueKind.Null, where);
        foreach (JsonElement inner in element.ValueKind switch
        {
            JsonValueKind.Array => element.EnumerateArray().ToArray(),
            JsonValueKind.Object => [.. element.EnumerateObject().Select(property => property.Value)],
            _ => [],
        })
        {
            AssertFilled(inner, where);
        }
    }
}
