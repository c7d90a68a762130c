using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>What <c>--checkpoint</c> and <c>--resume</c> do for a person: files, exit codes, sentences.</summary>
public sealed class CheckpointTests : TempFolder
{
    private static readonly string[] _fit = ["fit", "gmm", Data.Faithful, "-k", "3", "--starts", "4"];

    private string Checkpoint => At("fit.checkpoint");

    [Fact]
    public void A_finished_fit_is_not_done_again()
    {
        string first = Fitted("first.json");
        CliResult result = Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume", "--threads", "1", "-o", At("second.json")]).Ok();
        Assert.Equal($"latent: {Checkpoint} holds this fit at its end: nothing is computed again.", result.Error.Trim());
        Assert.Equal(first, File.ReadAllText(At("second.json")));
        Assert.Equal(first, Plain());
    }

    [Fact]
    public void Without_a_file_it_begins_anew_and_says_so()
    {
        CliResult result = Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume", "-o", At("m.json")]).Ok();
        Assert.Equal($"latent: {Checkpoint}: no checkpoint there yet; the fit begins anew.", result.Error.Trim());
        Assert.Equal(Plain(), File.ReadAllText(At("m.json")));
    }

    /// <summary>Out of time it says how to go on, and with more time it ends as if it had had it from the beginning.</summary>
    [Fact]
    public void Out_of_time_it_goes_on_with_more()
    {
        CliResult cut = Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--time-limit", "0s", "--json"]).Ok();
        Assert.Equal("TimeLimit", cut.Json.GetProperty("stopReason").GetString());
        Assert.Contains($"What was done is in {Checkpoint}: go on with --resume and more time.", cut.Error);
        CliResult whole = Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume", "--time-limit", "10m", "-o", At("m.json")]).Ok();
        Assert.Contains($"latent: Resumed from {Checkpoint}.", whole.Error);
        Assert.Equal(Plain(), File.ReadAllText(At("m.json")));
    }

    [Fact]
    public void Cancelled_before_anything_it_can_be_resumed()
    {
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Cli.Run(new CliConsole { Cancellation = cancelled.Token }, [.. _fit, "--checkpoint", Checkpoint]).Refused(ExitCode.Cancelled);
        Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume", "-o", At("m.json")]).Ok();
        Assert.Equal(Plain(), File.ReadAllText(At("m.json")));
    }

    /// <summary>The newest cut short: it is named, the one before serves, and the warning stands in the JSON.</summary>
    [Fact]
    public void A_damaged_file_is_named_and_the_one_before_serves()
    {
        string model = Fitted("first.json");
        byte[] content = File.ReadAllBytes(Checkpoint);
        File.WriteAllBytes(Checkpoint, content[..(content.Length / 2)]);
        CliResult result = Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume", "--json", "-o", At("m.json")]).Ok();
        string named = $"{Checkpoint}: expected a checkpoint, found only {content.Length / 2} of its {content.Length} bytes. The one before it serves.";
        Assert.Contains(named, result.Error);
        Assert.Contains(named, result.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetString()));
        Assert.Equal(model, File.ReadAllText(At("m.json")));

