using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Data that do not fit into memory, or come from a database: the same fit.</summary>
public sealed class LargeDataTests : TempFolder
{
    private static readonly string[] _fit = ["-k", "2", "--starts", "1", "--json"];

    [Fact]
    public void TheFitIsTheSameFromMemoryDiskAndCache()
    {
        string path = Write("x.csv", Data.Groups(9000, 3));
        JsonElement inMemory = Fit(path);
        JsonElement onDisk = Fit(path, "--memory", "1kB");
        JsonElement first = Fit(path, "--cache");
        JsonElement cached = Fit(path, "--cache");
        Assert.Equal("Memory", Place(inMemory));
        Assert.Equal("TemporaryFile", Place(onDisk));
        Assert.Equal("Cache", Place(first));
        Assert.Equal("Cache", Place(cached));
        Assert.Equal(1000, onDisk.GetProperty("storage").GetProperty("memory").GetInt64());
        foreach (JsonElement other in (JsonElement[])[onDisk, first, cached])
        {
            Assert.Equal(inMemory.GetProperty("parameters").GetRawText(), other.GetProperty("parameters").GetRawText());
            Assert.Equal(inMemory.GetProperty("logLikelihood").GetRawText(), other.GetProperty("logLikelihood").GetRawText());
        }
    }

    [Fact]
    public void TheSummarySaysWhereTheDataWere()
    {
        string path = Write("x.csv", Data.Groups(9000, 3));
        CliResult fit = Cli.Run("fit", "kmeans", path, "-k", "2", "--memory", "64kB").Ok();
        Assert.Contains("The data, 216 kB, were copied to a temporary file; at most 64 kB in memory.", fit.Out);
        Assert.DoesNotContain("in memory", Cli.Run("fit", "kmeans", path, "-k", "2").Ok().Out);
    }

    [Fact]
    public void AStaleCacheIsANote()
    {
        string path = Write("x.csv", Data.Groups(300, 2));
        Fit(path, "--cache");
        File.AppendAllText(path, "1,2\n");
        CliResult again = Cli.Run(["fit", "kmeans", path, .. _fit, "--cache"]).Ok();
        Assert.StartsWith($"Note: {path}.latent-cache cannot be used: {path} has changed since it was made.", again.Error);
        Assert.Equal(301, again.Json.GetProperty("rows").GetInt32());
    }

    [Fact]
    public void ADatabaseIsFittedThroughAQuery()
    {
        string path = At("x.db");
        using (Microsoft.Data.Sqlite.SqliteConnection connection = new($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "CREATE TABLE t(a REAL, b REAL); INSERT INTO t VALUES (0, 0.5), (0.25, 0), (10, 9.5), (9.75, 10), (0, NULL)";
            command.ExecuteNonQuery();
        }
        JsonElement fit = Cli.Run("fit", "kmeans", "sqlite:" + path, "--query", "SELECT a, b FROM t WHERE b IS NOT NULL", "-k", "2", "--json").Ok().Json;
        Assert.Equal(4, fit.GetProperty("rows").GetInt32());
        Assert.Equal(["a", "b"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Contains("--query", Cli.Run("fit", "kmeans", "sqlite:" + path, "-k", "2").Refused(2));
        Assert.Contains("no such table", Cli.Run("fit", "kmeans", "sqlite:" + path, "--query", "SELECT * FROM u", "-k", "2").Refused(65));
    }

    [Theory]
    [InlineData("lots")]
    [InlineData("0")]
    [InlineData("-1GB")]
    public void AnOddSizeIsRefused(string size) =>
        Assert.Contains("a size such as 500MB or 2GB", Cli.Run("fit", "kmeans", Data.Faithful, "-k", "2", "--memory", size).Refused(2));

    private static JsonElement Fit(string path, params string[] options) => Cli.Run(["fit", "gmm", path, .. _fit, .. options]).Ok().Json;

    private static string? Place(JsonElement fit) => fit.GetProperty("storage").GetProperty("place").GetString();
}
