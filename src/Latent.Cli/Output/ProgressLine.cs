using System.Globalization;

namespace Latent.Cli.Output;

/// <summary>
/// One line on a person's standard error that says how a fit goes, rewritten a few times a second and erased at its end.
/// Nothing appears for fits that are done at once, nor where no person reads.
/// </summary>
internal sealed class ProgressLine(Terminal terminal, TimeSpan? limit) : IProgress<EmProgress>, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly HashSet<int> _seen = [];
    private long _iterations;
    private TimeSpan _next = _patience;
    private bool _shown;
    private bool _ended;

    /// <inheritdoc/>
    public void Report(EmProgress value)
    {
        lock (_lock)
        {
            _iterations++;
            _seen.Add(value.Start);
            if (value.Elapsed < _next || _ended)
            {
                return;
            }
            _next = value.Elapsed + _interval;
            _shown = true;
            string text = Text(value);
            terminal.Error.Write($"\r{text[..Math.Min(text.Length, terminal.Width - 1)]}\u001b[K");
            terminal.Error.Flush();
        }
    }

    /// <summary>Erases the line.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            if (_shown)
            {
                terminal.Error.Write("\r\u001b[K");
                terminal.Error.Flush();
            }
        }
    }

    private string Text(EmProgress value)
    {
        string start = _seen.Count > 1 ? $"start {_seen.Count}, " : "";
        double rate = _iterations / Math.Max(1e-3, value.Elapsed.TotalSeconds);
        string gain = double.IsFinite(value.RemainingGain) ? string.Create(CultureInfo.InvariantCulture, $", about {Numbers.Short(value.RemainingGain, 2)} to gain") : "";
        string left = limit is { } allowed && allowed > value.Elapsed ? $", {Numbers.Time(allowed - value.Elapsed)} left at most" : "";
        return $"{start}iteration {Numbers.Count(value.Iteration)}, objective {Numbers.Criterion(value.Objective)}{gain}, {Numbers.Short(rate, 3)} iterations/s, {Numbers.Time(value.Elapsed)}{left}";
    }
}
