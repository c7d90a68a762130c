using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Topics;

/// <summary>
/// For each word the sum over its documents of the document's sum of random signs: the projection of co-occurrences on 64 random ±1 directions. Single precision is plenty for where a
/// fit starts, and halves what must come from memory, which is what this costs.
/// </summary>
/// <remarks>Sums of signs are whole numbers, exact up to 2²⁴ words a document; all widths do the same operations in the same order.</remarks>
internal sealed unsafe class SignedSums
{
    /// <summary>How many directions.</summary>
    public const int Directions = 64;

    private const int Lanes = 8;
    private const int Ahead = 4;

    // For each byte its bits as 1 (clear) and −1 (set).
    private static readonly float[] _patterns = Patterns();

    private readonly ulong[] _signs;
    private readonly float[] _rows;

    /// <summary>Sums of zero.</summary>
    /// <param name="signs">For each word a bit for each direction, in blocks of 64.</param>
    /// <param name="block">The block to use.</param>
    /// <param name="blocks">The blocks of a word.</param>
    /// <param name="vocabulary">The number of words.</param>
    public SignedSums(ReadOnlySpan<ulong> signs, int block, int blocks, int vocabulary)
    {
        _signs = new ulong[vocabulary];
        for (int term = 0; term < vocabulary; term++)
        {
            _signs[term] = signs[term * blocks + block];
        }
        _rows = new float[checked(vocabulary * Directions)];
    }

    /// <summary>Adds a document: to each of its words count·factor times the sum of the signs of all its words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ReadOnlySpan<int> terms, ReadOnlySpan<int> counts, float factor)
    {
        float* sum = stackalloc float[Directions];
        new Span<float>(sum, Directions).Clear();
        fixed (float* patterns = _patterns, rows = _rows)
        {
            for (int cell = 0; cell < terms.Length; cell++)
            {
                ulong bits = _signs[terms[cell]];
                Vector256<float> count = Vector256.Create((float)counts[cell]);
                for (int i = 0; i < Directions; i += Lanes, bits >>= Lanes)
                {
                    Vector256.FusedMultiplyAdd(Vector256.Load(patterns + (int)(bits & 0xFF) * Lanes), count, Vector256.Load(sum + i)).Store(sum + i);
                }
            }
            for (int cell = 0; cell < terms.Length; cell++)
            {
                if (cell + Ahead < terms.Length && Sse.IsSupported)
                {
                    byte* next = (byte*)(rows + (nint)terms[cell + Ahead] * Directions);
                    Sse.Prefetch0(next);
                    Sse.Prefetch0(next + 64);
                    Sse.Prefetch0(next + 128);
                    Sse.Prefetch0(next + 192);
                }
                float* row = rows + (nint)terms[cell] * Directions;
                Vector256<float> weight = Vector256.Create(counts[cell] * factor);
                for (int i = 0; i < Directions; i += Lanes)
                {
                    Vector256.FusedMultiplyAdd(Vector256.Load(sum + i), weight, Vector256.Load(row + i)).Store(row + i);
                }
            }
        }
    }

    /// <summary>scale·(a word's sum − weight·its own signs).</summary>
    public void Subtract(int term, double weight, double scale, Span<double> result)
    {
        ReadOnlySpan<float> row = _rows.AsSpan(term * Directions, Directions);
        for (int i = 0; i < result.Length; i++)
        {
            double sign = (_signs[term] >> i & 1) == 0 ? 1 : -1;
            result[i] = scale * (row[i] - weight * sign);
        }
    }

    private static float[] Patterns()
    {
        float[] patterns = new float[256 * Lanes];
        for (int i = 0; i < patterns.Length; i++)
        {
            patterns[i] = ((i / Lanes) >> (i % Lanes) & 1) == 0 ? 1 : -1;
        }
        return patterns;
    }
}
