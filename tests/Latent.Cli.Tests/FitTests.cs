using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>What <c>fit</c> finds and prints.</summary>
public sealed class FitTests : TempFolder
{
    // Old Faithful, two components, full covariances: mclust 6.0.0 VVV, −1130.26396018478 with 11 parameters.
    private const double FaithfulLogLikelihood = -1130.26396018478;

    [Fact]
    public void Faithful_has_the_published_figures()
    {
        JsonElement fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--json").Ok().Json;
        Assert.Equal(FaithfulLogLikelihood, fit.GetProperty("logLikelihood").GetDouble(), 1e-6);
        Assert.Equal(11, fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(-2 * FaithfulLogLikelihood + 22, fit.GetProperty("aic").GetDouble(), 1e-5);
        Assert.Equal(-2 * FaithfulLogLikelihood + 11 * Math.Log(272), fit.GetProperty("bic").GetDouble(), 1e-5);
        Assert.Equal("Converged", fit.GetProperty("stopReason").GetString());
    }

    [Fact]
    public void Json_has_every_field_of_the_contract()
    {
        JsonElement fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--json").Ok().Json;
        string[] fields =
        [
            "model", "columns", "rows", "components", "covariance", "seed", "logLikelihood", "objective", "freeParameters", "aic", "bic", "icl",
            "iterations", "evaluations", "stopReason", "converged", "starts", "agreement", "trace", "timing", "warnings", "parameters",
        ];
        Assert.Empty(fields.Except(fit.EnumerateObject().Select(property => property.Name)));
        Assert.Equal(["eruptions", "waiting"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(["covariances", "means", "weights"], fit.GetProperty("parameters").EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(["initializer", "iterations", "objective", "seed", "stopReason"], fit.GetProperty("starts")[0].EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(["fitSeconds", "loadSeconds"], fit.GetProperty("timing").EnumerateObject().Select(property => property.Name).Order());
        Assert.Equal(fit.GetProperty("objective").GetDouble(), fit.GetProperty("trace").EnumerateArray().Last().GetDouble(), 1e-9);
        Assert.Equal(272, fit.GetProperty("rows").GetInt64());
        Assert.Equal("full", fit.GetProperty("covariance").GetString());
    }

    [Fact]
    public void Components_come_by_weight_unless_a_start_is_given()
    {
        string start = Write("start.csv", "eruptions,waiting\n2,54\n4.3,80\n");
        Assert.True(Weight(0) > Weight(1));
        Assert.True(Weight(0, "--start", start) < Weight(1, "--start", start));

        double Weight(int k, params string[] more) =>
            Cli.Run(["fit", "gmm", Data.Faithful, "-k", "2", "--json", .. more]).Ok().Json.GetProperty("parameters").GetProperty("weights")[k].GetDouble();
    }

    [Fact]
    public void Kmeans_has_centers_and_inertia()
    {
        JsonElement fit = Cli.Run("fit", "kmeans", Write("groups.csv", Data.Groups(40, 3)), "-k", "2", "--json").Ok().Json;
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal(2, parameters.GetProperty("centers").GetArrayLength());
        Assert.Equal(3, parameters.GetProperty("centers")[0].GetArrayLength());
        Assert.Equal(fit.GetProperty("inertia").GetDouble(), parameters.GetProperty("inertia").GetDouble());
        Assert.Equal(-fit.GetProperty("inertia").GetDouble(), fit.GetProperty("objective").GetDouble());
        Assert.False(fit.TryGetProperty("logLikelihood", out _));
    }
}
