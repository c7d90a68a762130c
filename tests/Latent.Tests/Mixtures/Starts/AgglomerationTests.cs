using Latent.Mixtures;
using Latent.Mixtures.Starts;
using Latent.Testing;

namespace Latent.Tests.Mixtures.Starts;

public class AgglomerationTests
{
    /// <summary>Against the definition: every pair's criterion from the rows themselves, at every merge.</summary>
    [Theory]
    [InlineData(HierarchicalCriterion.Unequal, 1, false)]
    [InlineData(HierarchicalCriterion.Unequal, 3, false)]
    [InlineData(HierarchicalCriterion.Unequal, 2, true)]
    [InlineData(HierarchicalCriterion.Equal, 1, true)]
    [InlineData(HierarchicalCriterion.Equal, 3, false)]
    public void EveryMergeIsTheCheapest(HierarchicalCriterion criterion, int columns, bool weighted)
    {
        Random random = new(11 * columns);
        double[] rows = [.. Enumerable.Range(0, 40 * columns).Select(_ => Simulate.Normal(random))];
        double[] weights = [.. Enumerable.Range(0, 40).Select(_ => weighted ? 0.5 + random.NextDouble() : 1)];
        foreach (int clusters in (int[])[30, 12, 5, 2, 1])
        {
            Assert.Equal(
                Naive(rows, weights, columns, clusters, criterion),
                Agglomeration.Cluster(rows, weights, columns, clusters, criterion, default));
        }
    }

    [Fact]
    public void RowsThatAreEqualJoinFirst()
    {
        double[] rows = [3, 1, 2, 1, 3, 5, 2, 1];
        Assert.Equal([0, 1, 2, 1, 0, 3, 2, 1], Agglomeration.Cluster(rows, [1, 1, 1, 1, 1, 1, 1, 1], 1, 4, HierarchicalCriterion.Unequal, default));
        Assert.Equal([0, 1, 2, 1, 0, 3, 2, 1], Agglomeration.Cluster(rows, [1, 1, 1, 1, 1, 1, 1, 1], 1, 4, HierarchicalCriterion.Equal, default));
    }

    private static int[] Naive(double[] rows, double[] weights, int columns, int clusters, HierarchicalCriterion criterion)
    {
        List<List<int>> parts = [.. Enumerable.Range(0, weights.Length).Select(row => (List<int>)[row])];
        double alpha = Trace(Scatter([.. Enumerable.Range(0, weights.Length)])) / (weights.Sum() * columns);
        while (parts.Count > clusters)
        {
            (int First, int Second) cheapest = (0, 0);
            double least = double.PositiveInfinity;
            for (int i = 0; i < parts.Count; i++)
            {
                for (int j = i + 1; j < parts.Count; j++)
                {
                    double cost = Criterion([.. parts[i], .. parts[j]]) - Criterion(parts[i]) - Criterion(parts[j]);
                    if (cost < least)
                    {
                        (least, cheapest) = (cost, (i, j));
                    }
                }
            }
            parts[cheapest.First].AddRange(parts[cheapest.Second]);
            parts.RemoveAt(cheapest.Second);
        }
        int[] labels = new int[weights.Length];
        foreach ((List<int> part, int label) in parts.OrderBy(part => part.Min()).Select((part, label) => (part, label)))
        {
            part.ForEach(row => labels[row] = label);
        }
        return labels;

        double Criterion(List<int> part)
        {
            double[,] scatter = Scatter(part);
            double n = part.Sum(row => weights[row]);
            return criterion == HierarchicalCriterion.Equal ? Trace(scatter) : n * Math.Log(Determinant(scatter, n) + (Trace(scatter) + alpha) / n);
        }

        double[,] Scatter(List<int> part)
        {
            double n = part.Sum(row => weights[row]);
            double[] mean = [.. Enumerable.Range(0, columns).Select(column => part.Sum(row => weights[row] * rows[row * columns + column]) / n)];
            double[,] scatter = new double[columns, columns];
            foreach (int row in part)
            {
                for (int a = 0; a < columns; a++)
                {
                    for (int b = 0; b < columns; b++)
                    {
                        scatter[a, b] += weights[row] * (rows[row * columns + a] - mean[a]) * (rows[row * columns + b] - mean[b]);
                    }
                }
            }
            return scatter;
        }

        double Trace(double[,] matrix) => Enumerable.Range(0, columns).Sum(i => matrix[i, i]);

        // Leibniz' formula for one to three columns.
        double Determinant(double[,] w, double n) => columns switch
        {
            1 => w[0, 0] / n,
            2 => (w[0, 0] * w[1, 1] - w[0, 1] * w[1, 0]) / (n * n),
            _ => (w[0, 0] * (w[1, 1] * w[2, 2] - w[1, 2] * w[2, 1]) - w[0, 1] * (w[1, 0] * w[2, 2] - w[1, 2] * w[2, 0]) + w[0, 2] * (w[1, 0] * w[2, 1] - w[1, 1] * w[2, 0])) / (n * n * n),
        };
    }
}
