using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>accumulate, merge, maximize: an iteration of EM with files between its steps.</summary>
public sealed class AccumulateTests : TempFolder
{
    [Theory]
    [InlineData("full", 1)]
    [InlineData("full", 3)]
    [InlineData("tied", 4)]
    [InlineData("diag", 7)]
    [InlineData("spherical", 2)]
    public void PartsGiveTheBitsOfABatchIteration(string covariance, int parts)
    {
        string data = Write("x.csv", Data.Groups(60_000, 2));
        string start = At("start.json");
        Cli.Run("fit", "gmm", data, "-k", "2", "--covariance", covariance, "--starts", "1", "--max-iterations", "1", "--accelerate", "none", "-o", start).Ok();
        JsonElement batch = Cli.Run("fit", "gmm", data, "--start", start, "--covariance", covariance, "--max-iterations", "1", "--tolerance", "0", "--accelerate", "none", "--json").Ok().Json;
        string[] files = [.. Enumerable.Range(1, parts).Select(part => At($"part{part}.json"))];
        for (int part = 0; part < parts; part++)
        {
            Cli.Run("accumulate", start, data, "--part", $"{part + 1}/{parts}", "-o", files[part], "--threads", "1").Ok();
        }
        Cli.Run(["merge", .. files.Reverse(), "-o", At("all.json")]).Ok();
        JsonElement step = Cli.Run("maximize", At("all.json"), "-o", At("next.json"), "--json").Ok().Json;
        Assert.Equal(60_000, step.GetProperty("rows").GetInt32());
        Assert.Equal(batch.GetProperty("trace")[0].GetDouble(), step.GetProperty("objective").GetDouble());
        JsonElement next = JsonDocument.Parse(File.ReadAllText(At("next.json"))).RootElement;
        Assert.Equal(batch.GetProperty("parameters").GetRawText(), next.GetProperty("parameters").GetRawText());
    }

    /// <summary>What a saved model says of its weights, the M-step of its statistic obeys: the bits of an iteration with equal weights, which free ones would not have.</summary>
    [Fact]
    public void EqualWeightsStayEqual()
    {
        string data = Write("x.csv", Data.Groups(6000, 2));
        string start = At("start.json");
        Cli.Run("fit", "gmm", data, "-k", "2", "--equal-weights", "--starts", "1", "--max-iterations", "1", "--accelerate", "none", "-o", start).Ok();
        JsonElement batch = Cli.Run("fit", "gmm", data, "--start", start, "--equal-weights", "--max-iterations", "1", "--tolerance", "0", "--accelerate", "none", "--json").Ok().Json;
        Cli.Run("accumulate", start, data, "-o", At("all.json")).Ok();
        Cli.Run("maximize", At("all.json"), "-o", At("next.json")).Ok();
        JsonElement next = JsonDocument.Parse(File.ReadAllText(At("next.json"))).RootElement;
        Assert.Equal(batch.GetProperty("parameters").GetRawText(), next.GetProperty("parameters").GetRawText());
        Assert.Equal(0.5, next.GetProperty("parameters").GetProperty("weights")[0].GetDouble());
        Assert.Equal("true", next.GetProperty("settings").GetProperty("equalWeights").GetString());
    }

    [Fact]
    public void KMeansGoesThroughFilesToo()
    {
        string data = Write("x.csv", Data.Groups(20_000, 3, groups: 4));
        string start = At("start.json");
        Cli.Run("fit", "kmeans", data, "-k", "4", "--init", "random", "--starts", "1", "--max-iterations", "0", "-o", start).Ok();
        JsonElement batch = Cli.Run("fit", "kmeans", data, "--start", start, "--max-iterations", "1", "--json").Ok().Json;
        Cli.Run("accumulate", start, data, "--part", "1/2", "-o", At("1.json")).Ok();
        Cli.Run("accumulate", start, data, "--part", "2/2", "-o", At("2.json")).Ok();
        Cli.Run("merge", At("1.json"), At("2.json"), "-o", At("all.json")).Ok();
        Cli.Run("maximize", At("all.json"), "-o", At("next.json")).Ok();
        JsonElement next = JsonDocument.Parse(File.ReadAllText(At("next.json"))).RootElement;
        Assert.Equal(batch.GetProperty("parameters").GetProperty("centers").GetRawText(), next.GetProperty("parameters").GetProperty("centers").GetRawText());
    }

