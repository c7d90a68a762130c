using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>Topic models from text to tables and back.</summary>
public sealed class TopicTests : TempFolder
{
    private const string Sea = "ship sail wave harbour captain anchor tide storm";
    private const string Kitchen = "bread oven flour butter sugar recipe cake dough";

    [Fact]
    public void TextBecomesTopics()
    {
        string model = At("m.json");
        CliResult fit = Cli.Run("fit", "lda", Texts(60), "-k", "2", "-o", model).Ok();
        Assert.Contains("Topic model by variational Bayes: 2 topics", fit.Out, StringComparison.Ordinal);
        Assert.Contains("60 documents over a vocabulary of 16", fit.Out, StringComparison.Ordinal);
        Assert.Contains("perplexity", fit.Out, StringComparison.Ordinal);
        string[] lines = [.. fit.Out.Split('\n').Where(line => line.Contains(" % ", StringComparison.Ordinal))];
        Assert.Equal(2, lines.Length);
        Assert.All(lines, line => Assert.True(Belongs(line, Sea) != Belongs(line, Kitchen), line));

        Write("new.txt", "A storm, a captain and unheard words\n\nbutter dough\n");
        CliResult predicted = Cli.Run("predict", model, At("new.txt")).Ok();
        Assert.Contains("2 words that the model does not know were left out", predicted.Error, StringComparison.Ordinal);
        Assert.Contains("1 document without a known word", predicted.Error, StringComparison.Ordinal);
        string[][] rows = [.. predicted.Out.TrimEnd().Split('\n').Skip(1).Select(line => line.Split(','))];
        Assert.Equal(3, rows.Length);
        Assert.NotEqual(rows[0][0], rows[2][0]);
        Assert.Equal(["0.5", "0.5"], rows[1][1..]);
        Assert.All(rows, row => Assert.Equal(1, row[1..].Sum(cell => double.Parse(cell, CultureInfo.InvariantCulture)), 1e-12));

        string shown = Cli.Run("show", model, "--full").Ok().Out;
        Assert.Contains("harbour", shown, StringComparison.Ordinal);
        string score = Cli.Run("score", model, Texts(60)).Ok().Out;
        Assert.Contains("given the other half", score, StringComparison.Ordinal);
    }

    [Fact]
    public void JsonHasWhatTheContractSays()
    {
        JsonElement fit = Cli.Run("fit", "lda", Texts(40), "-k", "2", "--alpha", "0.5", "--eta", "0.1", "--json").Ok().Json;
        Assert.Equal("lda", fit.GetProperty("model").GetString());
        Assert.Equal(fit.GetProperty("bound").GetDouble(), fit.GetProperty("trace").EnumerateArray().Last().GetDouble());
        Assert.Equal(Math.Exp(-fit.GetProperty("bound").GetDouble() / fit.GetProperty("words").GetInt64()), fit.GetProperty("perplexity").GetDouble(), 1e-12);
        Assert.Equal([0.5, 0.5], fit.GetProperty("alpha").EnumerateArray().Select(alpha => alpha.GetDouble()));
        Assert.Equal(10, fit.GetProperty("topWords")[0].GetArrayLength());
        Assert.False(fit.TryGetProperty("topics", out _));
        JsonElement full = Cli.Run("fit", "lda", Texts(40), "-k", "2", "--full", "--json").Ok().Json;
        Assert.Equal(16, full.GetProperty("columns").GetArrayLength());
        Assert.Equal(1, full.GetProperty("topics")[1].EnumerateArray().Sum(value => value.GetDouble()), 1e-12);
    }

    [Fact]
    public void ASavedModelPredictsBitForBitAlikeAndStartsAFit()
    {
        foreach (string inference in (string[])["vb", "em", "map"])
        {
            string first = At($"{inference}1.json");
            JsonElement fit = Cli.Run("fit", "lda", Texts(40), "-k", "3", "--inference", inference, "--max-iterations", "5", "--tolerance", "0", "-o", first, "--json").Ok().Json;
            JsonElement again = Cli.Run("fit", "lda", Texts(40), "--inference", inference, "--start", first, "--max-iterations", "0", "-o", At("2.json"), "--json").Ok().Json;
            Assert.Equal(fit.GetProperty("bound").GetDouble(), again.GetProperty("bound").GetDouble());
            Assert.Equal(Parameters(first), Parameters(At("2.json")));
            Assert.Equal(Cli.Run("predict", first, Texts(40)).Ok().Out, Cli.Run("predict", At("2.json"), Texts(40), "--threads", "1").Ok().Out);
        }
    }

    [Theory]
    [InlineData("online")]
    [InlineData("scvb0")]
    public void BatchesOfDocuments(string algorithm)
    {
        JsonElement fit = Cli.Run("fit", "lda", Texts(200), "-k", "2", "--algorithm", algorithm, "--batch-size", "20", "--passes", "10", "--json").Ok().Json;
        Assert.Equal(100, fit.GetProperty("iterations").GetInt32());
        Assert.Empty(fit.GetProperty("warnings").EnumerateArray());
        Assert.All(fit.GetProperty("topWords").EnumerateArray(), topic =>
            Assert.Single(topic.EnumerateArray().Take(5).Select(word => Sea.Contains(word.GetProperty("word").GetString()!, StringComparison.Ordinal)).Distinct()));
    }

