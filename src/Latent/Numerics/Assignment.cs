namespace Latent.Numerics;

/// <summary>The assignment problem: one column for each row, so that the total is greatest [Kuhn1955].</summary>
internal static class Assignment
{
    /// <summary>
    /// The permutation that maximises Σ value[i, permutation[i]], by shortest augmenting paths: O(n³) steps [Jonker1987].
    /// </summary>
    /// <param name="values">n × n, row-major, finite.</param>
    /// <param name="size">n.</param>
    public static int[] Maximize(ReadOnlySpan<double> values, int size)
    {
        // Row and column potentials u, v keep every reduced cost −value − u − v at zero or more; column `size` is the root of a path.
        double[] u = new double[size];
        double[] v = new double[size + 1];
        int[] rowOf = new int[size + 1];
        Array.Fill(rowOf, -1);
        double[] shortest = new double[size];
        int[] previous = new int[size];
        bool[] done = new bool[size + 1];
        for (int added = 0; added < size; added++)
        {
            Array.Fill(shortest, double.PositiveInfinity);
            Array.Clear(done);
            int column = size;
            rowOf[size] = added;
            while (rowOf[column] >= 0)
            {
                done[column] = true;
                int row = rowOf[column];
                int nearest = -1;
                for (int j = 0; j < size; j++)
                {
                    if (done[j])
                    {
                        continue;
                    }
                    double reduced = -values[row * size + j] - u[row] - v[j];
                    if (reduced < shortest[j])
                    {
                        (shortest[j], previous[j]) = (reduced, column);
                    }
                    if (nearest < 0 || shortest[j] < shortest[nearest])
                    {
                        nearest = j;
                    }
                }
                double shift = shortest[nearest];
                for (int j = 0; j <= size; j++)
                {
                    if (done[j])
                    {
                        u[rowOf[j]] += shift;
                        v[j] -= shift;
                    }
                    else if (j < size)
                    {
                        shortest[j] -= shift;
                    }
                }
                column = nearest;
            }
            while (column != size)
            {
                int before = previous[column];
                rowOf[column] = rowOf[before];
                column = before;
            }
        }
        int[] permutation = new int[size];
        for (int j = 0; j < size; j++)
        {
            permutation[rowOf[j]] = j;
        }
        return permutation;
    }
}
