using System.Diagnostics;

namespace Latent.Engine.Checkpoints;

/// <summary>
/// The checkpoints of one fit. What runs does so in steps, between <see cref="Enter"/> and <see cref="Exit"/>; a checkpoint is taken while no step is under way, so
/// that it holds all threads between two iterations of theirs.
/// </summary>
internal sealed partial class Checkpointer : IDisposable
{
    private const double Milliseconds = 1e-3;

    // Young's rule: with one failure in so long, the interval √(2·cost·this) loses least to writing and to computing again.
    private static readonly TimeSpan _betweenFailures = TimeSpan.FromHours(24);
    private static readonly TimeSpan _shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan _slowIteration = TimeSpan.FromSeconds(10);

    private readonly CheckpointOptions _options;
    private readonly FingerprintEntry[] _made;
    private readonly Clock _clock;
    private readonly ICheckpointStore? _store;
    private readonly ReaderWriterLockSlim _steps = new();
    private readonly Lock _writing = new();
    private StateBuffer? _restored;
    private string _source = "";
    private byte[]? _before;
    private bool _atEnd;
    private Action<StateWriter>? _state;
    private bool _keepLast = true;
    private bool _complained;
    private long _due;
    private long _lastTick = Stopwatch.GetTimestamp();

    private Checkpointer(CheckpointOptions options, Fingerprint fingerprint, Clock clock, ICommunicator? communicator)
    {
        (_options, _clock, _made) = (options, clock, fingerprint.ToArray());
        _store = communicator is null or { Rank: 0 } ? options.Store : null;
    }

    /// <inheritdoc cref="Open{TChunk}(CheckpointOptions?, Func{Fingerprint}, IDataSource{TChunk}, ValueTuple{int, ICommunicator?}, Clock, CancellationToken)"/>
    public static Checkpointer? Open<TChunk>(EmOptions options, Func<Fingerprint> fingerprint, IDataSource<TChunk> data, Clock clock, CancellationToken cancellation) =>
        Open(options.Checkpoint, fingerprint, data, (options.ThreadCount, options.Communicator), clock, cancellation);

    /// <summary>Reads the checkpoint to resume from, or writes a first one, so that a place that cannot be written ends the fit before it begins; null where none is wanted.</summary>
    /// <param name="options">The options of checkpoints, or null.</param>
    /// <param name="fingerprint">Model and options.</param>
    /// <param name="data">The data.</param>
    /// <param name="fit">Threads and ranks.</param>
    /// <param name="clock">The clock of the fit; the time of earlier runs is added to it.</param>
    /// <param name="cancellation">Cancels the check of the data.</param>
    /// <exception cref="CheckpointException">What is there cannot be resumed.</exception>
    /// <exception cref="IOException">The first checkpoint could not be written.</exception>
    public static Checkpointer? Open<TChunk>(
        CheckpointOptions? options, Func<Fingerprint> fingerprint, IDataSource<TChunk> data, (int Threads, ICommunicator? Communicator) fit, Clock clock, CancellationToken cancellation)
    {
        if (options is null)
        {
            return null;
        }
        options.Checked();
        ICommunicator? ranks = fit.Communicator is { Size: > 1 } several ? several : null;
        Fingerprint print = fingerprint();
        if (ranks is null or { Rank: 0 })
        {
            print.WithData(data, options.DataName, fit.Threads, cancellation);
        }
        Checkpointer checkpoints = new(options, print, clock, ranks);
        Exception? refusal = null;
        if (checkpoints._store is { } store)
        {
            try
            {
                checkpoints.Begin(store, print);
            }
            catch (Exception cause) when (ranks is not null && cause is CheckpointException or IOException)
            {
                refusal = cause;
            }
        }
        if (ranks is not null)
        {
            checkpoints.Share(ranks, refusal);
        }
        return checkpoints;
    }

