using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Data;
using Latent.IO;
using Latent.Markov;
using Latent.Numerics;

namespace Latent.Cli.Tests;

/// <summary>Hidden Markov models through the command: fit, predict, score, sample, show, select.</summary>
public sealed class HiddenMarkovTests : TempFolder
{
    [Fact]
    public void Fit_writes_the_fields_of_the_contract_and_predict_gives_path_and_posteriors()
    {
        string data = Write("steps.csv", Steps(["a", "b"], 80, interleaved: false));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--covariance", "diag", "--starts", "4", "--json", "-o", At("m.json")).Ok().Json;
        JsonElement parameters = fit.GetProperty("parameters");
        Assert.Equal("hmm", fit.GetProperty("model").GetString());
        Assert.Equal(["x"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(160, fit.GetProperty("rows").GetInt64());
        Assert.Equal(1 + 2 + 4, fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal(1, parameters.GetProperty("initial").EnumerateArray().Sum(value => value.GetDouble()), 1e-12);
        Assert.All(parameters.GetProperty("transition").EnumerateArray(), row => Assert.Equal(1, row.EnumerateArray().Sum(value => value.GetDouble()), 1e-12));
        Assert.Equal(2, parameters.GetProperty("means").GetArrayLength());

        // The library, from the saved model and from the same data.
        FittedHiddenMarkov model = ModelFile.Read(At("m.json")).ToGaussianHiddenMarkov();
        using RowTable table = DataFiles.Read(data, DataOptions.Default with { Columns = ["x"], Sequence = "id" });
        SequenceSource sequences = table.ToSequences(out _);
        string[][] lines = Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id").Ok().Out);
        Assert.Equal(["label", "p1", "p2"], lines[0]);
        Assert.Equal(model.Viterbi(sequences).SelectMany(path => path.States).Select(state => (state + 1).ToString(CultureInfo.InvariantCulture)), lines[1..].Select(line => line[0]));
        Assert.Equal(model.Posteriors(sequences), lines[1..].SelectMany(line => line[1..]).Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)));
        JsonElement score = Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-9);
        Assert.Equal(model.Score(sequences), score.GetProperty("logLikelihood").GetDouble());
    }

