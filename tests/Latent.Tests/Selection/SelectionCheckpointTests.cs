using Latent.Data;
using Latent.Mixtures;
using Latent.Selection;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;
using Latent.Tests.Engine.Checkpoints;

namespace Latent.Tests.Selection;

/// <summary>Selections killed anywhere and resumed: the same table, and no search twice.</summary>
public sealed class SelectionCheckpointTests
{
    private static readonly RowSource _rows = FaithfulData.Rows;

    [Fact]
    public void EveryCheckpointLeadsToTheSameTableAndKeepsWhatIsDone()
    {
        Counted counted = new();
        GaussianMixtureSelectionOptions options = new()
        {
            Criterion = SelectionCriterion.CrossValidation,
            Folds = 3,
            Fit = new GaussianMixtureOptions { Starts = 3, Threads = 1, Initializers = [counted] },
        };
        SelectionTable whole = GaussianMixtureSelection.Run(_rows, [1, 2, 3], options);
        CheckpointHistory history = new();
        counted.Starts = 0;
        AssertSame(whole, GaussianMixtureSelection.Run(_rows, [1, 2, 3], options with { Checkpoint = history.Every() }));
        int starts = counted.Starts;
        Assert.True(history.Written.Count > 12 * 2);
        int before = int.MaxValue;
        for (int killed = 0; killed < history.Written.Count; killed += Math.Max(1, (history.Written.Count - 1) / 6))
        {
            counted.Starts = 0;
            SelectionTable resumed = GaussianMixtureSelection.Run(_rows, [1, 2, 3], options with { Fit = options.Fit with { Threads = 1 + killed % 2 }, Checkpoint = history.After(killed).Resumed() });
            AssertSame(whole, resumed);
            Assert.True(counted.Starts <= before, $"Expected no more starts than from an earlier checkpoint, {before}, found {counted.Starts}.");
            before = counted.Starts;
        }
        // Nothing is left for a selection that is done.
        counted.Starts = 0;
        AssertSame(whole, GaussianMixtureSelection.Run(_rows, [1, 2, 3], options with { Checkpoint = history.After(history.Written.Count - 1).Resumed() }));
        Assert.Equal(0, counted.Starts);
        Assert.True(starts > 12, $"Expected a start for every cell and more, found {starts}.");
    }

    /// <summary>A search that time or the caller has ended is none that is done.</summary>
    [Fact]
    public void CancelledSearchesAreDoneAgain()
    {
        GaussianMixtureSelectionOptions options = new() { Structures = [CovarianceStructure.Spherical, CovarianceStructure.Full], Fit = new GaussianMixtureOptions { Starts = 4, Threads = 2 } };
        SelectionTable whole = GaussianMixtureSelection.Run(_rows, [1, 2, 3], options);
        CheckpointHistory history = new();
        using CancellationTokenSource cancellation = new();
        history.Wrote = () =>
        {
            if (history.Written.Count == 5)
            {
                cancellation.Cancel();
            }
        };
        SelectionTable cut = GaussianMixtureSelection.Run(_rows, [1, 2, 3], options with { Checkpoint = history.Every() }, cancellation.Token);
        Assert.Contains(cut, cell => cell.Status == SelectionStatus.Cancelled);
        AssertSame(whole, GaussianMixtureSelection.Run(_rows, [1, 2, 3], options with { Checkpoint = history.After(history.Written.Count - 1).Resumed() }));
    }

    [Fact]
    public void AnotherSearchIsRefusedByName()
    {
        CheckpointHistory history = new();
        GaussianMixtureSelectionOptions options = new() { Structures = [CovarianceStructure.Spherical], Fit = new GaussianMixtureOptions { Starts = 2, Seed = 2 } };
        GaussianMixtureSelection.Run(_rows, [1, 2], options with { Checkpoint = history.Every() });
        void Refused(string message, int[] components, GaussianMixtureSelectionOptions other) => Assert.Contains(
            message, Assert.Throws<CheckpointException>(() => GaussianMixtureSelection.Run(_rows, components, other with { Checkpoint = history.After(2).Resumed() })).Message, StringComparison.Ordinal);
        Refused("components", [1, 3], options);
        Refused("Criterion Icl, found Criterion Bic", [1, 2], options with { Criterion = SelectionCriterion.Icl });
        Refused("Fit.Seed 5, found Fit.Seed 2", [1, 2], options with { Fit = options.Fit with { Seed = 5 } });
        Assert.Throws<ArgumentException>(() => GaussianMixtureSelection.Run(_rows, [1, 2], options with { Fit = options.Fit with { Checkpoint = history.Every() } }));
    }

    private static void AssertSame(SelectionTable expected, SelectionTable actual)
    {
        Assert.Equal(expected.Count, actual.Count);
        foreach ((SelectionCell cell, SelectionCell found) in expected.Zip(actual))
        {
            Assert.Equal((cell.Structure, cell.Components, cell.Status, cell.Origin, cell.Message, cell.Finished, cell.Agreed), (found.Structure, found.Components, found.Status, found.Origin, found.Message, found.Finished, found.Agreed));
            Close.SameBits([cell.LogLikelihood, cell.CrossValidated, cell.Fit!.Entropy, .. cell.Fit.Weights], [found.LogLikelihood, found.CrossValidated, found.Fit!.Entropy, .. found.Fit.Weights], "cell");
            Checkpoints.AssertSame(cell.Fit.Result, found.Fit.Result);
        }
    }

    /// <summary>k-means++ that counts how often it is asked. The count is no option.</summary>
    private sealed record Counted : MixtureInitializer
    {
        [NotSaved]
        private int _starts;

        public int Starts
        {
            get => _starts;
            set => _starts = value;
        }

        public override string Name => "counted";

        public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
        {
            Interlocked.Increment(ref _starts);
            return new PlusPlusInitializer().Start(context);
        }
    }
}
