using Latent.Numerics;

namespace Latent.Tests.Numerics;

public class AssignmentTests
{
    [Fact]
    public void TheBestOfAllPermutations()
    {
        RandomGenerator random = new(7);
        for (int trial = 0; trial < 400; trial++)
        {
            int size = 1 + trial % 6;
            double[] values = new double[size * size];
            for (int i = 0; i < values.Length; i++)
            {
                // Every other trial has many ties.
                values[i] = trial % 2 == 0 ? random.NextGaussian() : random.NextInt64(3);
            }
            int[] found = Assignment.Maximize(values, size);
            Assert.Equal(Enumerable.Range(0, size), found.Order());
            double best = Permutations(size).Max(permutation => Total(values, permutation));
            Assert.Equal(best, Total(values, found), 1e-12);
        }
    }

    [Fact]
    public void APermutationIsFound()
    {
        int[] hidden = [4, 0, 7, 2, 9, 1, 3, 8, 6, 5];
        double[] values = new double[100];
        RandomGenerator random = new(11);
        for (int i = 0; i < 10; i++)
        {
            for (int j = 0; j < 10; j++)
            {
                values[i * 10 + j] = random.NextDouble() + (j == hidden[i] ? 10 : 0);
            }
        }
        Assert.Equal(hidden, Assignment.Maximize(values, 10));
    }

    private static double Total(double[] values, int[] permutation) => permutation.Select((column, row) => values[row * permutation.Length + column]).Sum();

    private static IEnumerable<int[]> Permutations(int size) => size == 0
        ? [[]]
        : Permutations(size - 1).SelectMany(shorter => Enumerable.Range(0, size).Select(at => shorter.Take(at).Append(size - 1).Concat(shorter.Skip(at)).ToArray()));
}
