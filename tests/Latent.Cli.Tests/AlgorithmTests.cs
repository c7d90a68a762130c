using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>--algorithm and --batch-size.</summary>
public sealed class AlgorithmTests : TempFolder
{
    [Theory]
    [InlineData("gmm", "online")]
    [InlineData("gmm", "incremental")]
    [InlineData("kmeans", "online")]
    [InlineData("kmeans", "incremental")]
    public void EpochsLeadToTheSameFitWhateverTheThreads(string model, string algorithm)
    {
        string path = Write("x.csv", Data.Groups(6000, 2));
        string[] common = ["fit", model, path, "-k", "2", "--starts", "1", "--json"];
        JsonElement batch = Cli.Run(common).Ok().Json;
        JsonElement one = Cli.Run([.. common, "--algorithm", algorithm, "--batch-size", "600", "--threads", "1"]).Ok().Json;
        JsonElement two = Cli.Run([.. common, "--algorithm", algorithm, "--batch-size", "600", "--threads", "2"]).Ok().Json;
        Assert.Equal(one.GetProperty("parameters").GetRawText(), two.GetProperty("parameters").GetRawText());
        double best = batch.GetProperty("objective").GetDouble();
        Assert.Equal(1, one.GetProperty("objective").GetDouble() / best, 1e-9);
        Assert.True(one.GetProperty("converged").GetBoolean());
        Assert.NotEqual(batch.GetProperty("trace").GetRawText(), one.GetProperty("trace").GetRawText());
    }

    [Fact]
    public void ABatchSizeNeedsAnAlgorithmThatHasOne() =>
        Assert.Contains("--batch-size with --algorithm online or incremental", Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--batch-size", "100").Refused(2));
}
