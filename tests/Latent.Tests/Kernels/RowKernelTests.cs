using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Tests.Kernels;

[Collection("simd level")]
public class RowKernelTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(21)]
    public void ColumnRangesAreThoseOfPlainLoopsAtEveryWidth(int columns)
    {
        const int Rows = 37;
        RandomGenerator random = new(51);
        double[] values = [.. Enumerable.Range(0, Rows * columns).Select(_ => random.NextDouble() - 0.5)];
        for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
        {
            double[] sum = new double[columns], low = new double[columns], high = new double[columns];
            Array.Fill(low, double.PositiveInfinity);
            Array.Fill(high, double.NegativeInfinity);
            At(level, () => Add(values, Rows, columns, sum, low, high));
            for (int column = 0; column < columns; column++)
            {
                double[] cells = [.. Enumerable.Range(0, Rows).Select(row => values[row * columns + column])];
                Assert.Equal((cells.Aggregate(0.0, (total, cell) => total + cell), cells.Min(), cells.Max()), (sum[column], low[column], high[column]));
            }
        }
    }

    [Fact]
    public void AMissingCellShowsInTheSumOfItsColumn()
    {
        double[] sum = new double[2], low = new double[2], high = new double[2];
        Add([1, double.NaN, 2, 3], 2, 2, sum, low, high);
        Assert.Equal([3.0, double.NaN], sum);
    }

    [Fact]
    public void WideningIsExactAtEveryLengthAndWidth()
    {
        for (int length = 0; length < 40; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(index => index == 3 ? float.NaN : MathF.Sqrt(index) * (index % 2 == 0 ? 1e-30f : -1e30f))];
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                double[] target = new double[length];
                At(level, () => Widen.Run(values, target));
                Assert.Equal(values.Select(value => (double)value), target);
            }
        }
        Assert.Throws<ArgumentException>(() => Widen.Run(new float[3], new double[2]));
    }

    private static unsafe void Add(double[] values, int count, int columns, double[] sum, double[] low, double[] high)
    {
        fixed (double* x = values, s = sum, l = low, h = high)
        {
            ColumnRange.Add(x, count, columns, s, l, h);
        }
    }

    private static void At(SimdLevel level, Action action)
    {
        SimdLevel before = Simd.Level;
        try
        {
            Simd.Level = level;
            action();
        }
        finally
        {
            Simd.Level = before;
        }
    }
}
