using Latent.Data;
using Latent.Kernels;

namespace Latent.Tests.Kernels;

public class SoftmaxTests
{
    private const int Stride = RowTile.Capacity;

    public static TheoryData<int, int> Shapes
    {
        get
        {
            TheoryData<int, int> shapes = [];
            foreach (int components in new[] { 1, 2, 3, 7, 16, 33 })
            {
                foreach (int rows in new[] { 8, 24, 64 })
                {
                    shapes.Add(components, rows);
                }
            }
            return shapes;
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void AgreesWithTheTextbook(int components, int rows)
    {
        (double[] values, double[] weights) = Case(components, rows);
        double[] before = [.. values];
        double[] logSums = new double[rows];
        double total = Softmax.Normalize(values, Stride, components, weights, logSums);
        double expectedTotal = 0;
        for (int i = 0; i < rows; i++)
        {
            double max = Enumerable.Range(0, components).Max(k => before[k * Stride + i]);
            double sum = Enumerable.Range(0, components).Sum(k => Math.Exp(before[k * Stride + i] - max));
            Assert.Equal(max + Math.Log(sum), logSums[i], 1e-12 * Math.Max(1, Math.Abs(max)));
            expectedTotal += weights[i] * (max + Math.Log(sum));
            for (int k = 0; k < components; k++)
            {
                double expected = weights[i] * Math.Exp(before[k * Stride + i] - max) / sum;
                Assert.Equal(expected, values[k * Stride + i], 1e-14 * weights[i]);
            }
        }
        Assert.Equal(expectedTotal, total, 1e-11 * Math.Max(1, Math.Abs(expectedTotal)));
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void EveryWidthGivesTheSameBits(int components, int rows)
    {
        (double[] values, double[] weights) = Case(components, rows);
        values[3] = double.NaN;
        weights[1] = 0;
        double[]? reference = null;
        for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
        {
            double[] work = [.. values];
            double[] logSums = new double[rows];
            double total = Softmax.Normalize(work, Stride, components, weights, logSums, level);
            double[] all = [total, .. logSums, .. work];
            reference ??= all;
            Assert.Equal(reference.Select(BitConverter.DoubleToInt64Bits), all.Select(BitConverter.DoubleToInt64Bits));
        }
    }

    [Fact]
    public void TermsBelowTheLimitAreExactlyNothing()
    {
        double[] values = new double[2 * Stride];
        Array.Fill(values, -7.0, 0, Stride);
        Array.Fill(values, -7 - 44.3614195559, Stride, Stride);
        values[Stride] = -7 - 44.361419555;
        double[] logSums = new double[8];
        Softmax.Normalize(values, Stride, 2, [1, 1, 1, 1, 1, 1, 1, 1], logSums);
        Assert.InRange(values[Stride], 5.42e-20, 5.43e-20);
        Assert.Equal(0.0, values[Stride + 1]);
        Assert.Equal(-7.0, logSums[1]);
    }

    [Fact]
    public void RowsWithoutALogSumAreFoundAndGetNothing()
    {
        double[] values = new double[2 * Stride];
        (values[0], values[Stride]) = (double.NegativeInfinity, double.NegativeInfinity);
        (values[1], values[Stride + 1]) = (double.NaN, 0);
        (values[2], values[Stride + 2]) = (0, BitConverter.Int64BitsToDouble(0x7FF00000000007A2));
        (values[3], values[Stride + 3]) = (0, double.PositiveInfinity);
        (values[4], values[Stride + 4]) = (double.NegativeInfinity, 2);
        double[] weights = [1, 1, 1, 1, 1, 1, 1, 1];
        double[] logSums = new double[8];
        double[] work = [.. values];
        double total = Softmax.Normalize(work, Stride, 2, weights, logSums);
        Assert.True(double.IsNaN(total));
        Assert.Equal([double.NegativeInfinity, double.NaN, double.NaN, double.PositiveInfinity, 2], logSums[..5]);
        Assert.Equal([0.0, 0, 0, 0, 0, 0.5], work[..6]);
        Assert.Equal([0.0, 0, 0, 0, 1, 0.5], work[Stride..(Stride + 6)]);

        // With weight zero they do not exist.
        weights = [0, 0, 0, 0, 1, 1, 1, 1];
        total = Softmax.Normalize([.. values], Stride, 2, weights, logSums);
        Assert.Equal(2 + 3 * Math.Log(2), total, 1e-15);
    }

    [Fact]
    public void WrongShapesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => Softmax.Normalize(new double[128], Stride, 2, new double[7], new double[8]));
        Assert.Throws<ArgumentException>(() => Softmax.Normalize(new double[71], Stride, 2, new double[8], new double[8]));
        Assert.Throws<ArgumentException>(() => Softmax.Normalize(new double[72], Stride, 2, new double[8], new double[7]));
    }

    private static (double[] Values, double[] Weights) Case(int components, int rows)
    {
        Random random = new(components * 100 + rows);
        double[] values = new double[components * Stride];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = -1000 * random.NextDouble() * (i % 3) - 20 * random.NextDouble();
        }
        double[] weights = [.. Enumerable.Range(0, rows).Select(_ => 0.5 + random.NextDouble())];
        return (values, weights);
    }
}
