using System.Globalization;
using System.Text;
using System.Text.Json;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Mixtures of any family and latent classes from the command line.</summary>
public sealed class FamilyMixtureTests : TempFolder
{
    [Theory]
    [InlineData("poisson", "counts", "rate")]
    [InlineData("geometric", "counts", "probability")]
    [InlineData("negative-binomial", "counts", "size")]
    [InlineData("zero-inflated-poisson", "counts", "inflation")]
    [InlineData("binomial:60", "counts", "probability")]
    [InlineData("multinomial", "counts", "probabilities")]
    [InlineData("bernoulli", "flags", "probability")]
    [InlineData("categorical", "flags", "probabilities")]
    [InlineData("exponential", "positive", "rate")]
    [InlineData("gamma", "positive", "shape")]
    [InlineData("weibull", "positive", "scale")]
    [InlineData("lognormal", "positive", "meanlog")]
    [InlineData("normal", "positive", "variance")]
    [InlineData("gaussian", "positive", "covariance")]
    [InlineData("uniform", "positive", "upper")]
    [InlineData("beta", "shares", "alpha")]
    [InlineData("von-mises", "shares", "concentration")]
    [InlineData("von-mises-fisher", "directions", "direction")]
    [InlineData("truncated-exponential:0:100", "positive", "rate")]
    [InlineData("truncated-weibull:0:100", "positive", "shape")]
    [InlineData("truncated-normal:-1:Infinity", "positive", "mean")]
    public void EveryFamilyFitsAndComesBack(string family, string data, string parameter)
    {
        string csv = Write("data.csv", Rows(data));
        string model = At("model.json");
        int k = family == "uniform" ? 1 : 2;

        JsonElement fit = Cli.Run("fit", "mixture", csv, "--family", family, "-k", $"{k}", "--starts", "4", "-o", model, "--json").Ok().Json;

        Assert.Equal(family.Split(':')[0], fit.GetProperty("family").GetString());
        Assert.Equal(k, fit.GetProperty("parameters").GetProperty(parameter).GetArrayLength());
        double logLikelihood = fit.GetProperty("logLikelihood").GetDouble();
        JsonElement score = Cli.Run("score", model, csv, "--json").Ok().Json;
        Assert.Equal(logLikelihood, score.GetProperty("logLikelihood").GetDouble(), 1e-9 * Math.Abs(logLikelihood));
        // The saved model computes the same bits: a fit of no iterations from it, and its own parameters again.
        JsonElement shown = Cli.Run("show", model, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("parameters").ToString(), shown.GetProperty("parameters").ToString());
        JsonElement predicted = Cli.Run("predict", model, csv, "--json").Ok().Json;
        Assert.Equal(60, predicted.GetProperty("labels").GetArrayLength());
        Assert.Equal(11, Cli.Run("sample", model, "-n", "10").Ok().Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("(weight)", Cli.Run("show", model).Ok().Out, StringComparison.Ordinal);
        if (family == "uniform")
        {
            return; // Each column has its own ends, which one --family cannot name.
        }
        JsonElement again = Cli.Run("fit", "mixture", csv, "--family", fit.GetProperty("types").GetString()!.Split(',')[0].Split('/')[0], "--start", model, "--max-iterations", "0", "--json").Ok().Json;
        Assert.Equal(logLikelihood, again.GetProperty("trace")[0].GetDouble(), 1e-9 * Math.Abs(logLikelihood));
    }

    [Fact]
    public void Constraints_hold_and_are_remembered()
    {
        Random random = new(11);
        string data = Write("g.csv", "x\n" + string.Concat(Enumerable.Range(0, 300).Select(row =>
            FormattableString.Invariant($"{MathNet.Numerics.Distributions.Gamma.Sample(random, row % 3 == 0 ? 2 : 12, 1)}\n"))));
        JsonElement Fit(params string[] more) => Cli.Run(["fit", "mixture", data, "--family", "gamma", "-k", "2", "--json", .. more]).Ok().Json;
        JsonElement free = Fit();
        JsonElement tied = Fit("--constrain", "shape=equal", "-o", At("m.json"), "--standard-errors", "information");
        Assert.Equal(5, free.GetProperty("freeParameters").GetInt32());
        Assert.Equal(4, tied.GetProperty("freeParameters").GetInt32());
        JsonElement shapes = tied.GetProperty("parameters").GetProperty("shape");
        Assert.Equal(shapes[0][0].GetDouble(), shapes[1][0].GetDouble());
        Assert.True(tied.GetProperty("logLikelihood").GetDouble() < free.GetProperty("logLikelihood").GetDouble() - 0.1);
        Assert.Contains("shape[x]", tied.GetProperty("standardErrors").GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()));

        Assert.Contains("\"constraints\":\"shape=equal\"", File.ReadAllText(At("m.json")));
        Assert.Equal(tied.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", At("m.json"), data, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8);
        JsonElement again = Fit("--constrain", "shape=equal", "--start", At("m.json"));
        Assert.Equal(tied.GetProperty("logLikelihood").GetDouble(), again.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Equal(2, Fit("--constrain", "shape[2]=2").GetProperty("parameters").GetProperty("shape")[1][0].GetDouble());
    }

    [Theory]
    [InlineData("found 'shape[3]=1'", "--family", "gamma", "--constrain", "shape[3]=1")]
    [InlineData("found 'shap=1'", "--family", "gamma", "--constrain", "shap=1")]
    [InlineData("found 'rate=equal'", "--family", "normal", "--constrain", "rate=equal")]
    [InlineData("such as shape=equal", "--family", "gamma", "--constrain", "shape==")]
    [InlineData("found both", "--family", "gamma", "--constrain", "shape[1]=1", "--annihilate")]
    public void Constraints_on_nothing_are_refused(string expected, params string[] arguments) =>
        Assert.Contains(expected, Cli.Run(["fit", "mixture", Data.Faithful, "--columns", "eruptions", "-k", "2", .. arguments]).Refused(2));

    [Fact]
    public void ColumnsOfSeveralKinds()
    {
        RandomGenerator random = new(3);
        StringBuilder text = new("sex,age,height,visits,note\n");
        for (int row = 0; row < 200; row++)
        {
            bool first = row % 2 == 0;
            string age = random.NextDouble() < 0.2 ? "" : ((first ? 30 : 60) + 5 * random.NextGaussian()).ToString(CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{(random.NextDouble() < (first ? 0.9 : 0.2) ? "f" : "m")},{age},{(first ? 165 : 175) + 6 * random.NextGaussian():R},{(first ? 1 : 6) + random.NextInt64(3)},{random.NextInt64(4)}\n");
        }
        string csv = Write("people.csv", text.ToString());
        string model = At("model.json");

        JsonElement fit = Cli.Run("fit", "mixture", csv, "--family", "mixed", "--types", "visits=poisson,note=categorical", "-k", "2", "-o", model, "--json").Ok().Json;

        Assert.Equal(["visits", "note", "sex", "age", "height"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()!));
        JsonElement blocks = fit.GetProperty("parameters").GetProperty("components")[0];
        Assert.Equal(4, blocks[1].GetProperty("probabilities").GetArrayLength());
        Assert.Equal(2, blocks[2].GetProperty("probabilities").GetArrayLength());
        JsonElement predicted = Cli.Run("predict", model, csv, "--json").Ok().Json;
        int[] labels = [.. predicted.GetProperty("labels").EnumerateArray().Select(label => label.GetInt32())];
        int agreed = labels.Where((label, row) => label == labels[0] == (row % 2 == 0)).Count();
        Assert.InRange(agreed, 190, 200);
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", model, csv, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-7);
        string drawn = Cli.Run("sample", model, "-n", "20").Ok().Out;
        Assert.Matches("(?m)^\\d+,[0-3],[fm],", drawn);
        string strange = Cli.Run("predict", model, Write("other.csv", text.ToString().Replace("\nf,", "\nx,", StringComparison.Ordinal))).Error;
        Assert.Contains("found 'x' in row", strange, StringComparison.Ordinal);
    }

    [Fact]
    public void CensoredTimes()
    {
        string csv = Write("times.csv", "time,lost\n1,0\n2,0\n3,1\n4,0\n5,1\n0.5,0\n9,1\n2.5,0\n");

        JsonElement fit = Cli.Run("fit", "mixture", csv, "--family", "exponential", "--censored", "lost", "-k", "1", "--json").Ok().Json;

        Assert.Equal(5 / 27.0, fit.GetProperty("parameters").GetProperty("rate")[0][0].GetDouble(), 1e-12);
        Cli.Run("fit", "mixture", csv, "--family", "weibull", "--censored", "lost", "-k", "1").Ok();
    }

    [Fact]
    public void LatentClassesOfText()
    {
        RandomGenerator random = new(4);
        StringBuilder text = new("a,b,c,d,count\n");
        for (int row = 0; row < 150; row++)
        {
            bool first = row % 3 == 0;
            text.AppendJoin(',', Enumerable.Range(0, 4).Select(_ => random.NextDouble() < 0.1 ? "NA" : random.NextDouble() < (first ? 0.9 : 0.15) ? "yes" : "no")).Append(",2\n");
        }
        string csv = Write("answers.csv", text.ToString());
        string model = At("model.json");

        JsonElement fit = Cli.Run("fit", "lca", csv, "-k", "2", "--missing", "NA", "--weights", "count", "--standard-errors", "information", "-o", model, "--json").Ok().Json;

        JsonElement probabilities = fit.GetProperty("parameters").GetProperty("probabilities");
        Assert.Equal((2, 4, 2), (probabilities.GetArrayLength(), probabilities[0].GetArrayLength(), probabilities[0][0].GetArrayLength()));
        Assert.Equal("yes", fit.GetProperty("parameters").GetProperty("levels")[0][1].GetString());
        Assert.InRange(probabilities[0][0][0].GetDouble(), 0.75, 0.95);
        Assert.True(fit.GetProperty("parameters").GetProperty("weights")[0].GetDouble() > 0.5);
        foreach (string figure in (string[])["gSquared", "chiSquare", "degreesOfFreedom", "entropyRSquared"])
        {
            Assert.True(double.IsFinite(fit.GetProperty(figure).GetDouble()), figure);
        }
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), Cli.Run("score", model, csv, "--missing", "NA", "--weights", "count", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Matches("(?m)^(yes|no),(yes|no),", Cli.Run("sample", model, "-n", "5").Ok().Out);
        Assert.Contains("2 classes", Cli.Run("show", model).Ok().Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Expected --family NAME", "fit", "mixture", "DATA", "-k", "2")]
    [InlineData("found 'poison'", "fit", "mixture", "DATA", "-k", "2", "--family", "poison")]
    [InlineData("Expected 1 numbers for the family binomial", "fit", "mixture", "DATA", "-k", "2", "--family", "binomial:1:2")]
    [InlineData("Expected entries such as age=normal", "fit", "mixture", "DATA", "-k", "2", "--family", "mixed", "--types", "a")]
    [InlineData("Expected --types with --family mixed", "fit", "mixture", "DATA", "-k", "2", "--family", "poisson", "--types", "a=normal")]
    [InlineData("Expected -k N", "fit", "lca", "DATA")]
    public void WrongUsageIsNamed(string said, params string[] arguments)
    {
        string csv = Write("data.csv", Rows("counts"));
        string line = Cli.Run([.. arguments.Select(argument => argument == "DATA" ? csv : argument)]).Refused(2);
        Assert.Contains(said, line, StringComparison.Ordinal);
    }

    [Fact]
    public void CellsWithoutADensityAreNamed()
    {
        string csv = Write("data.csv", "a\n1\n2\n-3\n");
        string line = Cli.Run("fit", "mixture", csv, "-k", "1", "--family", "poisson").Refused(65);
        Assert.Contains("line 4, column 'a': expected a count (0, 1, 2, …), found -3", line, StringComparison.Ordinal);
    }

    // Sixty rows of three columns in two groups.
    private static string Rows(string kind)
    {
        RandomGenerator random = new(2);
        StringBuilder text = new("a,b,c\n");
        for (int row = 0; row < 60; row++)
        {
            double level = row % 2 == 0 ? 1 : 4;
            double[] draws = [.. Enumerable.Range(0, 3).Select(_ => kind switch
            {
                "counts" => Math.Floor(level * 3 * random.NextDouble() * (1 + random.NextDouble())),
                "flags" => random.NextDouble() < level / 5 ? 1 : 0,
                "positive" => level * (0.2 + random.NextDouble() + random.NextDouble()),
                "directions" => level * (0.5 + random.NextDouble()) * (random.NextDouble() < 0.8 ? 1 : -1),
                _ => (level + random.NextDouble() + 0.01) / 6,
            })];
            double length = kind == "directions" ? Math.Sqrt(draws.Sum(value => value * value)) : 1;
            text.AppendJoin(',', draws.Select(value => (value / length).ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }
}
