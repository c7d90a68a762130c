using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Latent.Cli;
using Latent.Numerics;

namespace Latent.Mpi.Tests;

/// <summary>The command under mpirun: the same bits for any number of ranks, one voice, one end.</summary>
public sealed class FitOverMpiTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("latent-mpi-");

    public static TheoryData<string, string> Models()
    {
        TheoryData<string, string> models = [];
        foreach (string mpi in (string[])["openmpi", "mpich"])
        {
            models.Add(mpi, "gmm -k 3 --covariance full --starts 4");
            models.Add(mpi, "gmm -k 2 --covariance diag --accelerate none");
            models.Add(mpi, "kmeans -k 4");
            models.Add(mpi, "mvn");
            models.Add(mpi, "lca -k 2 --starts 3");
            models.Add(mpi, "hmm -k 2 --emission gaussian --sequence s --starts 3");
            models.Add(mpi, "lda -k 3 --algorithm online --batch-size 100 --held-out 0.1");
            models.Add(mpi, "mixreg -k 2 --starts 3 --formula a~b --concomitant ~c");
        }
        return models;
    }

    [MpiTheory]
    [MemberData(nameof(Models))]
    public async Task Any_number_of_ranks_saves_the_same_model(string mpi, string model)
    {
        string data = model.Split(' ')[0] switch { "lca" => Items(20_000), "hmm" => Steps(20_000), "lda" => Documents(2000), _ => Rows(20_000) };
        string alone = Saved(CommandLine.Run(["fit", .. Words(model, data, "alone.json")], Quiet()), "alone.json");
        foreach (int ranks in (int[])(mpi == "openmpi" ? [1, 3, 5] : [2, 4]))
        {
            Ended ended = await Launcher.Start(mpi, ranks, ["fit", .. Words(model, data, $"{ranks}.json"), "--mpi"]).End();
            Assert.Equal(alone, Saved(ended.Code, $"{ranks}.json", ended.Error));
        }
    }

    [MpiTheory]
    [InlineData("openmpi", "gmm -k 1,2,3 --covariance diag,full --starts 2 --max-iterations 30")]
    [InlineData("mpich", "lca -k 1,2 --starts 2 --max-iterations 30")]
    public async Task A_selection_over_ranks_prints_the_same_table(string mpi, string words)
    {
        string[] model = words.Split(' ');
        string data = model[0] == "lca" ? Items(3000) : Rows(3000);
        string[] select = ["select", model[0], data, .. model[1..], "--json"];
        using MemoryStream output = new();
        int code = CommandLine.Run(select, new Terminal { Out = TextWriter.Null, OutStream = output, Error = TextWriter.Null });
        Assert.Equal(0, code);
        Ended ended = await Launcher.Start(mpi, 3, [.. select, "--mpi"]).End();
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(Untimed(Encoding.UTF8.GetString(output.ToArray())), Untimed(ended.Out));
    }

    private static string Untimed(string json) => System.Text.RegularExpressions.Regex.Replace(json, "\"[a-zA-Z]*[sS]econds\":[^,}]*", "");

    [MpiTheory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task Only_one_rank_prints(string mpi)
    {
        Ended ended = await Launcher.Start(mpi, 3, "fit", "gmm", Launcher.Faithful, "-k", "2", "--json", "--mpi").End();
        Assert.Equal(0, ended.Code);
        Assert.Equal(-1130.2639601847, JsonDocument.Parse(ended.Out).RootElement.GetProperty("logLikelihood").GetDouble(), 6);
        Assert.DoesNotContain('\u001b', ended.Out);
    }

    [MpiTheory]
    [InlineData("openmpi", ExitCode.Data, "latent: none.csv: expected a file", "fit", "gmm", "none.csv", "-k", "2", "--mpi")]
    [InlineData("mpich", ExitCode.Data, "latent: none.csv: expected a file", "fit", "gmm", "none.csv", "-k", "2", "--mpi")]
    [InlineData("openmpi", ExitCode.Usage, "latent: Expected a whole number", "fit", "gmm", "none.csv", "-k", "two", "--mpi")]
    [InlineData("mpich", ExitCode.Usage, "latent: Expected a whole number", "fit", "gmm", "none.csv", "-k", "two", "--mpi")]
    public async Task A_failure_is_said_once_and_ends_the_job(string mpi, int code, string message, params string[] arguments)
    {
        Ended ended = await Launcher.Start(mpi, 3, arguments).End();
        Assert.Equal(code, ended.Code);
        Assert.Equal(2, (ended.Out + ended.Error).Split(message).Length);
    }

    /// <summary>Ranks are killed at random moments, and each time the job goes on with another number of them. LATENT_KILLS: how often, for a longer run.</summary>
    [MpiTheory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task A_killed_job_goes_on_with_another_number_of_ranks_and_ends_with_the_same_bits(string mpi)
    {
        int kills = int.TryParse(Environment.GetEnvironmentVariable("LATENT_KILLS"), out int asked) ? asked : 3;
        string data = Rows(9000);
        string[] words = ["fit", "gmm", data, "-k", "3", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "800", "--starts", "2"];
        string alone = Saved(CommandLine.Run([.. words, "-o", At("alone.json")], Quiet()), "alone.json");
        Random random = new(5);
        for (int round = 0; kills > 0; round++)
        {
            string checkpoint = At($"{round}.checkpoint");
            Ended ended;
            bool killed;
            do
            {
                int ranks = 1 + random.Next(4);
                using System.Diagnostics.Process job = Launcher.Start(
                    mpi, ranks, [.. words, "--checkpoint", checkpoint, "--checkpoint-interval", "0s", "--resume", "-o", At($"{round}.json"), "--mpi"]);
                Task<Ended> end = job.End();
                await Task.WhenAny(end, Task.Delay(random.Next(300, 1500)));
                killed = kills > 0 && !end.IsCompleted && await KillOne(checkpoint);
                kills -= killed ? 1 : 0;
                Assert.Same(end, await Task.WhenAny(end, Task.Delay(TimeSpan.FromMinutes(2))));
                ended = await end;
            }
            while (killed && ended.Code != 0);
            Assert.Equal(alone, Saved(ended.Code, $"{round}.json", ended.Error));
        }
    }

    [MpiTheory]
    [InlineData("openmpi")]
    [InlineData("mpich")]
    public async Task A_rank_that_is_killed_ends_the_job(string mpi)
    {
        string data = Rows(20_000);
        using System.Diagnostics.Process job = Launcher.Start(
            mpi, 2, "fit", "gmm", data, "-k", "5", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "100000000", "--starts", "1", "--mpi");
        Task<Ended> end = job.End();
        await Task.Delay(TimeSpan.FromSeconds(3));
        while (!end.IsCompleted && !await KillOne(data))
        {
            await Task.Delay(100);
        }
        Task first = await Task.WhenAny(end, Task.Delay(TimeSpan.FromMinutes(1)));
        Assert.Same(end, first);
        Assert.NotEqual(0, (await end).Code);
    }

    [Fact]
    public void Without_a_library_the_remedy_is_named()
    {
        const string name = "LATENT_MPI_LIBRARY";
        string? before = Environment.GetEnvironmentVariable(name);
        try
        {
            Environment.SetEnvironmentVariable(name, Path.Join(_folder.FullName, "none.so"));
            MpiException failure = Assert.Throws<MpiException>(MpiCommunicator.Start);
            Assert.Contains("none.so", failure.Message);
            Assert.Contains("Install Open MPI or MPICH", failure.Message);
        }
        finally
        {
            Environment.SetEnvironmentVariable(name, before);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    // One of the processes whose command names the file, the launcher apart.
    private static async Task<bool> KillOne(string file)
    {
        using System.Diagnostics.Process kill = System.Diagnostics.Process.Start("pkill", ["-KILL", "-f", "-n", $"^[^ ]*dotnet .*{file}"]);
        await kill.WaitForExitAsync();
        return kill.ExitCode == 0;
    }

    private string[] Words(string model, string data, string output)
    {
        string[] words = model.Split(' ');
        return [words[0], data, .. words[1..], "--max-iterations", "40", "-o", At(output)];
    }

    /// <summary>The saved model, all but the time it took.</summary>
    private string Saved(int code, string name, string error = "")
    {
        Assert.True(code == 0, error);
        JsonNode model = JsonNode.Parse(File.ReadAllText(At(name)))!;
        return model["parameters"]!.ToJsonString() + model["fit"]!["logLikelihood"]?.ToJsonString();
    }

    private string At(string name) => Path.Join(_folder.FullName, name);

    // Documents of three stretches of words.
    private string Documents(int documents)
    {
        RandomGenerator random = new(6);
        StringBuilder text = new();
        for (int document = 0; document < documents; document++)
        {
            int first = 20 * (document % 3);
            int[] terms = [.. Enumerable.Range(0, 20).Select(_ => random.NextInt64(4) == 0 ? (int)random.NextInt64(60) : first + (int)random.NextInt64(20)).Distinct()];
            text.Append(CultureInfo.InvariantCulture, $"{terms.Length} {string.Join(' ', terms.Select(term => $"{term}:1"))}\n");
        }
        string path = At("documents.ldac");
        File.WriteAllText(path, text.ToString());
        return path;
    }

    // Three clouds that overlap, in several chunks.
    private string Rows(int rows) => Table("rows.csv", "a,b,c", rows, (row, random) =>
        Enumerable.Range(0, 3).Select(_ => row % 3 * 1.5 + random.NextDouble() + random.NextDouble()));

    // Answers of two kinds of people.
    private string Items(int rows) => Table("items.csv", "p,q,r,s,t", rows, (row, random) =>
        Enumerable.Range(0, 5).Select(_ => random.NextDouble() < (row % 2 == 0 ? 0.2 : 0.7) ? 1.0 : 0.0));

    // Sequences of 50 steps that change their level once.
    private string Steps(int rows) => Table("steps.csv", "s,a,b", rows, (row, random) =>
        [row / 50, (row % 50 < 20 ? 0 : 2) + random.NextGaussian(), random.NextGaussian()]);

    private string Table(string name, string header, int rows, Func<int, RandomGenerator, IEnumerable<double>> values)
    {
        string path = At(name);
        RandomGenerator random = new(7);
        StringBuilder text = new(header + "\n");
        for (int row = 0; row < rows; row++)
        {
            text.AppendJoin(',', values(row, random).Select(value => value.ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        File.WriteAllText(path, text.ToString());
        return path;
    }

    private static Terminal Quiet() => new() { Out = TextWriter.Null, OutStream = Stream.Null, Error = TextWriter.Null };
}
