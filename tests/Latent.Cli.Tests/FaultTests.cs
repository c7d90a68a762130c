using System.Diagnostics;
using Latent.IO;

namespace Latent.Cli.Tests;

/// <summary>What can go wrong below a fit of data larger than memory: each is named in one line, and nothing that was there is lost.</summary>
public sealed class FaultTests : TempFolder
{
    private static readonly string _command = Path.Join(AppContext.BaseDirectory, "Latent.Cli.dll");

    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    public async Task A_file_that_changes_between_passes_is_named_and_the_fit_goes_on_with_what_it_was(string what)
    {
        string data = Array("x.npy", 20_000);
        using (Microsoft.Win32.SafeHandles.SafeFileHandle file = File.OpenHandle(data))
        {
            // Without a lease a file that is cut ends the process.
            if (what == "cut" && !FileLease.TryTake(file))
            {
                return;
            }
        }
        byte[] before = File.ReadAllBytes(data);
        string model = Write("m.json", "what was there");
        string[] fit = ["fit", "gmm", data, "-k", "4", "--starts", "1", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "1000000", "--threads", "1", "-o", model];
        string[] saved = [.. fit, "--checkpoint", At("c"), "--checkpoint-interval", "0s"];
        Task<CliResult> running = Cli.Begin(saved);
        Assert.True(running.Until(() => File.Exists(At("c.previous"))), running.IsCompleted ? (await running).Error : "");
        using (FileStream stream = new(data, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite))
        {
            if (what == "cut")
            {
                stream.SetLength(5000);
            }
            else
            {
                stream.Position = 1000;
                stream.WriteByte(1);
            }
        }
        File.SetLastWriteTimeUtc(data, DateTime.UtcNow.AddMinutes(1));

        string line = (await running.WaitAsync(TimeSpan.FromMinutes(2))).Refused(ExitCode.Data);

        Assert.Contains($"{data}: expected the file to stay as it was", line);
        Assert.Equal("what was there", File.ReadAllText(model));
        File.WriteAllBytes(data, before);
        using CancellationTokenSource soon = new();
        DateTime written = File.GetLastWriteTimeUtc(At("c"));
        running = Cli.Begin(new CliConsole { Cancellation = soon.Token }, [.. saved, "--resume"]);
        Assert.True(running.Until(() => File.GetLastWriteTimeUtc(At("c")) > written), running.IsCompleted ? (await running).Error : "");
        await soon.CancelAsync();
        CliResult resumed = await running.WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(ExitCode.Cancelled, resumed.Code);
        Assert.Contains("Resumed from", resumed.Error);
    }

    [Fact]
    public async Task A_file_that_vanishes_is_read_on_and_missed_by_the_next_fit()
    {
        string data = Array("x.npy", 20_000);
        byte[] before = File.ReadAllBytes(data);
        string[] fit = ["fit", "gmm", data, "-k", "4", "--starts", "1", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "100", "--threads", "1", "--json"];
        string whole = Cli.Run(fit).Ok().Json.GetProperty("parameters").GetRawText();
        Task<CliResult> running;
        // On a busy machine the fit can end before the file goes: then once more.
        int turn = 0;
        bool during;
        do
        {
            File.Delete(At("c.previous"));
            File.WriteAllBytes(data, before);
            running = Cli.Begin([.. fit, "--checkpoint", At("c"), "--checkpoint-interval", "0s"]);
            during = running.Until(() => File.Exists(At("c.previous")));
            File.Delete(data);
        }
        while (!during && ++turn < 10);
        Assert.True(during, "Expected a checkpoint before the fit ends.");
        Assert.Equal(whole, (await running.WaitAsync(TimeSpan.FromMinutes(2))).Ok().Json.GetProperty("parameters").GetRawText());
        Assert.Contains($"{data}: expected a file", Cli.Run(fit).Refused(ExitCode.Data));
    }

