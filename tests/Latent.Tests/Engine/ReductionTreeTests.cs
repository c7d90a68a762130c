using Latent.Engine;

namespace Latent.Tests.Engine;

/// <summary>The shape of a reduction: heap arithmetic, and every chunk exactly once.</summary>
public sealed class ReductionTreeTests
{
    public static TheoryData<int, int> Shapes
    {
        get
        {
            TheoryData<int, int> shapes = [];
            foreach (int chunks in (int[])[0, 1, 2, 3, 4, 5, 7, 8, 9, 63, 100, 1000, 1023, 1024, 1025, 4097, 16385, 1_000_003])
            {
                foreach (int length in (int[])[0, 1, 50, 100_000, 30_000_000, int.MaxValue])
                {
                    shapes.Add(chunks, length);
                }
            }
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LeavesHoldEveryChunkOnceInOrder(int chunks, int length)
    {
        ReductionTree tree = new(chunks, length);
        int next = 0;
        for (int leaf = 0; leaf < tree.Leaves; leaf++)
        {
            (int first, int last) = tree.Chunks(leaf);
            Assert.Equal(next, first);
            Assert.True(last > first, $"Expected leaf {leaf} to hold a chunk.");
            next = last;
        }
        Assert.Equal(chunks, next);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void ChildrenShareTheLeavesOfTheirParent(int chunks, int length)
    {
        ReductionTree tree = new(chunks, length);
        Assert.Equal((0, tree.Leaves), tree.LeavesBelow(1));
        for (int node = 1; node < tree.Width; node++)
        {
            (int first, int last) = tree.LeavesBelow(node);
            (int leftFirst, int leftLast) = tree.LeavesBelow(2 * node);
            (int rightFirst, int rightLast) = tree.LeavesBelow(2 * node + 1);
            Assert.Equal((first, last), (leftFirst, rightLast));
            Assert.Equal(leftLast, rightFirst);
            Assert.Equal(last == first, tree.IsEmpty(node));
        }
        for (int leaf = 0; leaf < tree.Leaves; leaf++)
        {
            Assert.Equal((leaf, leaf + 1), tree.LeavesBelow(tree.Width + leaf));
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void MemoryIsBounded(int chunks, int length)
    {
        ReductionTree tree = new(chunks, length);

        Assert.InRange(tree.Leaves, Math.Min(chunks, 1), Math.Min(chunks, 16384));
        Assert.True(tree.Leaves <= 1 || tree.Leaves * (length + 1L) <= 1L << 26);
        Assert.True(tree.Width >= Math.Max(1, tree.Leaves) && tree.Width < 2 * Math.Max(1, tree.Leaves));
        Assert.Equal(1, System.Numerics.BitOperations.PopCount((uint)tree.Width));
    }
}
