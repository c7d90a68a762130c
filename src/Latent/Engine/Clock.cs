using System.Diagnostics;

namespace Latent.Engine;

/// <summary>The time a fit has taken and may take.</summary>
internal sealed class Clock(TimeSpan? limit)
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _earlier;

    /// <summary>Time since the fit began, that of earlier runs included.</summary>
    public TimeSpan Elapsed => _earlier + Stopwatch.GetElapsedTime(_start);

    public bool IsUp => limit is { } most && Elapsed >= most;

    /// <summary>Counts the time of earlier runs, from which this one goes on.</summary>
    public void Add(TimeSpan earlier) => _earlier += earlier;
}
