using System.Globalization;

namespace Latent.Cli.Tests;

/// <summary><c>--labels</c>, <c>--label-weights</c>, <c>--noise</c>, <c>--equal-weights</c> and the names E and V on the command line.</summary>
public sealed class PartialKnowledgeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("latent-labels").FullName;

    private static readonly string[] _lines = File.ReadAllLines(Data.Faithful);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double Eruption(string line) => double.Parse(line.Split(',')[0], CultureInfo.InvariantCulture);

    private string Labelled()
    {
        string path = Path.Join(_folder, "labelled.csv");
        File.WriteAllLines(path, _lines.Select((line, row) => row == 0
            ? $"{line},kind,a,b"
            : $"{line},{(row % 10) switch { 0 => Eruption(line) > 3 ? "long" : "short", 5 => "long|short", _ => "" }},{(row % 7 == 0 ? Eruption(line) > 3 ? "0.9,0.1" : "0.2,0.8" : ",")}"));
        return path;
    }

    [Theory]
    [InlineData("gmm")]
    [InlineData("tmm")]
    [InlineData("mixture", "--family", "normal")]
    [InlineData("lca")]
    public void Labels_name_the_components_and_predict_prints_the_names(string model, params string[] options)
    {
        string path = Labelled();
        if (model == "lca")
        {
            File.WriteAllLines(path, _lines.Select((line, row) => row == 0
                ? "x,y,z,kind"
                : $"{(Eruption(line) > 3 ? "l" : "s")},{(Eruption(line) > 3.2 ? "l" : "s")},{(int)(Eruption(line) * 1.5)},{(row % 10 == 0 ? Eruption(line) > 3 ? "long" : "short" : "")}"));
        }
        string saved = Path.Join(_folder, "m.json");
        string[] drop = model == "lca" ? [] : ["--drop", "a,b"];
        CliResult fit = Cli.Run(["fit", model, path, "--labels", "kind", .. options, .. drop, "-o", saved]).Ok();
        Assert.Contains("1 is long", fit.Out);
        string[] predicted = Cli.Run("predict", saved, path).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.Equal(272, predicted.Length);
        for (int row = 0; row < 272; row++)
        {
            double eruption = Eruption(_lines[row + 1]);
            Assert.True(eruption is > 2.6 and < 3.6 || predicted[row].StartsWith(eruption > 3 ? "long," : "short,", StringComparison.Ordinal), $"row {row}: {eruption}, {predicted[row]}");
        }
    }

    [Fact]
    public void Weights_of_labels_are_no_data_and_both_ways_are_refused()
    {
        string path = Labelled();
        System.Text.Json.JsonElement fit = Cli.Run("fit", "gmm", path, "--label-weights", "a,b", "--columns", "eruptions,waiting", "--json").Ok().Json;
        Assert.Equal(2, fit.GetProperty("columns").GetArrayLength());
        double likelihood = fit.GetProperty("logLikelihood").GetDouble();
        Assert.InRange(likelihood, -1132, -1130.2640);
        Assert.True(fit.GetProperty("parameters").GetProperty("means")[0][0].GetDouble() > 4);
        CliResult both = Cli.Run("fit", "gmm", path, "--label-weights", "a,b", "--labels", "kind");
        Assert.Equal(2, both.Code);
        Assert.Contains("--label-weights", both.Error);
        CliResult few = Cli.Run("fit", "gmm", path, "--labels", "kind", "--drop", "a,b", "-k", "1");
        Assert.Equal(2, few.Code);
        Assert.Contains("long, short", few.Error);
    }

    [Fact]
    public void Regressions_take_labels()
    {
        string path = Labelled();
        CliResult fit = Cli.Run("fit", "mixreg", path, "--formula", "waiting ~ eruptions", "--labels", "kind", "--starts", "6").Ok();
        Assert.Contains("1 is long", fit.Out);
    }

    // mclust 6.0.0, tests/reference/partial-knowledge/mclust.csv: noise VVV −1386.25635, noise-equal VVV −1396.95824, equal VVV −1141.68815.
    [Theory]
    [InlineData(true, false, -1386.25635, 13)]
    [InlineData(true, true, -1396.95824, 12)]
    [InlineData(false, true, -1141.68815, 10)]
    public void Noise_and_equal_weights_are_mclusts(bool noise, bool equal, double logLikelihood, int parameters)
    {
        string noisy = Path.Join(Data.Repository, "tests", "reference", "partial-knowledge", "noisy-faithful.csv");
        string saved = Path.Join(_folder, "n.json");
        System.Text.Json.JsonElement fit = Cli.Run(
            ["fit", "gmm", noise ? noisy : Data.Faithful, "-k", "2", "--columns", "eruptions,waiting", "--json", "-o", saved, .. noise ? (string[])["--noise"] : [], .. equal ? (string[])["--equal-weights"] : []]).Ok().Json;
        Assert.Equal(logLikelihood, fit.GetProperty("logLikelihood").GetDouble(), 1e-4);
        Assert.Equal(parameters, fit.GetProperty("freeParameters").GetInt32());
        if (noise)
        {
            Assert.InRange(fit.GetProperty("parameters").GetProperty("noise").GetProperty("weight").GetDouble(), 0.1, 0.16);
            string[] predicted = Cli.Run("predict", saved, noisy).Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal("label,p1,p2,noise", predicted[0].TrimEnd());
            Assert.InRange(predicted.Count(line => line.StartsWith("noise,", StringComparison.Ordinal)), 20, 40);
            Assert.Contains("noise", Cli.Run("show", saved).Ok().Out);
            Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", saved, noisy, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-9);
        }
    }

    [Theory]
    [InlineData("E", "EII")]
    [InlineData("V", "VVV")]
    public void One_column_has_its_own_names(string name, string structure)
    {
        double likelihood = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--columns", "waiting", "--covariance", structure, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        CliResult fit = Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--columns", "waiting", "--covariance", name).Ok();
        Assert.Contains($"({name})", fit.Out);
        Assert.Equal(likelihood, Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--columns", "waiting", "--covariance", name, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Equal(2, Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "--covariance", name).Code);
        Assert.Equal(0, Cli.Run("fit", "tmm", Data.Faithful, "-k", "2", "--columns", "waiting", "--covariance", name, "--starts", "2").Code);
        string table = Cli.Run("select", "gmm", Data.Faithful, "--columns", "waiting", "-k", "1..2", "--covariance", "E,V").Ok().Out;
        Assert.Matches(@"k\s+E\s+V", table);
    }

    [Fact]
    public void Trimmed_rows_are_named_and_outliers_scored()
    {
        string noisy = Path.Join(Data.Repository, "tests", "reference", "partial-knowledge", "noisy-faithful.csv");
        string saved = Path.Join(_folder, "t.json");
        string[] fit = ["fit", "gmm", noisy, "-k", "2", "--columns", "eruptions,waiting", "--trim", "0.08"];
        System.Text.Json.JsonElement json = Cli.Run([.. fit, "--json", "-o", saved]).Ok().Json;
        int[] trimmed = [.. json.GetProperty("trimmed").EnumerateArray().Select(row => row.GetInt32())];
        Assert.Equal(24, trimmed.Length);
        Assert.True(trimmed.Count(row => row > 272) >= 20);
        Assert.Contains("24 rows", Cli.Run(fit).Ok().Out);
        Assert.Equal(2, Cli.Run([.. fit, "--standard-errors", "information"]).Code);
        string kept = Cli.Run([.. fit, "--checkpoint", Path.Join(_folder, "trim.checkpoint"), "-o", Path.Join(_folder, "kept.json")]).Ok().Error;
        Assert.Equal("", kept);
        Assert.Contains("at its end", Cli.Run([.. fit, "--checkpoint", Path.Join(_folder, "trim.checkpoint"), "--resume", "-o", Path.Join(_folder, "again.json")]).Ok().Error, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllText(Path.Join(_folder, "kept.json")), File.ReadAllText(Path.Join(_folder, "again.json")));
        Assert.Equal(2, Cli.Run([.. fit[..^1], "0.6"]).Code);

        string[] scored = Cli.Run("predict", saved, noisy, "--outliers").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("label,p1,p2,distance,tail,densityTail", scored[0].TrimEnd());
        double[] tails = [.. scored[1..].Select(line => double.Parse(line.Split(',')[4], CultureInfo.InvariantCulture))];
        Assert.True(trimmed.Average(row => tails[row - 1]) < 0.01);
        System.Text.Json.JsonElement outliers = Cli.Run("score", saved, noisy, "--outliers", "--json").Ok().Json.GetProperty("outliers");
        Assert.Equal(tails, outliers.GetProperty("tail").EnumerateArray().Select(tail => tail.GetDouble()));
        string written = Path.Join(_folder, "s.csv");
        Cli.Run("score", saved, noisy, "--outliers", "-o", written).Ok();
        Assert.Equal("logLikelihood,distance,tail,densityTail", File.ReadLines(written).First());

        string counts = Path.Join(_folder, "p.json");
        Cli.Run("fit", "mixture", Data.Faithful, "--family", "exponential", "-k", "1", "-o", counts).Ok();
        Assert.StartsWith("label,p1,densityTail", Cli.Run("predict", counts, Data.Faithful, "--outliers").Ok().Out);
        string means = Path.Join(_folder, "k.json");
        Cli.Run("fit", "kmeans", Data.Faithful, "-k", "2", "-o", means).Ok();
        Assert.Equal(2, Cli.Run("predict", means, Data.Faithful, "--outliers").Code);
    }

    [Fact]
    public void Selection_takes_labels_and_noise()
    {
        CliResult selection = Cli.Run("select", "gmm", Labelled(), "--columns", "eruptions,waiting", "--labels", "kind", "-k", "2..3", "--covariance", "full,tied", "--noise").Ok();
        Assert.Contains("1 is long", selection.Out);
    }
}