    [Fact]
    public void Rows_of_a_sequence_may_stand_anywhere_and_come_back_in_their_order()
    {
        string straight = Write("straight.csv", Steps(["a", "b"], 40, interleaved: false));
        string mixed = Write("mixed.csv", Steps(["a", "b"], 40, interleaved: true));
        Cli.Run("fit", "hmm", straight, "--sequence", "id", "-k", "2", "--starts", "3", "-o", At("m.json")).Ok();
        Assert.Equal(
            Cli.Run("fit", "hmm", straight, "--sequence", "id", "-k", "2", "--starts", "3", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(),
            Cli.Run("fit", "hmm", mixed, "--sequence", "id", "-k", "2", "--starts", "3", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble());

        string[][] expected = Lines(Cli.Run("predict", At("m.json"), straight, "--sequence", "id").Ok().Out)[1..];
        string[][] found = Lines(Cli.Run("predict", At("m.json"), mixed, "--sequence", "id").Ok().Out)[1..];
        Assert.Equal(expected.Select((_, row) => expected[row % 2 * 40 + row / 2]), found);
    }

    [Theory]
    [InlineData("poisson", "rate")]
    [InlineData("categorical", "probabilities")]
    [InlineData("normal", "mean")]
    public void Other_emissions_are_fitted_saved_and_read_back(string emission, string field)
    {
        string data = Write("counts.csv", "n\n" + string.Concat(Enumerable.Range(0, 120).Select(step => $"{(step / 20 % 2 == 0 ? step % 3 : 4 + step % 4)}\n")));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--emission", emission, "-k", "2", "--starts", "6", "--json", "-o", At("m.json")).Ok().Json;
        Assert.Equal(2, fit.GetProperty("parameters").GetProperty(field).GetArrayLength());
        Assert.Equal(emission, fit.GetProperty("emission").GetString());
        double score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score, 1e-9);
        Assert.Equal(120, Lines(Cli.Run("predict", At("m.json"), data).Ok().Out)[1..].Length);
        string sample = Cli.Run("sample", At("m.json"), "-n", "30", "--component").Ok().Out;
        Assert.Equal(sample, Cli.Run("sample", At("m.json"), "-n", "30", "--component").Ok().Out);
        Assert.Equal(["n", "component"], Lines(sample)[0]);
        Assert.Contains("Initial and transition probabilities", Cli.Run("show", At("m.json")).Ok().Out);
        Assert.Contains("emission", Cli.Run("fit", "hmm", data, "-k", "2", "--start", At("m.json")).Refused(ExitCode.Usage));
        JsonElement further = Cli.Run("fit", "hmm", data, "--emission", emission, "-k", "2", "--start", At("m.json"), "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), further.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Assert.Single(further.GetProperty("starts").EnumerateArray());
    }

    [Fact]
    public void States_that_are_mixtures_are_fitted_saved_and_read_back()
    {
        string data = Write("bumps.csv", "x\n" + string.Concat(Enumerable.Range(0, 200).Select(step =>
            string.Create(CultureInfo.InvariantCulture, $"{(step / 25 % 2 == 0 ? step % 2 * 6 : 3 + step % 2 * 6) + step * 7 % 11 * 0.1:R}\n"))));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--emission", "gmm", "--parts", "2", "-k", "2", "--covariance", "diag", "--starts", "6", "--json", "-o", At("m.json")).Ok().Json;
        JsonElement states = fit.GetProperty("parameters").GetProperty("states");
        Assert.Equal(2, states.GetArrayLength());
        Assert.Equal(2, states[0].GetProperty("means").GetArrayLength());
        Assert.Equal(1 + 2 + 2 * 5, fit.GetProperty("freeParameters").GetInt32());
        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Contains("state 2, part", Cli.Run("show", At("m.json")).Ok().Out);
        Assert.Single(Cli.Run("fit", "hmm", data, "--emission", "gmm", "--covariance", "diag", "--start", At("m.json"), "--json").Ok().Json.GetProperty("starts").EnumerateArray());
        Assert.Contains("tied", Cli.Run("fit", "hmm", data, "--emission", "gmm", "-k", "2", "--covariance", "tied").Refused(ExitCode.Usage));
        Assert.Contains("--parts", Cli.Run("fit", "hmm", data, "-k", "2", "--parts", "3").Refused(ExitCode.Usage));
    }

    [Theory]
    [InlineData("VEE")]
    [InlineData("EVI")]
    [InlineData("full")]
    public void Any_covariance_structure_takes_missing_cells_and_comes_back_from_its_file(string covariance)
    {
        string data = Write("cells.csv", "x,y\n" + string.Concat(Enumerable.Range(0, 150).Select(step =>
        {
            double x = step / 25 % 2 * 4 + step * 7 % 11 * 0.3;
            double y = x * 0.5 + step * 5 % 13 * 0.2;
            return step % 9 == 4 ? string.Create(CultureInfo.InvariantCulture, $",{y:R}\n") : string.Create(CultureInfo.InvariantCulture, $"{x:R},{(step % 17 == 3 ? "" : y.ToString("R", CultureInfo.InvariantCulture))}\n");
        })));
        JsonElement fit = Cli.Run("fit", "hmm", data, "-k", "2", "--covariance", covariance, "--starts", "4", "--json", "-o", At("m.json")).Ok().Json;
        Assert.Equal(covariance, fit.GetProperty("covariance").GetString());
        JsonElement score = Cli.Run("score", At("m.json"), data, "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.Equal(150, Lines(Cli.Run("predict", At("m.json"), data).Ok().Out)[1..].Length);
        JsonElement further = Cli.Run("fit", "hmm", data, "-k", "2", "--covariance", covariance, "--start", At("m.json"), "--json").Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), further.GetProperty("logLikelihood").GetDouble(), 1e-4);
    }

    [Fact]
    public void Standard_errors_of_one_sequence_are_those_of_the_information_or_of_refits()
    {
        string data = Write("counts.csv", "n\n" + string.Concat(Enumerable.Range(0, 160).Select(step => $"{(step / 20 % 2 == 0 ? step * 7 % 5 : 4 + step * 5 % 7)}\n")));
        string[] fit = ["fit", "hmm", data, "--emission", "poisson", "-k", "2", "--starts", "4", "--standard-errors"];
        JsonElement errors = Cli.Run([.. fit, "information", "--json"]).Ok().Json.GetProperty("standardErrors");
        string[] names = [.. errors.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()!)];
        Assert.Equal(["initial[1]", "initial[2]", "transition[1, 1]", "transition[1, 2]", "transition[2, 1]", "transition[2, 2]", "rate[1, n]", "rate[2, n]"], names);
        double rate = errors.GetProperty("parameters")[6].GetProperty("standardError").GetDouble();
        Assert.InRange(rate, 0.1, 0.5);
        Assert.Contains("not knowing the steps' states", Cli.Run([.. fit, "information"]).Ok().Out);
        Assert.Contains("more sequences than", Cli.Run([.. fit, "sandwich"]).Refused(ExitCode.Usage));
        string refits = Cli.Run([.. fit, "bootstrap"]).Ok().Out;
        Assert.Contains("parametric bootstrap, 999 replicates", refits);
    }