    /// <summary>The state to go on from, read once; null where the fit begins anew.</summary>
    /// <exception cref="CheckpointException">The state is one of another version.</exception>
    /// <exception cref="NotSupportedException">States of this type cannot be stored.</exception>
    public T? Restored<T>()
        where T : class
    {
        StateShape.Check(typeof(T));
        if (_restored is null)
        {
            return null;
        }
        try
        {
            using StateReader reader = new(_restored);
            CheckpointHead head = reader.Read<CheckpointHead>();
            _clock.Add(head.Elapsed);
            return reader.Read<T?>();
        }
        catch (InvalidDataException cause)
        {
            throw OtherVersion(_source, cause.Message, cause);
        }
        finally
        {
            _restored = null;
        }
    }

    /// <summary>Says what a checkpoint holds from now on: called while no step is under way.</summary>
    public void Watch<T>(Func<T> state)
        where T : class => _state = writer => writer.Write<T?>(state());

    /// <summary>Begins a step, after which the state is not whole until <see cref="Exit"/>.</summary>
    public void Enter() => _steps.EnterReadLock();

    /// <summary>Ends a step.</summary>
    public void Exit() => _steps.ExitReadLock();

    /// <summary>Between two steps: writes a checkpoint where one is due.</summary>
    public void Tick()
    {
        if (_store is null || _state is null)
        {
            return;
        }
        long now = Stopwatch.GetTimestamp();
        long last = Interlocked.Exchange(ref _lastTick, now);
        bool slow = _options.Interval is null && Stopwatch.GetElapsedTime(last, now) > _slowIteration;
        if ((slow || now >= Volatile.Read(ref _due)) && _writing.TryEnter())
        {
            try
            {
                TryWrite(_store, finished: false);
            }
            finally
            {
                _writing.Exit();
            }
        }
    }

    /// <summary>The last checkpoint of a run, whatever ended it.</summary>
    public void Save(StopReason reason)
    {
        if (_store is null || _state is null || _atEnd)
        {
            return;
        }
        lock (_writing)
        {
            TryWrite(_store, finished: reason is not (StopReason.TimeLimit or StopReason.Cancelled));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _steps.Dispose();

    private void TryWrite(ICheckpointStore store, bool finished)
    {
        try
        {
            Write(store, finished);
            _complained = false;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            if (!_complained)
            {
                Notify(CheckpointEvent.NotWritten, $"No checkpoint could be written, and the fit goes on without. {cause.Message} Make room, and it is tried again.");
            }
            _complained = true;
        }
    }

    private void Write(ICheckpointStore store, bool finished)
    {
        long begun = Stopwatch.GetTimestamp();
        StateBuffer body = new();
        using (StateWriter writer = new(body))
        {
            _steps.EnterWriteLock();
            try
            {
                writer.Write(new CheckpointHead(CheckpointHead.ThisLibrary, _made, _clock.Elapsed, finished, _options.Part, _before));
                if (_state is null)
                {
                    writer.Write<CheckpointHead?>(null);
                }
                else
                {
                    _state(writer);
                }
            }
            finally
            {
                _steps.ExitWriteLock();
            }
        }
        try
        {
            store.Write(target => CheckpointFormat.Write(target, body), _keepLast);
            _keepLast = true;
        }
        finally
        {
            Volatile.Write(ref _due, Stopwatch.GetTimestamp() + (long)(Wait(Stopwatch.GetElapsedTime(begun)).TotalSeconds * Stopwatch.Frequency));
        }
    }

    private TimeSpan Wait(TimeSpan cost)
    {
        if (_options.Interval is { } interval)
        {
            return interval;
        }
        double young = Math.Sqrt(2 * Math.Max(cost.TotalSeconds, Milliseconds) * _betweenFailures.TotalSeconds);
        return TimeSpan.FromSeconds(Math.Clamp(young, _shortest.TotalSeconds, _longest.TotalSeconds));
    }

    private void Notify(CheckpointEvent what, string message) => _options.Notices?.Report(new CheckpointNotice(what, message));
}
