using System.Text.Json;
using Latent.Data;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Cli.Tests;

/// <summary>Saving, reading back, and what is refused.</summary>
public sealed class SavedModelTests : TempFolder
{
    [Theory]
    [InlineData(CovarianceStructure.Full)]
    [InlineData(CovarianceStructure.Tied)]
    [InlineData(CovarianceStructure.Diagonal)]
    [InlineData(CovarianceStructure.Spherical)]
    public void A_mixture_read_back_computes_the_same_bits(CovarianceStructure structure)
    {
        RowSource rows = DataFiles.Read(Write("groups.csv", Data.Groups(300, 3, groups: 3))).Rows;
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Covariance = structure, Starts = 3 });
        fit.ToModelFile(seed: 1).Write(At("m.json"));
        GaussianMixture read = ModelFile.Read(At("m.json")).ToGaussianMixture();
        Assert.Equal(structure, read.Structure);
        Assert.Equal(fit.Responsibilities(rows), read.Responsibilities(rows));
        Assert.Equal(fit.LogDensity(rows), read.LogDensity(rows));
        Assert.Equal(fit.Sample(50).Values, read.Sample(50).Values);
    }

    [Theory]
    [InlineData("gmm")]
    [InlineData("kmeans")]
    public void Saving_again_what_was_read_gives_the_same_parameters(string model)
    {
        string data = Write("groups.csv", Data.Groups(200, 2));
        Cli.Run("fit", model, data, "-k", "2", "-o", At("m.json"), "--json").Ok();
        JsonElement again = Cli.Run("fit", model, data, "--start", At("m.json"), "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(ModelFile.Read(At("m.json")).Parameters.GetRawText(), again.GetProperty("parameters").GetRawText());
    }

    [Fact]
    public void Json_and_the_file_hold_the_same_parameters()
    {
        JsonElement printed = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement saved = JsonDocument.Parse(File.ReadAllText(At("m.json"))).RootElement;
        Assert.Equal(printed.GetProperty("parameters").GetRawText(), saved.GetProperty("parameters").GetRawText());
        Assert.Equal("latent-model", saved.GetProperty("format").GetString());
        Assert.Equal(1, saved.GetProperty("schemaVersion").GetInt32());
        Assert.Equal("gmm", saved.GetProperty("model").GetString());
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("not json", "line 1")]
    [InlineData("{\"a\":1}", "another kind")]
    [InlineData("[1,2]", "JSON")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":99,\"model\":\"gmm\"}", "version 99")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"lds\",\"columns\":[\"a\"],\"parameters\":{}}", "'lds'")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[\"a\"]}", "parameters")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[],\"parameters\":{}}", "columns")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[\"a\"],\"parameters\":{\"weights\":[1],\"means\":[[0,1]],\"covariances\":[[[1]]]}}", "means")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[\"a\"],\"parameters\":{\"weights\":[1],\"means\":[[null]],\"covariances\":[[[1]]]}}", "means")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[\"a\"],\"parameters\":{\"weights\":[1],\"means\":[[0]],\"covariances\":[[[-1]]]}}", "positive definite")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"gmm\",\"columns\":[\"a\"],\"parameters\":{\"weights\":[-1],\"means\":[[0]],\"covariances\":[[[1]]]}}", "weights")]
    [InlineData("{\"format\":\"latent-model\",\"schemaVersion\":1,\"model\":\"kmeans\",\"columns\":[\"a\"],\"parameters\":{\"centers\":[[1],[2,3]]}}", "centers")]
    public void Damaged_models_are_named(string content, string named)
    {
        string line = Cli.Run("show", Write("m.json", content)).Refused(ExitCode.Data);
        Assert.Contains("m.json", line);
        Assert.Contains(named, line);
    }

    [Fact]
    public void A_truncated_model_is_named_wherever_it_ends()
    {
        Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "-o", At("m.json")).Ok();
        byte[] whole = File.ReadAllBytes(At("m.json"));
        for (int length = 0; length < whole.Length - 2; length += 37)
        {
            File.WriteAllBytes(At("cut.json"), whole[..length]);
            Assert.Contains("cut.json", Cli.Run("show", At("cut.json")).Refused(ExitCode.Data));
        }
    }

    [Fact]
    public void A_disk_without_room_leaves_the_old_model_whole()
    {
        string folder = At("folder");
        Directory.CreateDirectory(folder);
        string model = Path.Join(folder, "m.json");
        Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "-o", model).Ok();
        byte[] old = File.ReadAllBytes(model);
        // The temporary file cannot be made: its name is taken by a folder.
        Directory.CreateDirectory(model + ".latent-tmp");
        string line = Cli.Run("fit", "gmm", Data.Faithful, "-k", "3", "-o", model).Refused(ExitCode.Failure);
        Assert.Contains("m.json", line);
        Assert.Contains("unchanged", line);
        Assert.Equal(old, File.ReadAllBytes(model));
    }

    [Fact]
    public void A_full_device_is_one_line_and_exit_one()
    {
        if (File.Exists("/dev/full"))
        {
            Assert.Contains("/dev/full", Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "-o", "/dev/full").Refused(ExitCode.Failure));
        }
    }

    [Fact]
    public void An_output_that_cannot_be_is_refused_before_the_fit()
    {
        Assert.Contains("directory", Cli.Run("fit", "gmm", At("no.csv"), "-k", "2", "-o", Path.GetTempPath()).Refused(ExitCode.Usage));
        Assert.Contains("existing directory", Cli.Run("fit", "gmm", At("no.csv"), "-k", "2", "-o", At("no/m.json")).Refused(ExitCode.Usage));
    }
}
