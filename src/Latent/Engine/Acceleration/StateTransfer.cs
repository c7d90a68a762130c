namespace Latent.Engine.Acceleration;

/// <summary>
/// Carries the fields of a running iteration out to flat arrays or back in. One method per class serves both
/// directions, so the two cannot disagree on the order.
/// </summary>
internal sealed class StateTransfer
{
    private readonly List<double> _numbers = [];
    private readonly List<long> _counters = [];
    private readonly IterationState? _source;
    private int _nextNumber;
    private int _nextCounter;

    /// <summary>A transfer that saves.</summary>
    public StateTransfer()
    {
    }

    /// <summary>A transfer that restores.</summary>
    public StateTransfer(IterationState source) => _source = source;

    /// <summary>Whether fields are being set rather than read.</summary>
    public bool Restoring => _source is not null;

    public void Numbers(Span<double> values)
    {
        if (_source is null)
        {
            _numbers.AddRange(values);
            return;
        }
        ReadOnlySpan<double> rest = _source.Numbers.AsSpan()[_nextNumber..];
        if (rest.Length < values.Length)
        {
            throw Mismatch();
        }
        rest[..values.Length].CopyTo(values);
        _nextNumber += values.Length;
    }

    public void Number(ref double value) => Numbers(new Span<double>(ref value));

    public void Counter(ref int value)
    {
        if (_source is null)
        {
            _counters.Add(value);
            return;
        }
        if (_nextCounter == _source.Counters.Length)
        {
            throw Mismatch();
        }
        value = checked((int)_source.Counters[_nextCounter++]);
    }

    public void Flag(ref bool value)
    {
        int counter = value ? 1 : 0;
        Counter(ref counter);
        value = counter != 0;
    }

    /// <summary>The state that was saved.</summary>
    public IterationState ToState(string method) => new(method, [.. _numbers], [.. _counters]);

    /// <summary>Checks that a restore used up the whole state.</summary>
    /// <exception cref="ArgumentException">It did not.</exception>
    public void ThrowUnlessExhausted()
    {
        if (_nextNumber != _source!.Numbers.Length || _nextCounter != _source.Counters.Length)
        {
            throw Mismatch();
        }
    }

    private ArgumentException Mismatch() => new(
        $"Expected the state of an iteration with the same map, method and rule, found one of {_source!.Numbers.Length} numbers and {_source.Counters.Length} counters. Restore with the settings it was saved under.");
}
