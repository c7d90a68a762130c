using System.Runtime.CompilerServices;

namespace Latent.Kernels;

/// <summary>A number of rows of a register block, as a type: the compiler removes what lies beyond it.</summary>
internal interface IHeight
{
    static abstract int Count { get; }
}

internal readonly struct One : IHeight
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 1;
    }
}

internal readonly struct Two : IHeight
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 2;
    }
}

internal readonly struct Three : IHeight
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 3;
    }
}

internal readonly struct Four : IHeight
{
    public static int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => 4;
    }
}
