using System.Numerics;

namespace Latent.Engine;

/// <summary>
/// The shape of a reduction: chunks are grouped into consecutive leaves, leaves joined pairwise in a perfect binary tree.
/// It depends on the number of chunks and on the statistic's length alone, never on threads or ranks.
/// </summary>
/// <remarks>Nodes are numbered as in a heap: the root is 1, the children of n are 2n and 2n+1, leaf i is Width+i.</remarks>
internal readonly struct ReductionTree
{
    // Enough for a thousand processes to have equal shares.
    private const int MostLeaves = 16384;
    private const long MostCells = 1L << 26;

    private readonly int _chunks;

    public ReductionTree(int chunks, int statisticLength)
    {
        _chunks = chunks;
        long affordable = Math.Max(1, MostCells / (statisticLength + 1L));
        Leaves = (int)Math.Min(Math.Min(chunks, MostLeaves), affordable);
        Width = Leaves <= 1 ? 1 : (int)BitOperations.RoundUpToPowerOf2((uint)Leaves);
    }

    /// <summary>The number of leaves that hold chunks.</summary>
    public int Leaves { get; }

    /// <summary><see cref="Leaves"/> rounded up to a power of two.</summary>
    public int Width { get; }

    /// <summary>The chunks [first, last) of a leaf.</summary>
    public (int First, int Last) Chunks(int leaf) =>
        ((int)((long)leaf * _chunks / Leaves), (int)((leaf + 1L) * _chunks / Leaves));

    /// <summary>The leaves [first, last) below a node; empty when it holds none.</summary>
    public (int First, int Last) LeavesBelow(int node)
    {
        int height = BitOperations.Log2((uint)Width) - BitOperations.Log2((uint)node);
        int first = (node << height) - Width;
        return (Math.Min(first, Leaves), Math.Min(first + (1 << height), Leaves));
    }

    /// <summary>Whether no chunk lies below the node.</summary>
    public bool IsEmpty(int node)
    {
        (int first, int last) = LeavesBelow(node);
        return first == last;
    }
}
