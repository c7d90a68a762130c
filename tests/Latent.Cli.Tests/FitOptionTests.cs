using System.Globalization;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>The options of <c>fit</c>, each by what it changes.</summary>
public sealed class FitOptionTests : TempFolder
{
    private string Groups => Write("groups.csv", Data.Groups(120, 2, groups: 3));

    private static JsonElement Json(params string[] arguments) => Cli.Run(["fit", .. arguments, "--json"]).Ok().Json;

    [Fact]
    public void The_seed_decides_everything()
    {
        string data = Groups;
        Assert.Equal(Parameters("7"), Parameters("7"));
        Assert.Equal(7UL, Json("gmm", data, "-k", "3", "--seed", "7").GetProperty("seed").GetUInt64());

        string Parameters(string seed) => Json("gmm", data, "-k", "3", "--seed", seed).GetProperty("parameters").GetRawText();
    }

    [Fact]
    public void Threads_do_not_change_a_bit()
    {
        string data = Write("long.csv", Data.Groups(9000, 2, groups: 3));
        string one = Json("gmm", data, "-k", "3", "--threads", "1", "--starts", "2").GetProperty("parameters").GetRawText();
        Assert.Equal(one, Json("gmm", data, "-k", "3", "--threads", "3", "--starts", "2").GetProperty("parameters").GetRawText());
    }

    [Fact]
    public void Zero_tolerance_runs_every_iteration()
    {
        JsonElement fit = Json("gmm", Data.Faithful, "-k", "2", "--starts", "1", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "5");
        Assert.Equal(5, fit.GetProperty("iterations").GetInt32());
        Assert.Equal(6, fit.GetProperty("trace").GetArrayLength());
        Assert.Equal("IterationLimit", fit.GetProperty("stopReason").GetString());
        Assert.False(fit.GetProperty("converged").GetBoolean());
    }

    [Fact]
    public void Accelerated_and_plain_fits_reach_the_same_solution()
    {
        string start = Write("start.csv", "velocity\n9700\n20000\n33000\n");
        JsonElement plain = Fit("none");
        JsonElement squarem = Fit("squarem");
        JsonElement anderson = Fit("anderson");
        Assert.Equal(LogLikelihood(plain), LogLikelihood(squarem), 1e-5);
        Assert.Equal(LogLikelihood(plain), LogLikelihood(anderson), 1e-5);
        Assert.True(Evaluations(squarem) < Evaluations(plain));
        Assert.NotEqual(Evaluations(plain), Evaluations(anderson));

        JsonElement Fit(string name) => Json("gmm", Path.Join(Data.Repository, "samples", "galaxies.csv"), "--start", start, "--accelerate", name);
        static double LogLikelihood(JsonElement fit) => fit.GetProperty("logLikelihood").GetDouble();
        static int Evaluations(JsonElement fit) => fit.GetProperty("evaluations").GetInt32();
    }

    [Fact]
    public void Not_converging_is_three_only_when_convergence_is_required()
    {
        string[] arguments = ["fit", "gmm", Data.Faithful, "-k", "3", "--max-iterations", "1", "--starts", "1"];
        CliResult stopped = Cli.Run(arguments).Ok();
        Assert.Contains("Not converged", stopped.Out);
        Assert.Contains("--max-iterations", stopped.Error);
        CliResult required = Cli.Run([.. arguments, "--require-convergence"]);
        Assert.Equal(ExitCode.NotConverged, required.Code);
        Assert.Equal(stopped.Out.Split('\n')[0], required.Out.Split('\n')[0]);
    }

    [Fact]
    public void A_time_limit_of_nothing_gives_the_best_so_far()
    {
        JsonElement fit = Json("gmm", Data.Faithful, "-k", "2", "--starts", "1", "--time-limit", "0s");
        Assert.Equal("TimeLimit", fit.GetProperty("stopReason").GetString());
        Assert.True(double.IsFinite(fit.GetProperty("logLikelihood").GetDouble()));
    }

