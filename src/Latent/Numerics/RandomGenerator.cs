using Latent.Kernels;

namespace Latent.Numerics;

/// <summary>
/// A counter-based generator (Philox4x32-10 [Salmon2011]): the same (seed, stream) gives the same numbers on every machine, and
/// streams are independent, so that parallel work draws alike whatever its order. Not safe for use from two threads at once.
/// </summary>
public sealed class RandomGenerator
{
    private readonly uint _key0;
    private readonly uint _key1;
    private readonly ulong _stream;
    private ulong _counter;
    private ulong _spare;
    private bool _hasSpare;

    /// <summary>A generator that starts at the beginning of a stream.</summary>
    public RandomGenerator(ulong seed, ulong stream = 0)
    {
        (_key0, _key1) = ((uint)seed, (uint)(seed >> 32));
        _stream = stream;
    }

    /// <summary>64 uniform bits.</summary>
    public ulong NextUInt64()
    {
        if (_hasSpare)
        {
            _hasSpare = false;
            return _spare;
        }
        (ulong first, _spare) = Block(_counter++);
        _hasSpare = true;
        return first;
    }

    /// <summary>A uniform number in [0, 1), a multiple of 2⁻⁵³.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A uniform whole number in [0, <paramref name="bound"/>), without bias.</summary>
    public long NextInt64(long bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        ulong range = (ulong)bound;
        ulong limit = ulong.MaxValue - (ulong.MaxValue % range + 1) % range;
        ulong bits;
        do
        {
            bits = NextUInt64();
        }
        while (bits > limit);
        return (long)(bits % range);
    }

    /// <summary>A standard normal number, by Marsaglia's polar method [Marsaglia1964].</summary>
    public double NextGaussian()
    {
        double x, square;
        do
        {
            x = 2 * NextDouble() - 1;
            double y = 2 * NextDouble() - 1;
            square = Math.FusedMultiplyAdd(x, x, y * y);
        }
        while (square >= 1 || square == 0);
        return x * Math.Sqrt(-2 * Elementary.Log(square) / square);
    }

    private (ulong First, ulong Second) Block(ulong counter)
    {
        (uint c0, uint c1, uint c2, uint c3) = ((uint)counter, (uint)(counter >> 32), (uint)_stream, (uint)(_stream >> 32));
        (uint k0, uint k1) = (_key0, _key1);
        for (int round = 0; round < 10; round++)
        {
            ulong product0 = (ulong)c0 * 0xD2511F53;
            ulong product1 = (ulong)c2 * 0xCD9E8D57;
            (c0, c1, c2, c3) = ((uint)(product1 >> 32) ^ c1 ^ k0, (uint)product1, (uint)(product0 >> 32) ^ c3 ^ k1, (uint)product0);
            (k0, k1) = (k0 + 0x9E3779B9, k1 + 0xBB67AE85);
        }
        return (c0 | ((ulong)c1 << 32), c2 | ((ulong)c3 << 32));
    }
}