    [Fact]
    public void Residuals_come_by_row_and_as_segments_where_values_are_counts()
    {
        string data = Write("counts.csv", "id,n\n" + string.Concat(Enumerable.Range(0, 120).Select(step => $"{step % 2},{(step == 60 ? "" : (step / 20 % 2 == 0 ? step * 7 % 5 : 4 + step * 5 % 7).ToString(CultureInfo.InvariantCulture))}\n")));
        Cli.Run("fit", "hmm", data, "--sequence", "id", "--emission", "poisson", "-k", "2", "--starts", "4", "-o", At("m.json")).Ok();
        string[][] lines = Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id", "--residuals", "forecast").Ok().Out);
        Assert.Equal(["lower n", "residual n", "upper n"], lines[0]);
        Assert.Equal(121, lines.Length);
        Assert.Equal("", lines[61][1]);
        double[][] values = [.. lines[1..].Where(line => line[1].Length > 0).Select(line => (double[])[.. line.Select(cell => double.Parse(cell, CultureInfo.InvariantCulture))])];
        Assert.Equal(119, values.Length);
        Assert.All(values, ends => Assert.True(ends[0] < ends[1] && ends[1] < ends[2], string.Join(" ", ends)));
        string normal = Write("numbers.csv", Steps(["a", "b"], 40, interleaved: true));
        Cli.Run("fit", "hmm", normal, "--sequence", "id", "-k", "2", "--starts", "3", "-o", At("g.json")).Ok();
        Assert.Equal(["residual x"], Lines(Cli.Run("predict", At("g.json"), normal, "--sequence", "id", "--residuals", "ordinary").Ok().Out)[0]);
        Cli.Run("fit", "kmeans", normal, "--drop", "id", "-k", "2", "-o", At("k.json")).Ok();
        Assert.Contains("hidden Markov", Cli.Run("predict", At("k.json"), normal, "--residuals", "ordinary").Refused(ExitCode.Usage));
    }

