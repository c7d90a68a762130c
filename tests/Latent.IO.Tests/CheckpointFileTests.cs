using System.Text;
using Latent.Data;
using Latent.Mixtures;

namespace Latent.IO.Tests;

/// <summary>Checkpoints in files: the newest and the one before it, whatever happens while one is written.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_one_before_stays_beside_the_newest()
    {
        CheckpointFile file = new(_folder["fit.checkpoint"]);
        Assert.Empty(file.Copies());
        Write(file, "first");
        Write(file, "second");
        Write(file, "third");
        Assert.Equal(["third", "second"], Contents(file));
        Assert.Equal(["fit.checkpoint", "fit.checkpoint.previous"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName).Order());
        Write(file, "fourth", keepLast: false);
        Assert.Equal(["fourth", "second"], Contents(file));
    }

    /// <summary>Killed between the two renames there is only the one before, and that is whole.</summary>
    [Fact]
    public void Between_the_renames_there_is_the_one_before()
    {
        CheckpointFile file = new(_folder["fit.checkpoint"]);
        Write(file, "first");
        File.Move(_folder["fit.checkpoint"], _folder["fit.checkpoint.previous"]);
        File.WriteAllText(_folder["fit.checkpoint.latent-tmp"], "seco");
        Assert.Equal(["first"], Contents(file));
        Write(file, "second");
        Assert.Equal(["second", "first"], Contents(file));
    }

    [Fact]
    public void A_write_that_fails_leaves_both()
    {
        CheckpointFile file = new(_folder["fit.checkpoint"]);
        Write(file, "first");
        Write(file, "second");
        Assert.Throws<UnwritableException>(() => file.Write(_ => throw new IOException("No space left on device"), keepLast: true));
        Assert.Equal(["second", "first"], Contents(file));
        Assert.Equal(2, Directory.GetFiles(_folder.Path).Length);
    }

    /// <summary>A fit through files, its newest checkpoint cut short as by a disk that lied: the one before leads to the same end.</summary>
    [Fact]
    public void A_fit_goes_on_from_the_one_before_a_damaged_one()
    {
        RowSource rows = RowSource.From([.. Enumerable.Range(0, 300).Select(row => Math.Sqrt(row) * (row % 5))]);
        GaussianMixtureOptions options = new() { Starts = 3, Threads = 1 };
        GaussianMixtureFit whole = GaussianMixture.Fit(rows, 2, options);
        string path = _folder["fit.checkpoint"];
        using CancellationTokenSource cancellation = new();
        GaussianMixture.Fit(
            rows, 2, options with { Progress = new Canceller(cancellation), Checkpoint = new CheckpointOptions(new CheckpointFile(path)) { Interval = TimeSpan.Zero } }, cancellation.Token);
        byte[] content = File.ReadAllBytes(path);
        File.WriteAllBytes(path, content[..(content.Length - 9)]);
        GaussianMixtureFit resumed = GaussianMixture.Fit(rows, 2, options with { Checkpoint = new CheckpointOptions(new CheckpointFile(path)) { Resume = true } });
        Assert.Equal(whole.Result.Trace, resumed.Result.Trace);
        Assert.Equal(whole.Result.Evaluations, resumed.Result.Evaluations);

        File.WriteAllText(path, "");
        File.WriteAllText(path + CheckpointFile.PreviousEnding, "no checkpoint");
        CheckpointException damaged = Assert.Throws<CheckpointException>(() =>
            GaussianMixture.Fit(rows, 2, options with { Checkpoint = new CheckpointOptions(new CheckpointFile(path)) { Resume = true } }));
        Assert.Equal(
            $"{path}: expected a checkpoint, found nothing, an empty file; {path}.previous: expected a checkpoint, found something that is no checkpoint. Restore the file, or begin anew without resuming.",
            damaged.Message);
    }

    [Fact]
    public void A_folder_that_is_not_there_ends_the_fit_before_its_start() => Assert.Contains(
        "expected a file that can be written",
        Assert.Throws<UnwritableException>(() => GaussianMixture.Fit(
            RowSource.From([1.0, 2, 5, 6]), 1, new() { Checkpoint = new CheckpointOptions(new CheckpointFile(_folder["nowhere/fit.checkpoint"])) })).Message,
        StringComparison.Ordinal);

    private static void Write(CheckpointFile file, string text, bool keepLast = true) => file.Write(stream => stream.Write(Encoding.UTF8.GetBytes(text)), keepLast);

    private static string[] Contents(CheckpointFile file) => [.. file.Copies().Select(copy =>
    {
        using StreamReader reader = new(copy.Open());
        return reader.ReadToEnd();
    })];

    private sealed class Canceller(CancellationTokenSource cancellation) : IProgress<EmProgress>
    {
        private int _reports;

        public void Report(EmProgress value)
        {
            if (Interlocked.Increment(ref _reports) == 15)
            {
                cancellation.Cancel();
            }
        }
    }
}