    [Fact]
    public void DataSetsThatNobodySeesTogetherAreFittedTogether()
    {
        string north = Write("north.csv", Data.Groups(3000, 2, seed: 1));
        string south = Write("south.csv", Data.Groups(1000, 2, seed: 2));
        string start = At("start.json");
        Cli.Run("fit", "gmm", north, "-k", "2", "--starts", "1", "-o", start).Ok();
        Cli.Run("accumulate", start, north, "-o", At("n.json")).Ok();
        Cli.Run("accumulate", start, south, "-o", At("s.json")).Ok();
        Cli.Run("merge", At("n.json"), At("s.json"), "-o", At("all.json")).Ok();
        JsonElement step = Cli.Run("maximize", At("all.json"), "-o", At("next.json"), "--json").Ok().Json;
        JsonElement both = Cli.Run("fit", "gmm", north, south, "--start", start, "--max-iterations", "1", "--tolerance", "0", "--accelerate", "none", "--json").Ok().Json;
        Assert.Equal(4000, step.GetProperty("rows").GetInt32());
        Assert.Equal(both.GetProperty("trace")[0].GetDouble(), step.GetProperty("objective").GetDouble(), 1e-8);
        JsonElement next = JsonDocument.Parse(File.ReadAllText(At("next.json"))).RootElement.GetProperty("parameters");
        for (int k = 0; k < 2; k++)
        {
            Assert.Equal(both.GetProperty("parameters").GetProperty("weights")[k].GetDouble(), next.GetProperty("weights")[k].GetDouble(), 1e-12);
            Assert.Equal(both.GetProperty("parameters").GetProperty("means")[k][1].GetDouble(), next.GetProperty("means")[k][1].GetDouble(), 1e-10);
        }
    }

    [Fact]
    public void WhatDoesNotFitTogetherIsNamed()
    {
        string data = Write("x.csv", Data.Groups(9000, 2));
        string other = Write("y.csv", Data.Groups(900, 2));
        Cli.Run("fit", "gmm", data, "-k", "2", "--starts", "1", "--max-iterations", "1", "--accelerate", "none", "-o", At("a.json")).Ok();
        Cli.Run("fit", "gmm", data, "-k", "2", "--starts", "1", "--max-iterations", "2", "--accelerate", "none", "-o", At("b.json")).Ok();
        Cli.Run("accumulate", At("a.json"), data, "--part", "1/2", "-o", At("1.json")).Ok();
        Cli.Run("accumulate", At("b.json"), data, "--part", "2/2", "-o", At("2b.json")).Ok();
        Cli.Run("accumulate", At("a.json"), other, "--part", "2/2", "-o", At("2y.json")).Ok();
        Cli.Run("accumulate", At("a.json"), data, "--part", "1/3", "-o", At("1of3.json")).Ok();
        Assert.Contains("the same model", Cli.Run("merge", At("1.json"), At("2b.json")).Refused(65));
        Assert.Contains("a part of the 9000 rows", Cli.Run("merge", At("1.json"), At("2y.json")).Refused(65));
        Assert.Contains("divided by 3", Cli.Run("merge", At("1.json"), At("1of3.json")).Refused(65));
        Assert.Contains("part 1 of 2 twice", Cli.Run("merge", At("1.json"), At("1.json")).Refused(65));
        Assert.Contains("none of part 2", Cli.Run("maximize", At("1.json"), "-o", At("n.json")).Refused(65));
        string text = File.ReadAllText(At("1.json"));
        string cut = Write("cut.json", text[..(text.Length / 2)]);
        Assert.Contains("a whole statistic", Cli.Run("maximize", cut, "-o", At("n.json")).Refused(65));
        Assert.Contains("a whole statistic", Cli.Run("maximize", At("a.json")).Refused(65));
        Assert.Contains("--part, such as 2/8", Cli.Run("accumulate", At("a.json"), data, "--part", "3/2").Refused(2));
        Assert.False(File.Exists(At("n.json")));
    }
}