    [Theory]
    [InlineData("left-right:2", "111000|011100|001110|000111|000011|000001")]
    [InlineData("banded:2", "111000|111100|111110|011111|001111|000111")]
    [InlineData("cyclic", "110000|011000|001100|000110|000011|100001")]
    public void Transitions_keep_to_the_mask_that_was_asked_for(string transitions, string allowed)
    {
        string data = Write("steps.csv", "x\n" + string.Concat(Enumerable.Range(0, 240).Select(step => string.Create(CultureInfo.InvariantCulture, $"{step / 10 % 6 * 3 + step * 7 % 11 * 0.1:R}\n"))));
        JsonElement parameters = Cli.Run("fit", "hmm", data, "-k", "6", "--transitions", transitions, "--starts", "2", "--max-iterations", "20", "--json").Ok().Json.GetProperty("parameters");
        double[][] rows = [.. parameters.GetProperty("transition").EnumerateArray().Select(row => (double[])[.. row.EnumerateArray().Select(value => value.GetDouble())])];
        string[] masks = allowed.Split('|');
        Assert.True(transitions != "left-right:2" || parameters.GetProperty("initial")[0].GetDouble() == 1, "Expected sequences that start in the first state.");
        for (int from = 0; from < 6; from++)
        {
            for (int to = 0; to < 6; to++)
            {
                Assert.True(masks[from][to] == '1' || rows[from][to] == 0, $"Expected no transition from {from + 1} to {to + 1}, found {rows[from][to]}.");
            }
        }
        Assert.Contains("banded:2", Cli.Run("fit", "hmm", data, "-k", "2", "--transitions", "banded:0").Refused(ExitCode.Usage));
        Cli.Run("fit", "hmm", data, "-k", "2", "--transitions", "cyclic:2").Refused(ExitCode.Usage);
    }

    [Fact]
    public void Viterbi_training_has_the_paths_for_its_objective_and_reports_the_likelihood()
    {
        string data = Write("steps.csv", Steps(["a", "b"], 60, interleaved: false));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--responsibilities", "hard", "--starts", "3", "--json", "-o", At("m.json")).Ok().Json;
        double score = Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(score, fit.GetProperty("logLikelihood").GetDouble(), 1e-8);
        Assert.True(fit.GetProperty("objective").GetDouble() < fit.GetProperty("logLikelihood").GetDouble());
    }

    [Fact]
    public void Spectral_starts_are_for_few_values_and_refused_for_others()
    {
        Random random = new(4);
        int state = 0;
        string data = Write("symbols.csv", "s\n" + string.Concat(Enumerable.Range(0, 5000).Select(_ =>
        {
            state = random.NextDouble() < 0.1 ? 1 - state : state;
            return $"{"abcd"[random.NextDouble() < 0.8 ? state * 2 + random.Next(2) : random.Next(4)]}\n";
        })));
        string[] fit = ["fit", "hmm", data, "--emission", "categorical", "-k", "2"];
        double spectral = Cli.Run([.. fit, "--init", "spectral", "--starts", "1", "--json"]).Ok().Json.GetProperty("logLikelihood").GetDouble();
        double race = Cli.Run([.. fit, "--json"]).Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(race, spectral, 1e-3);
        string numbers = Write("numbers.csv", "x\n" + string.Concat(Enumerable.Range(0, 100).Select(step => string.Create(CultureInfo.InvariantCulture, $"{step * 0.37 % 5:R}\n"))));
        CliResult refused = Cli.Run("fit", "hmm", numbers, "-k", "2", "--init", "spectral", "--starts", "1");
        Assert.NotEqual(0, refused.Code);
        Assert.Contains("64 different values", refused.Error);
    }