        File.WriteAllBytes(Checkpoint, content[..30]);
        File.Delete(Checkpoint + ".previous");
        Assert.Contains("only 30 of its", Cli.Run([.. _fit, "--checkpoint", Checkpoint, "--resume"]).Refused(ExitCode.Data));
    }

    [Theory]
    [InlineData(ExitCode.Usage, "Components 2, found one of Components 3", "fit", "gmm", "FAITHFUL", "-k", "2", "--starts", "4")]
    [InlineData(ExitCode.Usage, "KMeansModel, found one of MixtureModel<Gaussian>", "fit", "kmeans", "FAITHFUL", "-k", "3")]
    [InlineData(ExitCode.Usage, "Covariance Tied, found Covariance Full", "fit", "gmm", "FAITHFUL", "-k", "3", "--starts", "4", "--covariance", "tied")]
    [InlineData(ExitCode.Usage, "Seed 2, found Seed 1", "fit", "gmm", "FAITHFUL", "-k", "3", "--starts", "4", "--seed", "2")]
    [InlineData(ExitCode.Usage, "selection among Gaussian mixtures", "select", "gmm", "FAITHFUL", "-k", "2,3")]
    [InlineData(ExitCode.Data, "made from these data", "fit", "gmm", "OTHER", "-k", "3", "--starts", "4")]
    public void Another_fit_is_refused_by_name(int code, string message, params string[] arguments)
    {
        Fitted("first.json");
        string other = Write("other.csv", File.ReadAllText(Data.Faithful).Replace("3.6,", "3.7,", StringComparison.Ordinal));
        string[] command = [.. arguments.Select(word => word == "FAITHFUL" ? Data.Faithful : word == "OTHER" ? other : word), "--checkpoint", Checkpoint, "--resume"];
        // tied components are of another type, and that is said first
        string line = Cli.Run(command).Refused(code);
        Assert.Contains(arguments.Contains("tied") ? "MixtureModel<TiedGaussian>" : message, line);
        Assert.Contains(Checkpoint, line);
    }

    [Fact]
    public void Places_that_cannot_be_written_end_the_fit_before_its_start()
    {
        Assert.Contains("Make '", Cli.Run([.. _fit, "--checkpoint", At("nowhere/fit.checkpoint")]).Refused(ExitCode.Usage));
        Assert.Contains("found the directory", Cli.Run([.. _fit, "--checkpoint", At(".")]).Refused(ExitCode.Usage));
        if (File.Exists("/dev/full"))
        {
            Assert.Contains("No space left", Cli.Run([.. _fit, "--checkpoint", "/dev/full"]).Refused(ExitCode.Failure));
        }
        string data = Write("data.csv", File.ReadAllText(Data.Faithful));
        Assert.Contains("which would be lost", Cli.Run("fit", "gmm", data, "-k", "2", "--checkpoint", data).Refused(ExitCode.Data));
        Assert.Equal(File.ReadAllText(Data.Faithful), File.ReadAllText(data));
    }

    /// <summary>Every model that takes steps: cut at several times, resumed each time, and resumed once more when it is done.</summary>
    [Theory]
    [InlineData("fit", "gmm", "FAITHFUL", "-k", "4", "--starts", "6", "--covariance", "VEI")]
    [InlineData("fit", "gmm", "FAITHFUL", "-k", "2", "--algorithm", "online", "--batch-size", "64")]
    [InlineData("fit", "kmeans", "FAITHFUL", "-k", "5")]
    [InlineData("fit", "mixreg", "FAITHFUL", "-k", "2", "--formula", "waiting ~ eruptions", "--starts", "5")]
    [InlineData("fit", "mixreg", "FAITHFUL", "-k", "2", "--formula", "waiting ~ eruptions", "--concomitant", "~ eruptions", "--starts", "5")]
    [InlineData("fit", "mvn", "AIR")]
    public void Every_model_goes_on_where_it_was_cut(params string[] arguments)
    {
        string[] command = [.. arguments.Select(word => word == "FAITHFUL" ? Data.Faithful : word == "AIR" ? Path.Join(Data.Repository, "samples", "airquality.csv") : word)];
        Cli.Run([.. command, "-o", At("whole.json")]).Ok();
        string expected = File.ReadAllText(At("whole.json"));
        foreach (int milliseconds in (int[])[0, 10, 40, 100])
        {
            string checkpoint = At($"{milliseconds}.checkpoint");
            Cli.Run([.. command, "--checkpoint", checkpoint, "--checkpoint-interval", "0s", "--time-limit", $"{milliseconds}ms", "-o", At("cut.json")]).Ok();
            Cli.Run([.. command, "--checkpoint", checkpoint, "--resume", "-o", At("resumed.json")]).Ok();
            Assert.Equal(expected, File.ReadAllText(At("resumed.json")));
            CliResult again = Cli.Run([.. command, "--checkpoint", checkpoint, "--resume", "-o", At("again.json")]).Ok();
            Assert.Equal(expected, File.ReadAllText(At("again.json")));
            Assert.DoesNotContain("not needed", again.Error);
        }
    }

    [Fact]
    public void Resuming_needs_a_file() => Assert.Contains("Expected --checkpoint FILE with --resume, found none.", Cli.Run([.. _fit, "--resume"]).Refused(ExitCode.Usage));

    [Fact]
    public void Kmeans_and_selections_have_checkpoints_too()
    {
        string[] clusters = ["fit", "kmeans", Data.Faithful, "-k", "3", "--checkpoint", Checkpoint];
        Cli.Run([.. clusters, "-o", At("1.json")]).Ok();
        Cli.Run([.. clusters, "--resume", "-o", At("2.json")]).Ok();
        Assert.Equal(File.ReadAllText(At("1.json")), File.ReadAllText(At("2.json")));

        string[] select = ["select", "gmm", Data.Faithful, "-k", "1..3", "--covariance", "diag,tied", "--starts", "3", "--checkpoint", At("select.checkpoint"), "--json"];
        JsonElement first = Cli.Run(select).Ok().Json;
        CliResult again = Cli.Run([.. select, "--resume"]).Ok();
        Assert.Contains("nothing is computed again", again.Error);
        Assert.Equal(Table(first), Table(again.Json));
    }

    /// <summary>A cell's time goes with it, so that all of its line is the same.</summary>
    private static string Table(JsonElement selection) => string.Join('\n', selection.GetProperty("cells").EnumerateArray().Select(cell => cell.GetRawText()));

    private string Fitted(string model)
    {
        Assert.Empty(Cli.Run([.. _fit, "--checkpoint", Checkpoint, "-o", At(model)]).Ok().Error);
        return File.ReadAllText(At(model));
    }

    private string Plain()
    {
        Cli.Run([.. _fit, "-o", At("plain.json")]).Ok();
        return File.ReadAllText(At("plain.json"));
    }
}
