using System.Runtime.CompilerServices;

namespace Latent.Kernels;

/// <summary>Doubles that start on a cache line and never move, so that no register is loaded from two lines.</summary>
internal sealed unsafe class AlignedBuffer
{
    /// <summary>Doubles in a cache line, and bytes in one.</summary>
    private const int Line = 8;
    private const int LineBytes = Line * sizeof(double);

    private readonly double[] _array;
    private readonly int _start;

    /// <summary>A buffer of zeros.</summary>
    public AlignedBuffer(int length)
    {
        Length = length;
        _array = GC.AllocateArray<double>(length + Line, pinned: true);
        nint address = (nint)Unsafe.AsPointer(ref _array[0]);
        _start = (int)((-address & (LineBytes - 1)) / sizeof(double));
    }

    /// <summary>The number of doubles.</summary>
    public int Length { get; }

    /// <summary>All of it.</summary>
    public Span<double> Span => _array.AsSpan(_start, Length);

    /// <summary>The first address in memory of the stack that starts a cache line; ask for seven doubles more than are needed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double* Align(Span<double> onTheStack) =>
        (double*)(((nint)Unsafe.AsPointer(ref onTheStack[0]) + (LineBytes - 1)) & -(nint)LineBytes);
}
