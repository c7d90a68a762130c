using System.Collections.Concurrent;

namespace Latent.Data;

/// <summary>What has been made of patterns of missing cells, each once, by as many threads as there are: the first so many are remembered, the others made anew whenever they are asked for.</summary>
/// <typeparam name="TValue">What is made; it depends on its owner and the pattern alone.</typeparam>
/// <param name="most">How many are remembered.</param>
internal sealed class PatternMemory<TValue>(int most)
{
    private readonly ConcurrentDictionary<MissingCells, TValue> _made = new();
    private int _count;

    /// <summary>What belongs to a pattern.</summary>
    /// <param name="missing">The pattern.</param>
    /// <param name="owner">Of whom it is made.</param>
    /// <param name="make">Makes it.</param>
    public TValue Of<TOwner>(MissingCells missing, TOwner owner, Func<TOwner, MissingCells, TValue> make)
    {
        if (_made.TryGetValue(missing, out TValue? known))
        {
            return known;
        }
        TValue value = make(owner, missing);
        // An exact count would cost a lock, and only memory depends on it.
        if (_count < most)
        {
            _count++;
            _made.TryAdd(missing, value);
        }
        return value;
    }
}
