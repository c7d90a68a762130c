namespace Latent.Numerics;

/// <summary>Which of some columns depend on others.</summary>
internal static class Dependence
{
    private const double Dependent = 1e-10;

    /// <summary>The first column that is a combination of those before it, or −1: the first whose pivot vanishes when XᵀX grows by one column at a time.</summary>
    /// <param name="products">XᵀX, row-major, of columns in standard units; the lower triangle is read.</param>
    /// <param name="columns">The number of columns.</param>
    public static int First(ReadOnlySpan<double> products, int columns)
    {
        for (int size = 1; size <= columns; size++)
        {
            double[] leading = new double[size * size];
            for (int i = 0; i < size; i++)
            {
                products.Slice(i * columns, size).CopyTo(leading.AsSpan(i * size));
            }
            if (!Cholesky.Factor(leading, size, Dependent))
            {
                return size - 1;
            }
        }
        return -1;
    }
}
