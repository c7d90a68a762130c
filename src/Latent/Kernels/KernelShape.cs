using System.Runtime.CompilerServices;
using Latent.Data;

namespace Latent.Kernels;

/// <summary>What the kernels over a tile have in common: checks at their borders, floors, and groups of rows that count.</summary>
internal static unsafe class KernelShape
{
    private const int Stride = RowTile.Capacity;

    /// <summary>Checks the spans of a density kernel.</summary>
    public static void Check(RowTile tile, int dimension, int scratch, int scratchExpected, int logDensity)
    {
        if (tile.Columns != dimension)
        {
            throw new ArgumentException($"Expected rows of {dimension} columns, found {tile.Columns}.", nameof(tile));
        }
        if (scratch < scratchExpected || logDensity < tile.PaddedRows)
        {
            throw new ArgumentException($"Expected {scratchExpected} doubles of scratch and {tile.PaddedRows} log-densities, found {scratch} and {logDensity}.");
        }
    }

    /// <summary>Checks the spans of an accumulating kernel.</summary>
    public static void CheckSums(int dimension, int values, int rows, int statistic, int statisticExpected)
    {
        if (rows > Stride || rows % Lanes.Count != 0 || values < (dimension - 1) * Stride + rows || statistic < statisticExpected)
        {
            throw new ArgumentException(
                $"Expected {dimension} columns of {Stride} values, weights of a multiple of 8 rows and a statistic of {statisticExpected}, found {values}, {rows} and {statistic}.");
        }
    }

    /// <summary>Copies the tile's floors, with ∞ after its last row; false when none is above −∞.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Floors(RowTile tile, Span<double> floors)
    {
        ReadOnlySpan<double> source = tile.Floor;
        int row = 0;
        while (row < source.Length && source[row] == double.NegativeInfinity)
        {
            row++;
        }
        if (row == source.Length)
        {
            return false;
        }
        source.CopyTo(floors);
        floors[source.Length..].Fill(double.PositiveInfinity);
        return true;
    }

    /// <summary>Lists the first rows of the groups of eight in which a row has weight; returns their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Groups<S, V>(double* weights, int rows, int* groups)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        int count = 0;
        for (int row = 0; row < rows; row += Lanes.Count)
        {
            bool none = true;
            for (int half = 0; half < Lanes.Count; half += S.Count)
            {
                none &= S.AllEqual(S.Load(weights + row + half), S.Zero);
            }
            groups[count] = row;
            count += none ? 0 : 1;
        }
        return count;
    }

    /// <summary>Lists the rows of these groups that have weight; returns their number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Indices(double* weights, int* groups, int count, int* indices)
    {
        int found = 0;
        for (int g = 0; g < count; g++)
        {
            for (int row = groups[g]; row < groups[g] + Lanes.Count; row++)
            {
                indices[found] = row;
                found += weights[row] != 0 ? 1 : 0;
            }
        }
        return found;
    }

    /// <summary>constant + factor·square of every row; −∞ where that is below the floor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Finish<S, V>(double* squares, double constant, double factor, double* floors, double* logDensity, int rows)
        where S : struct, ISimd<S, V>
        where V : struct
    {
        V c = S.Broadcast(constant);
        V f = S.Broadcast(factor);
        V none = S.Broadcast(double.NegativeInfinity);
        for (int row = 0; row < rows; row += S.Count)
        {
            V value = S.Fma(S.Load(squares + row), f, c);
            S.Store(logDensity + row, floors == null ? value : S.IfLess(value, S.Load(floors + row), none, value));
        }
    }
}
