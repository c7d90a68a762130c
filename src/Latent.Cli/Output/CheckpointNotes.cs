namespace Latent.Cli.Output;

/// <summary>What becomes of a run's checkpoints, told to its reader as it happens.</summary>
internal sealed class CheckpointNotes : ICheckpointStore, IProgress<CheckpointNotice>
{
    private readonly Terminal _terminal;
    private readonly ICheckpointStore _store;
    private readonly List<string> _warnings = [];
    private bool _used;
    private bool _written;

    private CheckpointNotes(Terminal terminal, ICheckpointStore store) => (_terminal, _store) = (terminal, store);

    /// <summary>The options of a run whose checkpoints are told of, and what tells; null without checkpoints.</summary>
    public static (CheckpointOptions? Options, CheckpointNotes? Notes) Of(CheckpointOptions? options, Terminal terminal)
    {
        if (options is null)
        {
            return (null, null);
        }
        CheckpointNotes notes = new(terminal, options.Store);
        return (options with { Store = notes, Notices = notes }, notes);
    }

    /// <inheritdoc/>
    public string Name => _store.Name;

    /// <summary>What went wrong, for the warnings of the result.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <inheritdoc/>
    public void Write(Action<Stream> write, bool keepLast)
    {
        (_used, _written) = (true, false);
        _store.Write(write, keepLast);
        _written = true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<CheckpointCopy> Copies()
    {
        _used = true;
        return _store.Copies();
    }

    /// <inheritdoc/>
    public void Report(CheckpointNotice value)
    {
        if (value.Event is CheckpointEvent.NotWritten or CheckpointEvent.Recovered)
        {
            _warnings.Add(value.Message);
        }
        Tell(value.Message);
    }

    /// <summary>What the reader should know at the end of a run.</summary>
    public void End(StopReason reason)
    {
        if (!_used)
        {
            Tell("This fit has no steps to go on from: --checkpoint was not needed.");
        }
        else if (_written && reason is StopReason.Cancelled or StopReason.TimeLimit)
        {
            Tell($"What was done is in {Name}: go on with --resume{(reason == StopReason.TimeLimit ? " and more time" : "")}.");
        }
    }

    private void Tell(string message)
    {
        // A line of progress may stand there; it is written again.
        _terminal.Error.Write(_terminal.ErrorIsTerminal ? "\r\u001b[K" : "");
        _terminal.Error.WriteLine($"latent: {message}");
        _terminal.Error.Flush();
    }
}
