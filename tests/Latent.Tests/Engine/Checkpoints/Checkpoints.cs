using Latent.Testing;

namespace Latent.Tests.Engine.Checkpoints;

/// <summary>What tests of checkpoints share.</summary>
internal static class Checkpoints
{
    /// <summary>Checkpoints after every step.</summary>
    public static CheckpointOptions Every(this CheckpointHistory history) => new(history) { Interval = TimeSpan.Zero };

    /// <summary>Resumes from what the store holds.</summary>
    public static CheckpointOptions Resumed(this CheckpointHistory history, Notices? notices = null) => new(history) { Resume = true, Notices = notices };

    /// <summary>Everything that a result says, but for the time it took.</summary>
    public static void AssertSame(EmResult expected, EmResult actual)
    {
        Close.SameBits(expected.Trace, actual.Trace, "trace");
        Assert.Equal(expected.Starts, actual.Starts);
        Close.SameBits([expected.Objective, expected.LogLikelihood, expected.RemainingGain, expected.Agreement], [actual.Objective, actual.LogLikelihood, actual.RemainingGain, actual.Agreement], "figures");
        Assert.Equal(expected.Degeneracies, actual.Degeneracies);
        Assert.Equal((expected.Iterations, expected.Evaluations, expected.StopReason), (actual.Iterations, actual.Evaluations, actual.StopReason));
    }
}

/// <summary>Notices in the order in which they came.</summary>
internal sealed class Notices : IProgress<CheckpointNotice>
{
    public List<CheckpointNotice> Seen { get; } = [];

    public IEnumerable<CheckpointEvent> Events => Seen.Select(notice => notice.Event);

    public string Text => string.Join('\n', Seen.Select(notice => notice.Message));

    public void Report(CheckpointNotice value) => Seen.Add(value);
}