    /// <summary>What can be odd about sequences: each has a right answer, or an error that says what to do.</summary>
    [Fact]
    public void Odd_sequences_have_an_answer_or_a_named_error()
    {
        string symbols = Write("symbols.csv", "s\n" + string.Concat(Enumerable.Range(0, 200).Select(step => $"{"abc"[(step / 7 + step * step) % 3]}\n")));
        string numbers = Write("numbers.csv", "x\n" + string.Concat(Enumerable.Range(0, 200).Select(step => string.Create(CultureInfo.InvariantCulture, $"{step / 20 % 2 * 5 + step * 7 % 11 * 0.1:R}\n"))));
        Cli.Run("fit", "hmm", symbols, "--emission", "categorical", "-k", "2", "--starts", "2", "-o", At("s.json")).Ok();
        Cli.Run("fit", "hmm", numbers, "-k", "2", "--starts", "2", "-o", At("x.json")).Ok();

        string missing = Write("missing.csv", "x,k\n" + string.Concat(Enumerable.Repeat(",1\n", 30)));
        Assert.Equal(0, Cli.Run("score", At("x.json"), missing, "--columns", "x", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble());
        Assert.Contains("column 'x'", Cli.Run("fit", "hmm", missing, "--columns", "x", "-k", "2").Refused(ExitCode.Data));
        Assert.Contains("'d' in row 2", Cli.Run("score", At("s.json"), Write("new.csv", "s\na\nd\n")).Refused(ExitCode.Data));
        Assert.Contains("only a header", Cli.Run("predict", At("s.json"), Write("none.csv", "s\n")).Refused(ExitCode.Data));
        Assert.Equal(2, Lines(Cli.Run("predict", At("s.json"), Write("one.csv", "s\na\n")).Ok().Out).Length);
        Assert.Contains("distinct rows", Cli.Run("fit", "hmm", Write("single.csv", "x\n1.5\n"), "-k", "2").Refused(ExitCode.Usage));

        // Probabilities of 10⁻¹⁰⁰ at each of a thousand steps, a symbol that no state has, and a state that nothing leads to.
        string tiny = Edit(At("s.json"), "[1, 0]", "[[0, 1], [1, 0]]", "[[[1e-100, 1, 0]], [[1, 1e-100, 0]]]");
        string ab = Write("ab.csv", "s\n" + string.Concat(Enumerable.Range(0, 1000).Select(step => $"{"ab"[step % 2]}\n")));
        Assert.Equal(1000 * Math.Log(1e-100), Cli.Run("score", tiny, ab, "--json").Ok().Json.GetProperty("logLikelihood").GetDouble(), 1e-6);
        Assert.Equal(Enumerable.Range(0, 1000).Select(step => step % 2 == 0 ? "1" : "2"), Lines(Cli.Run("predict", tiny, ab).Ok().Out)[1..].Select(line => line[0]));
        string impossible = Write("c.csv", "s\na\nc\n");
        Assert.Contains("Expected sequences that are possible", Cli.Run("predict", tiny, impossible).Refused(ExitCode.Data));
        string never = Edit(At("s.json"), "[1, 0]", "[[1, 0], [0.5, 0.5]]", "[[[0.5, 0.2, 0.3]], [[0.1, 0.1, 0.8]]]");
        Assert.All(Lines(Cli.Run("predict", never, symbols).Ok().Out)[1..], line => Assert.Equal(("1", "0"), (line[0], line[2])));
        Assert.Contains("nothing leads to it", Cli.Run("fit", "hmm", symbols, "--emission", "categorical", "-k", "2", "--start", never).Ok().Error);
    }

    [Fact]
    public void Select_tries_numbers_of_states_and_keeps_the_best()
    {
        string data = Write("steps.csv", Steps(["a", "b", "c"], 60, interleaved: false));
        JsonElement selection = Cli.Run("select", "hmm", data, "--sequence", "id", "-k", "1..3", "--starts", "5", "--json", "-o", At("m.json")).Ok().Json;
        JsonElement[] cells = [.. selection.GetProperty("cells").EnumerateArray()];
        Assert.Equal([1, 2, 3], cells.Select(cell => cell.GetProperty("components").GetInt32()));
        JsonElement best = cells.Single(cell => cell.GetProperty("best").GetBoolean());
        Assert.Equal(2, best.GetProperty("components").GetInt32());
        Assert.Equal(cells.Min(cell => cell.GetProperty("bic").GetDouble()), selection.GetProperty("best").GetProperty("bic").GetDouble());
        Assert.Equal("2 states", Cli.Run("show", At("m.json")).Ok().Out.Split('\n')[0].Split(": ")[1].Trim());
        Assert.Contains("AIC by states", Cli.Run("select", "hmm", data, "--sequence", "id", "-k", "1,2", "--criterion", "aic", "--starts", "3").Ok().Out);
    }

    [Fact]
    public void Missing_steps_known_states_and_shapes_of_transitions_are_taken()
    {
        string data = Write("steps.csv", "x,state\n" + string.Concat(Enumerable.Range(0, 90).Select(step =>
            $"{(step % 9 == 4 ? "" : (step / 30 * 5 + step % 3 * 0.1).ToString(CultureInfo.InvariantCulture))},{(step % 10 == 0 ? step / 30 + 1 : "")}\n")));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--labels", "state", "-k", "3", "--transitions", "left-right", "--json").Ok().Json;
        double[][] transition = [.. fit.GetProperty("parameters").GetProperty("transition").EnumerateArray().Select(row => row.EnumerateArray().Select(value => value.GetDouble()).ToArray())];
        Assert.Equal([0.0, 0, 0, 0], new[] { transition[0][2], transition[1][0], transition[2][0], transition[2][1] });
        double[] means = [.. fit.GetProperty("parameters").GetProperty("means").EnumerateArray().Select(mean => mean[0].GetDouble())];
        Assert.Equal(means.Order(), means);
        JsonElement stationary = Cli.Run("fit", "hmm", data, "--drop", "state", "-k", "2", "--stationary", "--starts", "3", "--json").Ok().Json;
        Assert.Equal(2 + 4, stationary.GetProperty("freeParameters").GetInt32());
    }

    [Theory]
    [InlineData("poisson", "rate", null)]
    [InlineData("negative-binomial", "size", "40")]
    [InlineData("nonparametric", "probabilities", "12")]
    public void Durations_are_fitted_saved_and_read_back(string family, string field, string? longest)
    {
        string data = Write("steps.csv", Steps(["a", "b"], 80, interleaved: false));
        string[] durations = ["--durations", family, .. longest is null ? Array.Empty<string>() : ["--max-duration", longest]];
        JsonElement fit = Cli.Run(["fit", "hmm", data, "--sequence", "id", "-k", "2", "--starts", "3", "--json", "-o", At("m.json"), .. durations]).Ok().Json;
        JsonElement own = fit.GetProperty("parameters").GetProperty("durations");
        Assert.Equal(family, own.GetProperty("family").GetString());
        Assert.Equal(2, own.GetProperty(field).GetArrayLength());
        Assert.Equal(longest is null ? 80 : int.Parse(longest, CultureInfo.InvariantCulture), own.GetProperty("longest").GetInt32());
        Assert.Equal(1 + 4 + (family == "poisson" ? 2 : family == "nonparametric" ? 22 : 4), fit.GetProperty("freeParameters").GetInt32());
        Assert.Equal([0.0, 1, 1, 0], fit.GetProperty("parameters").GetProperty("transition").EnumerateArray().SelectMany(row => row.EnumerateArray()).Select(value => value.GetDouble()));
        double score = Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score, 1e-9);
        Assert.Equal(160, Lines(Cli.Run("predict", At("m.json"), data, "--sequence", "id").Ok().Out)[1..].Length);
        string shown = Cli.Run("show", At("m.json")).Ok().Out;
        Assert.Contains($"Durations, in steps: {family}", shown);
        Assert.Contains("semi-Markov", shown);
        Assert.Equal(30, Lines(Cli.Run("sample", At("m.json"), "-n", "30").Ok().Out)[1..].Length);
        JsonElement further = Cli.Run(["fit", "hmm", data, "--sequence", "id", "-k", "2", "--start", At("m.json"), "--json", .. durations]).Ok().Json;
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), further.GetProperty("logLikelihood").GetDouble(), 1e-5);
        Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--start", At("m.json")).Refused(ExitCode.Usage);
    }

    [Fact]
    public void States_that_share_an_emission_are_counted_once()
    {
        string data = Write("steps.csv", Steps(["a", "b"], 60, interleaved: false));
        JsonElement fit = Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "3", "--tied", "1,1,2", "--starts", "4", "--json", "-o", At("m.json")).Ok().Json;
        double[] means = [.. fit.GetProperty("parameters").GetProperty("means").EnumerateArray().Select(mean => mean[0].GetDouble())];
        Assert.Equal(means[0], means[1]);
        Assert.NotEqual(means[0], means[2]);
        Assert.Equal(2 + 6 + 4, fit.GetProperty("freeParameters").GetInt32());
        double score = Cli.Run("score", At("m.json"), data, "--sequence", "id", "--json").Ok().Json.GetProperty("logLikelihood").GetDouble();
        Assert.Equal(fit.GetProperty("logLikelihood").GetDouble(), score, 1e-9);
        Assert.Contains("--tied", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--tied", "a,b").Refused(ExitCode.Usage));
        Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--tied", "1,1,2").Refused(ExitCode.Usage);
    }

    [Fact]
    public void Durations_that_do_not_fit_are_refused_in_a_line()
    {
        string data = Write("steps.csv", Steps(["a"], 30, interleaved: false));
        Assert.Contains("--max-duration", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--durations", "nonparametric").Refused(ExitCode.Usage));
        Assert.Contains("--durations", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--max-duration", "5").Refused(ExitCode.Usage));
        Assert.Contains("--stationary", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--durations", "poisson", "--stationary").Refused(ExitCode.Usage));
        Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--starts", "2", "--durations", "poisson", "-o", At("m.json")).Ok();
        string damaged = File.ReadAllText(At("m.json")).Replace("\"rate\":[", "\"rate\":[-", StringComparison.Ordinal);
        Assert.Contains("durations", Cli.Run("show", Write("damaged.json", damaged)).Refused(ExitCode.Data));
    }

    [Fact]
    public void What_does_not_fit_is_refused_in_a_line()
    {
        string data = Write("steps.csv", Steps(["a"], 30, interleaved: false));
        Assert.Contains("-k", Cli.Run("fit", "hmm", data, "--sequence", "id").Refused(ExitCode.Usage));
        Assert.Contains("frobnicate", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--emission", "frobnicate").Refused(ExitCode.Usage));
        Assert.Contains("--covariance", Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--emission", "normal", "--covariance", "diag").Refused(ExitCode.Usage));
        Assert.Contains("'zzz'", Cli.Run("fit", "hmm", data, "--sequence", "zzz", "-k", "2").Refused(ExitCode.Data));
        Cli.Run("fit", "gmm", Data.Faithful, "-k", "2", "-o", At("g.json")).Ok();
        Assert.Contains("--sequence", Cli.Run("predict", At("g.json"), Data.Faithful, "--sequence", "waiting").Refused(ExitCode.Usage));
        Cli.Run("fit", "hmm", data, "--sequence", "id", "-k", "2", "--starts", "2", "-o", At("m.json")).Ok();
        string damaged = File.ReadAllText(At("m.json")).Replace("\"initial\":[", "\"initial\":[-", StringComparison.Ordinal);
        Assert.Contains("hidden Markov", Cli.Run("show", Write("damaged.json", damaged)).Refused(ExitCode.Data));
    }

    /// <summary>Sequences that stay in one of two states for a while: columns id, x.</summary>
    private static string Steps(string[] ids, int length, bool interleaved)
    {
        StringBuilder text = new("id,x\n");
        List<string>[] lines = [.. ids.Select((id, index) =>
        {
            RandomGenerator random = new(7, (ulong)index);
            int state = index % 2;
            List<string> own = [];
            for (int t = 0; t < length; t++)
            {
                state = random.NextDouble() < 0.1 ? 1 - state : state;
                own.Add(string.Create(CultureInfo.InvariantCulture, $"{id},{4 * state + random.NextGaussian():R}\n"));
            }
            return own;
        })];
        foreach (int row in Enumerable.Range(0, ids.Length * length))
        {
            text.Append(interleaved ? lines[row % ids.Length][row / ids.Length] : lines[row / length][row % length]);
        }
        return text.ToString();
    }

    private string Edit(string model, string initial, string transition, string probabilities)
    {
        JsonNode file = JsonNode.Parse(File.ReadAllText(model))!;
        file["parameters"]!["initial"] = JsonNode.Parse(initial);
        file["parameters"]!["transition"] = JsonNode.Parse(transition);
        file["parameters"]!["probabilities"] = JsonNode.Parse(probabilities);
        return Write($"edited{Guid.NewGuid():N}.json", file.ToJsonString());
    }

    private static string[][] Lines(string text) => [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(','))];
}