    [Theory]
    [InlineData("90s", 90)]
    [InlineData("5m", 300)]
    [InlineData("1.5h", 5400)]
    [InlineData("250ms", 0.25)]
    [InlineData("7", 7)]
    public void Times_have_units(string text, double seconds)
    {
        Assert.True(Commands.Parse.TryDuration(text, out TimeSpan time));
        Assert.Equal(seconds, time.TotalSeconds, 1e-9);
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-5s")]
    [InlineData("5d")]
    [InlineData("1e9h")]
    public void Other_times_are_refused(string text) => Assert.False(Commands.Parse.TryDuration(text, out _));

    [Fact]
    public void The_trace_is_written_as_csv()
    {
        JsonElement fit = Json("gmm", Data.Faithful, "-k", "2", "--trace", At("trace.csv"));
        string[] lines = File.ReadAllLines(At("trace.csv"));
        Assert.Equal("iteration,objective", lines[0]);
        double[] trace = [.. fit.GetProperty("trace").EnumerateArray().Select(value => value.GetDouble())];
        Assert.Equal(trace, lines[1..].Select(line => double.Parse(line.Split(',')[1], CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void A_weight_is_as_many_rows()
    {
        string twice = Write("twice.csv", "a\n1\n1\n2\n5\n9\n9\n10\n4\n");
        string weighted = Write("weighted.csv", "a,n\n1,2\n2,1\n5,1\n9,2\n10,1\n4,1\n3,0\n");
        string start = Write("start.csv", "a\n2\n8\n");
        double expected = Json("gmm", twice, "--start", start).GetProperty("logLikelihood").GetDouble();
        Assert.Equal(expected, Json("gmm", weighted, "--weights", "n", "--start", start).GetProperty("logLikelihood").GetDouble(), 1e-9);
    }

    [Fact]
    public void A_start_from_labels_takes_the_partition_and_is_no_data()
    {
        string[] lines = File.ReadAllLines(Data.Faithful);
        string data = Write("labelled.csv", string.Join('\n', lines.Select((line, row) => row == 0 ? line + ",group" : $"{line},{(double.Parse(line.Split(',')[0], CultureInfo.InvariantCulture) > 3 ? "long" : "short")}")) + "\n");
        JsonElement fit = Json("gmm", data, "--start-labels", "group", "--max-iterations", "0");
        Assert.Equal(["eruptions", "waiting"], fit.GetProperty("columns").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal(2, fit.GetProperty("components").GetInt32());
        Assert.True(fit.GetProperty("parameters").GetProperty("weights")[0].GetDouble() > 0.5);
        Assert.Equal(1, fit.GetProperty("starts").GetArrayLength());
    }

    [Fact]
    public void Starting_means_may_have_a_header_or_not_and_keep_their_order()
    {
        string with = Write("with.csv", "waiting,eruptions\n54,2\n80,4.3\n");
        string without = Write("without.csv", "2,54\n4.3,80\n");
        string[] fits = [.. new[] { with, without }.Select(start => Json("gmm", Data.Faithful, "--start", start).GetProperty("parameters").GetRawText())];
        Assert.Equal(fits[0], fits[1]);
        Assert.Contains("start of 3", Cli.Run("fit", "gmm", Data.Faithful, "-k", "3", "--start", with).Refused(ExitCode.Usage));
        Assert.Contains("values each", Cli.Run("fit", "gmm", Data.Faithful, "--start", Write("one.csv", "a\n1\n2\n")).Refused(ExitCode.Data));
        Assert.Contains("both", Cli.Run("fit", "gmm", Data.Faithful, "--start", with, "--start-labels", "waiting", "--columns", "eruptions").Refused(ExitCode.Usage));
    }

    [Fact]
    public void A_start_of_another_kind_is_refused()
    {
        Cli.Run("fit", "kmeans", Data.Faithful, "-k", "2", "-o", At("k.json")).Ok();
        Assert.Contains("kmeans", Cli.Run("fit", "gmm", Data.Faithful, "--start", At("k.json")).Refused(ExitCode.Usage));
    }

    [Fact]
    public void Lloyd_from_given_centers_is_the_published_trace()
    {
        // Iris from its rows 0, 50 and 100: 182.48, 82.5913, 78.9427, 78.8514.
        string iris = Path.Join(Data.Repository, "samples", "iris.csv");
        string[] rows = File.ReadAllLines(iris);
        string start = Write("start.csv", string.Join('\n', new[] { rows[0], rows[1], rows[51], rows[101] }.Select(line => line[..line.LastIndexOf(',')])) + "\n");
        JsonElement fit = Json("kmeans", iris, "--drop", "species", "--start", start);
        double[] trace = [.. fit.GetProperty("trace").EnumerateArray().Select(value => -value.GetDouble())];
        Assert.Equal(182.48, trace[0], 1e-9);
        Assert.Equal(82.59131767883696, trace[1], 1e-9);
        Assert.Equal(78.94269779286927, trace[2], 1e-9);
        Assert.Equal(78.85144142614601, fit.GetProperty("inertia").GetDouble(), 1e-9);
    }

    [Fact]
    public void Standard_input_is_csv()
    {
        CliConsole piped = new() { Input = File.ReadAllText(Data.Faithful) };
        Assert.Equal(
            Json("gmm", Data.Faithful, "-k", "2").GetProperty("parameters").GetRawText(),
            Cli.Run(piped, "fit", "gmm", "-", "-k", "2", "--json").Ok().Json.GetProperty("parameters").GetRawText());
        Assert.Contains("standard input", Cli.Run(new CliConsole(), "fit", "gmm", "-", "-k", "2").Refused(ExitCode.Data));
    }

    [Fact]
    public void Several_files_are_one_table()
    {
        string[] lines = File.ReadAllLines(Data.Faithful);
        Write("part1.csv", string.Join('\n', lines[..100]) + "\n");
        Write("part2.csv", string.Join('\n', [lines[0], .. lines[100..]]) + "\n");
        string whole = Json("gmm", Data.Faithful, "-k", "2").GetProperty("parameters").GetRawText();
        Assert.Equal(whole, Json("gmm", At("part1.csv"), At("part2.csv"), "-k", "2").GetProperty("parameters").GetRawText());
        Assert.Equal(whole, Json("gmm", At("part*.csv"), "-k", "2").GetProperty("parameters").GetRawText());
    }

    [Fact]
    public async Task Cancelling_prints_and_saves_the_best_so_far()
    {
        using CancellationTokenSource cancelled = new();
        string data = Write("long.csv", Data.Groups(60_000, 4, groups: 6));
        Task<CliResult> run = Cli.Begin(
            new CliConsole { Cancellation = cancelled.Token }, "fit", "gmm", data, "-k", "9", "--tolerance", "0", "--max-iterations", "1000000", "--starts", "1", "-o", At("m.json"), "--json");
        cancelled.CancelAfter(TimeSpan.FromSeconds(1.5));
        CliResult result = await run;
        Assert.Equal(ExitCode.Cancelled, result.Code);
        if (result.Out.Length > 0)
        {
            Assert.Equal("Cancelled", result.Json.GetProperty("stopReason").GetString());
            Cli.Run("show", At("m.json")).Ok();
        }
    }
}