    [Fact]
    public void AnUpdateAddsDocumentsToASavedModel()
    {
        JsonElement first = Cli.Run("fit", "lda", Texts(60), "-k", "2", "-o", At("first.json"), "--json").Ok().Json;
        string more = Write("more.txt", string.Concat(File.ReadLines(Texts(100)).Skip(60).Select(line => line + " unheardof\n")));
        CliResult update = Cli.Run("fit", "lda", more, "--update", At("first.json"), "-o", At("second.json"), "--json").Ok();
        Assert.Equal(40, update.Json.GetProperty("rows").GetInt32());
        double[] Words(string path) => [.. JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("parameters").GetProperty("words").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(first.GetProperty("words").GetDouble() + update.Json.GetProperty("words").GetDouble(), Words(At("second.json")).Sum(), 1e-6);
        Assert.Contains("40 words not in the", update.Json.GetProperty("warnings").ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Usage, Cli.Run("fit", "lda", more, "--update", At("first.json"), "-k", "3").Code);
        Assert.Equal(ExitCode.Usage, Cli.Run("fit", "lda", more, "-k", "3", "--keep", "0.5").Code);
        Assert.Equal(ExitCode.Usage, Cli.Run("fit", "lda", more, "--update", At("first.json"), "--keep", "2").Code);
    }

    [Fact]
    public void SimilarDocumentsAreOfTheSameKind()
    {
        CliResult fit = Cli.Run("fit", "lda", Texts(30), "-k", "2", "-o", At("m.json")).Ok();
        Assert.Contains("coherence of the ten most probable words", fit.Out, StringComparison.Ordinal);
        string[][] rows = [.. Cli.Run("predict", At("m.json"), Texts(30), "--similar", "3").Ok().Out.TrimEnd().Split('\n').Select(line => line.Split(','))];
        Assert.Equal(["document", "similar", "affinity"], rows[0]);
        Assert.Equal(91, rows.Length);
        Assert.All(rows[1..], row => Assert.Equal(int.Parse(row[0], CultureInfo.InvariantCulture) % 2, int.Parse(row[1], CultureInfo.InvariantCulture) % 2));
        Assert.Contains("Expected --similar without --json", Cli.Run("predict", At("m.json"), Texts(30), "--similar", "3", "--json").Refused(ExitCode.Usage), StringComparison.Ordinal);
    }

    [Fact]
    public void OddDocumentsAreTakenOrNamed()
    {
        string odd = Write("odd.ldac", "0\n1 3:1\n" + string.Concat(Enumerable.Range(0, 20).Select(document => $"3 {document % 2}:2 {2 + document % 2}:1 4:1\n")) + "0\n");
        foreach (string algorithm in (string[])["batch", "online", "scvb0"])
        {
            JsonElement fit = Cli.Run("fit", "lda", odd, "-k", "2", "--algorithm", algorithm, "-o", At("odd.json"), "--json").Ok().Json;
            Assert.Equal(23, fit.GetProperty("rows").GetInt32());
            Assert.Contains("2 documents without a word of the vocabulary say nothing", fit.GetProperty("warnings").ToString(), StringComparison.Ordinal);
            Assert.Equal("0.5,0.5", Cli.Run("predict", At("odd.json"), odd).Ok().Out.Split('\n')[1][2..].TrimEnd());
        }
        Assert.Contains("odd2.ldac, line 2", Cli.Run("fit", "lda", Write("odd2.ldac", "1 0:1\n2 0:1 1:x\n"), "-k", "2").Refused(ExitCode.Data), StringComparison.Ordinal);
        Assert.Contains("docword.odd, line 5", Cli.Run("fit", "lda", Write("docword.odd", "2\n3\n2\n1 1 1\n2 4 1\n"), "-k", "2").Refused(ExitCode.Data), StringComparison.Ordinal);
        Assert.Contains("line 3", Cli.Run("fit", "lda", Write("odd.csv", "a,b\nx y,1\nx \0 y,1\n"), "--text", "a", "-k", "2").Refused(ExitCode.Data), StringComparison.Ordinal);
        Assert.Contains("expected words, found none", Cli.Run("fit", "lda", Write("odd.txt", "12 34\nthe of\n"), "-k", "2").Refused(ExitCode.Data), StringComparison.Ordinal);
    }

    [Fact]
    public void KeptDocumentsAndLittleMemoryAreTold()
    {
        string[] command = ["fit", "lda", Texts(300), "-k", "2", "--algorithm", "online", "--batch-size", "20", "--passes", "20", "--held-out", "0.1"];
        JsonElement fit = Cli.Run([.. command, "--json"]).Ok().Json;
        Assert.Equal("Converged", fit.GetProperty("stopReason").GetString());
        Assert.Equal(270, fit.GetProperty("rows").GetInt32());
        JsonElement[] checks = [.. fit.GetProperty("heldOut").EnumerateArray()];
        Assert.Equal(fit.GetProperty("heldOutPerplexity").GetDouble(), checks[^1].GetProperty("perplexity").GetDouble(), 1e-9);
        Assert.Contains("perplexity of 30 documents kept back", Cli.Run(command).Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void GroupsShowTheirTopics()
    {
        StringBuilder table = new("text,year\n");
        foreach ((string line, int index) in File.ReadAllLines(Texts(40)).Select((line, index) => (line, index)))
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"{line},{2000 + index % 2}");
        }
        string path = Write("t.csv", table.ToString());
        JsonElement fit = Cli.Run("fit", "lda", path, "--text", "text", "--by", "year", "-k", "2", "--json").Ok().Json;
        JsonElement[] groups = [.. fit.GetProperty("groups").EnumerateArray()];
        Assert.Equal(["2000", "2001"], groups.Select(group => group.GetProperty("group").GetString()));
        Assert.True(Math.Abs(groups[0].GetProperty("topics")[0].GetDouble() - groups[1].GetProperty("topics")[0].GetDouble()) > 0.8);
        Assert.Contains("Topics by year", Cli.Run("fit", "lda", path, "--text", "text", "--by", "year", "-k", "2").Ok().Out, StringComparison.Ordinal);
    }

    [Fact]
    public void SelectionTakesTheTopicsThatForetellBest()
    {
        CliResult found = Cli.Run("select", "lda", Texts(150), "-k", "1,2", "-o", At("best.json"));
        Assert.Contains("best", found.Ok().Out, StringComparison.Ordinal);
        JsonElement json = Cli.Run("select", "lda", Texts(150), "-k", "1,2", "--json").Ok().Json;
        Assert.Equal(2, json.GetProperty("components").GetInt32());
        JsonElement[] cells = [.. json.GetProperty("selection").EnumerateArray()];
        Assert.True(cells[0].GetProperty("heldOutPerplexity").GetDouble() > 1.5 * cells[1].GetProperty("heldOutPerplexity").GetDouble());
        Assert.True(cells[1].GetProperty("best").GetBoolean());
    }

    [Fact]
    public void SamplesAreReadBack()
    {
        string model = At("m.json");
        Cli.Run("fit", "lda", Texts(60), "-k", "2", "-o", model).Ok();
        Cli.Run("sample", model, "-n", "7", "--words", "30", "-o", At("s.csv")).Ok();
        JsonElement score = Cli.Run("score", model, At("s.csv"), "--doc", "doc", "--term", "term", "--count", "count", "--json").Ok().Json;
        Assert.Equal(7, score.GetProperty("rows").GetInt32());
        Assert.Equal(210, score.GetProperty("weight").GetDouble());
        Assert.Equal(0, score.GetProperty("unknownWords").GetDouble());
    }

    [Theory]
    [InlineData(2, "Expected -k N, the number of topics", "fit", "lda", "FILE")]
    [InlineData(2, "Expected a positive number, symmetric or asymmetric for --alpha, found 'x'", "fit", "lda", "FILE", "-k", "2", "--alpha", "x")]
    [InlineData(2, "smaller ones have no maximum", "fit", "lda", "FILE", "-k", "2", "--inference", "map", "--alpha", "0.1")]
    [InlineData(2, "Expected --accelerate none for lda", "fit", "lda", "FILE", "-k", "2", "--accelerate", "squarem")]
    [InlineData(2, "--doc, --term and --count together", "fit", "lda", "FILE", "-k", "2", "--doc", "d")]
    [InlineData(2, "Expected --text COLUMN with --by", "fit", "lda", "FILE", "-k", "2", "--by", "d")]
    [InlineData(65, "keep rarer words (--min-df 1)", "fit", "lda", "FILE", "-k", "2", "--min-df", "1000")]
    [InlineData(65, "none of that name", "fit", "lda", "missing.ldac", "-k", "2")]
    public void MistakesAreNamed(int code, string expected, params string[] arguments)
    {
        string path = Texts(30);
        Assert.Contains(expected, Cli.Run(Array.ConvertAll(arguments, argument => argument == "FILE" ? path : argument)).Refused(code), StringComparison.Ordinal);
    }

    private static bool Belongs(string line, string words) => words.Split(' ').Any(word => line.Contains(word, StringComparison.Ordinal));

    private static string Parameters(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("parameters").GetRawText();

    // Lines about one thing or the other, by turns.
    private string Texts(int count)
    {
        Random random = new(count);
        StringBuilder text = new();
        for (int line = 0; line < count; line++)
        {
            string[] words = (line % 2 == 0 ? Sea : Kitchen).Split(' ');
            text.AppendLine("The " + string.Join(' ', Enumerable.Range(0, 12).Select(_ => words[random.Next(words.Length)])));
        }
        return Write($"texts{count}.txt", text.ToString());
    }
}
