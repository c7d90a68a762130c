using System.Globalization;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Using a saved model: predict, score, sample, show.</summary>
public sealed class UseTests : TempFolder
{
    private string Model(string kind = "gmm", params string[] more)
    {
        Cli.Run(["fit", kind, Write("groups.csv", Data.Groups(60, 2)), "-k", "2", "-o", At($"{kind}.json"), .. more]).Ok();
        return At($"{kind}.json");
    }

    [Fact]
    public void Predict_gives_label_and_posteriors()
    {
        string[] lines = Lines(Cli.Run("predict", Model(), Write("new.csv", "a,b\n1,1\n11,11\n")).Ok().Out);
        Assert.Equal("label,p1,p2", lines[0]);
        string[][] cells = [.. lines[1..].Select(line => line.Split(','))];
        Assert.NotEqual(cells[0][0], cells[1][0]);
        foreach (string[] row in cells)
        {
            double[] posterior = [.. row[1..].Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))];
            Assert.Equal(1, posterior.Sum(), 1e-12);
            Assert.Equal(int.Parse(row[0], CultureInfo.InvariantCulture) - 1, Array.IndexOf(posterior, posterior.Max()));
        }
    }

    [Fact]
    public void Predict_for_kmeans_gives_the_distance_to_the_nearest_center()
    {
        JsonElement centers = Cli.Run("show", Model("kmeans"), "--json").Ok().Json.GetProperty("parameters").GetProperty("centers");
        string[] cells = Lines(Cli.Run("predict", At("kmeans.json"), Write("new.csv", "a,b\n3,0\n")).Ok().Out)[1].Split(',');
        double expected = centers.EnumerateArray().Min(center => Math.Sqrt(Math.Pow(center[0].GetDouble() - 3, 2) + Math.Pow(center[1].GetDouble(), 2)));
        Assert.Equal(expected, double.Parse(cells[1], CultureInfo.InvariantCulture), 1e-12);
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_order_and_company()
    {
        string model = Model("gmm", "--columns", "a,b");
        string straight = Cli.Run("predict", model, Write("new.csv", "a,b\n1,2\n11,12\n")).Ok().Out;
        string other = Cli.Run("predict", model, Write("other.csv", "name,b,extra,a\nx,2,7,1\ny,12,7,11\n")).Ok().Out;
        Assert.Equal(straight, other);
        Assert.Equal(straight, Cli.Run("predict", model, Write("renamed.csv", "u,v\n1,2\n11,12\n"), "--columns", "u,v").Ok().Out);
        Assert.Equal(straight, Cli.Run("predict", model, Write("bare.csv", "1,2\n11,12\n"), "--no-header").Ok().Out);
        Assert.Contains("'b'", Cli.Run("predict", model, Write("less.csv", "a,c\n1,2\n")).Refused(ExitCode.Data));
        Assert.Contains("2 names", Cli.Run("predict", model, At("new.csv"), "--columns", "a").Refused(ExitCode.Usage));
    }

    [Fact]
    public void Missing_values_are_refused_by_name_where_a_model_does_not_take_them()
    {
        string line = Cli.Run("predict", Model("kmeans"), Write("holes.csv", "a,b\n1,1\n11,\n")).Refused(ExitCode.Data);
        Assert.Contains("holes.csv, line 3, column 'b'", line);
        Assert.Contains("kmeans", line);
    }

    [Fact]
    public void Ids_are_carried_to_the_output()
    {
        string data = Write("new.csv", "who,a,b\n\"Smith, J\",1,1\nJones,11,11\n");
        string[] lines = Lines(Cli.Run("predict", Model(), data, "--id", "who").Ok().Out);
        Assert.StartsWith("who,label,", lines[0]);
        Assert.StartsWith("\"Smith, J\",", lines[1]);
        Assert.StartsWith("Jones,", lines[2]);
    }

    [Fact]
    public void Output_to_a_file_is_what_standard_output_would_have()
    {
        string data = Write("new.csv", "a,b\n1,1\n11,11\n");
        string printed = Cli.Run("predict", Model(), data).Ok().Out;
        Assert.Empty(Cli.Run("predict", At("gmm.json"), data, "-o", At("out.csv")).Ok().Out);
        Assert.Equal(printed, File.ReadAllText(At("out.csv")));
    }

    [Fact]
    public void Score_is_the_sum_of_its_rows_and_of_the_fit()
    {
        JsonElement fit = Cli.Run("fit", "gmm", Write("groups.csv", Data.Groups(60, 2)), "-k", "2", "-o", At("m.json"), "--json").Ok().Json;
        JsonElement score = Cli.Run("score", At("m.json"), At("groups.csv"), "-o", At("rows.csv"), "--json").Ok().Json;
        double total = score.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), total, 1e-9);
        Assert.Equal(total, score.GetProperty("perRow").EnumerateArray().Sum(value => value.GetDouble()), 1e-9);
        Assert.Equal(total / 60, score.GetProperty("mean").GetDouble(), 1e-12);
        Assert.Equal(61, Lines(File.ReadAllText(At("rows.csv"))).Length);
        Assert.Contains(total.ToString("F3", CultureInfo.InvariantCulture), Cli.Run("score", At("m.json"), At("groups.csv")).Ok().Out);
    }

    [Fact]
    public void Score_counts_a_row_as_often_as_its_weight()
    {
        string model = Model();
        double twice = Total(Write("twice.csv", "a,b\n1,1\n1,1\n11,11\n"));
        double weighted = Total(Write("weighted.csv", "a,b,n\n1,1,2\n11,11,1\n"), "--weights", "n");
        Assert.Equal(twice, weighted, 1e-12);

        double Total(string data, params string[] more) =>
            Cli.Run(["score", model, data, "--json", .. more]).Ok().Json.GetProperty("logLikelihood").GetDouble();
    }

    [Fact]
    public void Samples_depend_on_the_seed_alone_and_look_like_the_model()
    {
        string model = Model();
        string first = Cli.Run("sample", model, "-n", "400").Ok().Out;
        Assert.Equal(first, Cli.Run("sample", model, "-n", "400", "--seed", "1").Ok().Out);
        Assert.NotEqual(first, Cli.Run("sample", model, "-n", "400", "--seed", "2").Ok().Out);
        Assert.Equal("a,b", Lines(first)[0]);
        Assert.Equal("a,b,component", Lines(Cli.Run("sample", model, "-n", "1", "--component").Ok().Out)[0]);
        // Means 1 and 11 with equal weights: the mean of 400 rows is 6 within 1 (five standard errors).
        double mean = Lines(first)[1..].Average(line => double.Parse(line.Split(',')[0], CultureInfo.InvariantCulture));
        Assert.InRange(mean, 4.75, 7.25);
        Assert.Contains("kmeans", Cli.Run("sample", Model("kmeans"), "-n", "1").Refused(ExitCode.Usage));
    }

    [Fact]
    public void Show_prints_the_tables_of_the_fit()
    {
        string fitted = Cli.Run("fit", "gmm", Write("groups.csv", Data.Groups(60, 2)), "-k", "2", "-o", At("m.json")).Ok().Out;
        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        string table = fitted[fitted.IndexOf("  component", StringComparison.Ordinal)..fitted.IndexOf("\nSaved", StringComparison.Ordinal)];
        Assert.Contains(table.Trim(), shown);
    }

    [Fact]
    public void Models_lists_what_can_be_fitted()
    {
        string text = Cli.Run("models").Ok().Out;
        Assert.Contains("gmm", text);
        Assert.Contains("--covariance", text);
        JsonElement[] models = [.. Cli.Run("models", "--json").Ok().Json.GetProperty("models").EnumerateArray()];
        Assert.All(models, model => Cli.Run("fit", model.GetProperty("name").GetString()!, "--help").Ok());
        Assert.All(Models.ModelRegistry.All, kind => Assert.Same(kind, Models.ModelRegistry.Find(kind.Name)));
        Assert.Equal(Models.ModelRegistry.All.Select(kind => kind.Name), models.Select(model => model.GetProperty("name").GetString()));
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