    [Fact]
    public void A_short_read_is_named()
    {
        string data = Array("x.npy", 1000);
        File.WriteAllBytes(data, File.ReadAllBytes(data)[..^100]);
        string line = Cli.Run("fit", "gmm", data, "-k", "2").Refused(ExitCode.Data);
        Assert.Contains(data, line);
        Assert.Contains("bytes", line);

        using MemoryStream packed = new();
        using (System.IO.Compression.GZipStream gzip = new(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(System.Text.Encoding.ASCII.GetBytes(Data.Groups(5000, 2)));
        }
        File.WriteAllBytes(At("x.csv.gz"), packed.ToArray()[..^1000]);
        Assert.Contains(At("x.csv.gz"), Cli.Run("fit", "gmm", At("x.csv.gz"), "-k", "2").Refused(ExitCode.Data));
    }

    /// <summary>A disk of its own that is too small: below the temporary file, and below the data and their cache.</summary>
    [SmallDiskTheory]
    [InlineData("tmp/latent-", 300, "--memory", "1kB")]
    [InlineData("disk/x.csv.latent-cache", 1900, "--memory", "1kB", "--cache")]
    public async Task A_full_disk_is_named_and_leaves_nothing(string file, int room, params string[] options)
    {
        string data = Write("x.csv", Data.Groups(40_000, 2));
        string disk = Directory.CreateDirectory(At(file.Split('/')[0])).FullName;
        string text = file.StartsWith("disk", StringComparison.Ordinal) ? Path.Join(disk, "x.csv") : data;
        // The disk goes with the shell that made it; what is left on it is counted before.
        const string script = "mount -t tmpfs -o size=\"$1\"k tmpfs \"$2\" && { [ \"$3\" = \"$4\" ] || cp \"$3\" \"$4\"; } && shift 4 && { \"$@\"; code=$?; ls -A \"$DISK\" | wc -l >&2; exit $code; }";
        ProcessStartInfo start = new("unshare", ["-rm", "bash", "-c", script, "bash", $"{room}", disk, data, text, "dotnet", _command, "fit", "kmeans", text, "-k", "2", .. options, "-o", At("m.json")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TMPDIR"] = text == data ? disk : Path.GetTempPath(), ["DISK"] = disk },
        };
        CliResult ended = await Process.Start(start)!.End();
        string[] lines = ended.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(ExitCode.Failure, ended.Code);
        Assert.StartsWith($"latent: {At(file)}", lines[0]);
        Assert.Contains("No space left on device", lines[0]);
        Assert.Equal(text == data ? "0" : "1", lines[1]);
        Assert.False(File.Exists(At("m.json")));
    }

    /// <summary>A limit on the size of files (a quota, ulimit -f), whose signal would end the process: below each file that the command writes.</summary>
    [Theory]
    [InlineData("tmp/latent-", 500, "fit", "kmeans", "DATA", "-k", "2", "--memory", "1kB")]
    [InlineData("DATA.latent-cache.tmp", 500, "fit", "kmeans", "DATA", "-k", "2", "--cache")]
    [InlineData("o.json", 0, "fit", "kmeans", "DATA", "-k", "2", "-o", "o.json")]
    [InlineData("c", 0, "fit", "kmeans", "DATA", "-k", "2", "--checkpoint", "c")]
    [InlineData("o.csv", 500, "predict", "MODEL", "DATA", "-o", "o.csv")]
    [InlineData("standard output", 500, "predict", "MODEL", "DATA")]
    public async Task A_limit_on_the_size_of_files_is_named_and_leaves_nothing(string file, int limit, params string[] arguments)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string data = Write("x.csv", Data.Groups(40_000, 3));
        string model = At("m.json");
        Cli.Run("fit", "kmeans", data, "-k", "2", "-o", model).Ok();
        string folder = Directory.CreateDirectory(At("tmp")).FullName;
        string output = Path.Join(folder, "standard output");
        // Without its double mapping, which is a file too, the runtime starts under any limit.
        ProcessStartInfo start = new("bash", ["-c", $"ulimit -f {limit} && exec \"$@\" > \"$OUTPUT\"", "bash", "dotnet", _command, .. arguments.Select(argument => argument == "DATA" ? data : argument == "MODEL" ? model : argument)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = At(""),
            Environment = { ["TMPDIR"] = folder, ["OUTPUT"] = file == "standard output" ? output : "/dev/null", ["DOTNET_EnableWriteXorExecute"] = "0", ["DOTNET_EnableDiagnostics"] = "0" },
        };
        string[] before = Names(At(""));

        CliResult ended = await Process.Start(start)!.End();

        string line = ended.Refused(ExitCode.Failure);
        string named = file.StartsWith("tmp", StringComparison.Ordinal) ? At(file) : file.Replace("DATA", data, StringComparison.Ordinal);
        Assert.StartsWith($"latent: {named}", line);
        Assert.Contains("ulimit -f", line);
        Assert.Equal(before, Names(At("")));
        Assert.Equal(file == "standard output" ? [output] : [], Directory.GetFiles(folder));
    }

    [Fact]
    public void A_full_disk_below_the_model_file_is_named()
    {
        if (File.Exists("/dev/full"))
        {
            Assert.Contains("No space left", Cli.Run("fit", "kmeans", Data.Faithful, "-k", "2", "-o", "/dev/full").Error);
        }
    }

    [Fact]
    public void A_corrupt_cache_is_named_and_the_fit_is_that_of_the_text()
    {
        string data = Write("x.csv", Data.Groups(9000, 3));
        string[] fit = ["fit", "kmeans", data, "-k", "2", "--json", "--cache"];
        string parameters = Cli.Run(fit).Ok().Json.GetProperty("parameters").GetRawText();
        byte[] cache = File.ReadAllBytes(data + ".latent-cache");
        cache[cache.Length / 2] ^= 1;
        File.WriteAllBytes(data + ".latent-cache", cache);
        CliResult again = Cli.Run(fit).Ok();
        Assert.Contains($"{data}.latent-cache cannot be used: ", again.Error);
        Assert.Contains("is damaged", again.Error);
        Assert.Equal(parameters, again.Json.GetProperty("parameters").GetRawText());
        Assert.Empty(Cli.Run(fit).Ok().Error);
    }

    private static string[] Names(string folder) => [.. Directory.GetFileSystemEntries(folder).Order(StringComparer.Ordinal)];

    private string Array(string name, int rows)
    {
        string text = Write(name + ".csv", Data.Groups(rows, 3, groups: 4));
        using RowTable table = DataFiles.Read(text);
        using (FileStream stream = File.Create(At(name)))
        {
            NpyWriter.Write(stream, table.Rows);
        }
        File.Delete(text);
        return At(name);
    }
}

/// <summary>A theory that needs a disk of its own; where the system gives none it says so and is skipped.</summary>
public sealed class SmallDiskTheoryAttribute : TheoryAttribute
{
    private static readonly string? _missing = CanMount() ? null : "SKIPPED: unshare -rm mount is not allowed here: full disks are tested by their messages alone";

    /// <summary>Skips where nothing can be mounted.</summary>
    public SmallDiskTheoryAttribute() => Skip = _missing;

    private static bool CanMount()
    {
        try
        {
            using Process mount = Process.Start(new ProcessStartInfo("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]) { RedirectStandardError = true })!;
            mount.WaitForExit();
            return mount.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
