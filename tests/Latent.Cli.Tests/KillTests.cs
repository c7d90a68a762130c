using System.Diagnostics;
using System.Globalization;
using Latent.Numerics;
using Xunit.Abstractions;

namespace Latent.Cli.Tests;

/// <summary>
/// The command killed without warning (SIGKILL) at random moments, also while it writes, and resumed each time: what it ends with has the same bytes as what
/// an uninterrupted run writes. The environment variable LATENT_KILLS sets how often; the default is a few.
/// </summary>
public sealed class KillTests(ITestOutputHelper output) : TempFolder
{
    private const int MostLives = 60;

    private static readonly int _kills = int.TryParse(Environment.GetEnvironmentVariable("LATENT_KILLS"), CultureInfo.InvariantCulture, out int kills) ? kills : 12;

    [Fact]
    public async Task Killed_at_random_moments_it_ends_the_same()
    {
        string data = Write("data.csv", Overlapping(1500, 3));
        string documents = Write("documents.ldac", Documents(3000));
        string[][] commands =
        [
            ["fit", "lda", documents, "-k", "6", "--algorithm", "online", "--batch-size", "50", "--passes", "4", "--held-out", "100"],
            ["fit", "gmm", data, "-k", "5", "--starts", "8"],
            ["fit", "gmm", data, "-k", "4", "--starts", "6", "--accelerate", "none", "--covariance", "tied", "--max-iterations", "300"],
            ["fit", "kmeans", data, "-k", "12", "--starts", "40"],
            ["select", "gmm", data, "-k", "1..4", "--covariance", "diag,full", "--starts", "4"],
        ];
        RandomGenerator random = new(1, 77);
        int killed = 0;
        int whileWriting = 0;
        int ended = 0;
        Stopwatch clock = Stopwatch.StartNew();
        (double Least, double Most)[] lives = new (double, double)[commands.Length];
        string[] expected = new string[commands.Length];
        for (int i = 0; i < commands.Length; i++)
        {
            Stopwatch life = Stopwatch.StartNew();
            CliResult whole = await Start([.. commands[i], "-o", At($"whole{i}.json")]).End();
            Assert.True(whole.Code == ExitCode.Done, whole.Error);
            expected[i] = File.ReadAllText(At($"whole{i}.json"));
            // a process needs some time to begin; a moment before that shows little
            lives[i] = (50, Math.Max(500, 1.2 * life.Elapsed.TotalMilliseconds));
        }
        for (int chain = 0; killed < _kills; chain++)
        {
            int which = chain % commands.Length;
            string checkpoint = At($"{chain}.checkpoint");
            string model = At($"{chain}.json");
            for (int life = 0; ; life++)
            {
                Assert.True(life < MostLives, $"Expected to come to an end in {MostLives} lives: {string.Join(' ', commands[which])}");
                double wait = life == MostLives - 1 || killed >= _kills ? 60_000 : lives[which].Least + (lives[which].Most - lives[which].Least) * random.NextDouble();
                DateTime unfinished = File.GetLastWriteTimeUtc(checkpoint + ".latent-tmp");
                using Process process = Start([.. commands[which], "--checkpoint", checkpoint, "--checkpoint-interval", "0s", "--resume", "--threads", (1 + life % 2).ToString(CultureInfo.InvariantCulture), "-o", model]);
                Task<string> error = process.StandardError.ReadToEndAsync();
                Task<string> print = process.StandardOutput.ReadToEndAsync();
                using CancellationTokenSource moment = new(TimeSpan.FromMilliseconds(wait));
                try
                {
                    await process.WaitForExitAsync(moment.Token);
                }
                catch (OperationCanceledException)
                {
                    process.Kill();
                    await process.WaitForExitAsync();
                    killed++;
                    whileWriting += File.Exists(checkpoint + ".latent-tmp") && File.GetLastWriteTimeUtc(checkpoint + ".latent-tmp") != unfinished ? 1 : 0;
                    await print;
                    continue;
                }
                Assert.True(process.ExitCode == ExitCode.Done, $"{await error} {await print}");
                break;
            }
            Assert.Equal(expected[which], File.ReadAllText(model));
            ended++;
        }
        output.WriteLine($"{killed} kills, {whileWriting} of them while a checkpoint was written, {ended} fits ended with the same bytes, {clock.Elapsed.TotalSeconds:F0} s");
        Assert.True(killed >= _kills);
    }

    /// <summary>Interrupted, the command saves the best so far and says how to go on; resumed, it ends as if it had not been.</summary>
    [Fact]
    public async Task Ctrl_C_and_resume_is_uninterrupted()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string data = Write("data.csv", Overlapping(1500, 3));
        string[] command = ["fit", "gmm", data, "-k", "6", "--starts", "30", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "3000", "-o", At("m.json")];
        CliResult whole = Cli.Run(command).Ok();
        string expected = File.ReadAllText(At("m.json"));
        string checkpoint = At("fit.checkpoint");
        // On a busy machine the fit can end before the signal comes: then once more.
        CliResult cut = await Interrupted(command, checkpoint);
        for (int again = 0; again < 5 && cut.Code == ExitCode.Done; again++)
        {
            cut = await Interrupted(command, checkpoint);
        }
        Assert.Equal(ExitCode.Cancelled, cut.Code);
        Assert.Contains($"What was done is in {checkpoint}: go on with --resume.", cut.Error);
        Assert.Contains("Cancelled after", cut.Out);
        Assert.NotEqual(expected, File.ReadAllText(At("m.json")));
        CliResult resumed = Cli.Run([.. command, "--checkpoint", checkpoint, "--resume"]).Ok();
        Assert.Equal(expected, File.ReadAllText(At("m.json")));
        Assert.Equal(whole.Out.Split('\n').Length, resumed.Out.Split('\n').Length);
    }

    private static async Task<CliResult> Interrupted(string[] command, string checkpoint)
    {
        File.Delete(checkpoint);
        File.Delete(checkpoint + ".previous");
        Process process = Start([.. command, "--checkpoint", checkpoint, "--checkpoint-interval", "0s"]);
        while (!process.HasExited && !File.Exists(checkpoint + ".previous"))
        {
            await Task.Delay(10);
        }
        using Process kill = Process.Start("kill", ["-INT", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        return await process.End();
    }

    private static string Overlapping(int rows, int columns)
    {
        RandomGenerator random = new(5);
        System.Text.StringBuilder text = new("a,b,c\n");
        for (int row = 0; row < rows; row++)
        {
            double center = row % 5;
            text.AppendJoin(',', Enumerable.Range(0, columns).Select(column => (center * (column + 1) + 1.5 * random.NextGaussian()).ToString("R", CultureInfo.InvariantCulture))).Append('\n');
        }
        return text.ToString();
    }

    private static string Documents(int documents)
    {
        RandomGenerator random = new(6);
        System.Text.StringBuilder text = new();
        for (int document = 0; document < documents; document++)
        {
            int first = 40 * (document % 5);
            int[] terms = [.. Enumerable.Range(0, 30).Select(_ => random.NextInt64(4) == 0 ? (int)random.NextInt64(200) : first + (int)random.NextInt64(40)).Distinct()];
            text.Append(CultureInfo.InvariantCulture, $"{terms.Length} {string.Join(' ', terms.Select(term => $"{term}:1"))}\n");
        }
        return text.ToString();
    }

    private static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [Path.Join(AppContext.BaseDirectory, "Latent.Cli.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}
