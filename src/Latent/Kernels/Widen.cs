using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Kernels;

/// <summary>float32 to float64, exactly.</summary>
internal static unsafe class Widen
{
    /// <summary>Widens every value.</summary>
    public static void Run(ReadOnlySpan<float> values, Span<double> target)
    {
        if (target.Length < values.Length)
        {
            throw new ArgumentException($"Expected room for {values.Length} values, found {target.Length}.", nameof(target));
        }
        fixed (float* from = values)
        fixed (double* to = target)
        {
            Run(from, to, values.Length, Simd.Level);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run(float* from, double* to, int length, SimdLevel level)
    {
        int index = 0;
        if (level == SimdLevel.Vector512)
        {
            for (; index + 8 <= length; index += 8)
            {
                Avx512F.ConvertToVector512Double(Vector256.Load(from + index)).Store(to + index);
            }
        }
        else if (level == SimdLevel.Vector256)
        {
            for (; index + 4 <= length; index += 4)
            {
                Avx.ConvertToVector256Double(Vector128.Load(from + index)).Store(to + index);
            }
        }
        for (; index < length; index++)
        {
            to[index] = from[index];
        }
    }
}
