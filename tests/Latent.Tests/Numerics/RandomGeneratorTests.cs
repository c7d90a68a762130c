using Latent.Numerics;

namespace Latent.Tests.Numerics;

public class RandomGeneratorTests
{
    /// <summary>Known answers of philox4x32-10 from the kat_vectors file of Random123 1.14 (Salmon et al. 2011).</summary>
    [Fact]
    public void FirstNumbersAreThePublishedOnes()
    {
        RandomGenerator zero = new(0, 0);
        Assert.Equal(0xe169c58d_6627e8d5UL, zero.NextUInt64());
        Assert.Equal(0x9b00dbd8_bc57ac4cUL, zero.NextUInt64());
    }

    [Fact]
    public void StreamsAndSeedsDiffer()
    {
        ulong[] first = [new RandomGenerator(1).NextUInt64(), new RandomGenerator(2).NextUInt64(), new RandomGenerator(1, 1).NextUInt64(), new RandomGenerator(1UL << 32).NextUInt64()];
        Assert.Equal(4, first.Distinct().Count());
        Assert.Equal(first[0], new RandomGenerator(1, 0).NextUInt64());
    }

    /// <summary>Moments of 200,000 numbers, each within 5 standard errors of the normal's: a false alarm has a probability below 3e-6.</summary>
    [Fact]
    public void GaussianNumbersHaveTheMomentsOfTheNormal()
    {
        const int n = 200_000;
        RandomGenerator random = new(7);
        double[] sums = new double[5];
        int beyond = 0;
        for (int i = 0; i < n; i++)
        {
            double x = random.NextGaussian();
            double power = 1;
            for (int k = 1; k <= 4; k++)
            {
                power *= x;
                sums[k] += power;
            }
            beyond += x > 1.959963984540054 ? 1 : 0;
        }
        // Variances of x, x², x³, x⁴ under the normal: 1, 2, 15, 96.
        Assert.InRange(sums[1] / n, -5 * Math.Sqrt(1.0 / n), 5 * Math.Sqrt(1.0 / n));
        Assert.InRange(sums[2] / n - 1, -5 * Math.Sqrt(2.0 / n), 5 * Math.Sqrt(2.0 / n));
        Assert.InRange(sums[3] / n, -5 * Math.Sqrt(15.0 / n), 5 * Math.Sqrt(15.0 / n));
        Assert.InRange(sums[4] / n - 3, -5 * Math.Sqrt(96.0 / n), 5 * Math.Sqrt(96.0 / n));
        Assert.InRange((double)beyond / n - 0.025, -5 * Math.Sqrt(0.025 * 0.975 / n), 5 * Math.Sqrt(0.025 * 0.975 / n));
    }

    [Fact]
    public void WholeNumbersStayInRangeAndReachItsEnds()
    {
        RandomGenerator random = new(3);
        long[] counts = new long[5];
        for (int i = 0; i < 50_000; i++)
        {
            counts[random.NextInt64(5)]++;
        }
        // 5 standard errors of a binomial count.
        Assert.All(counts, count => Assert.InRange(count, 10_000 - 5 * 90, 10_000 + 5 * 90));
        Assert.Throws<ArgumentOutOfRangeException>(() => random.NextInt64(0));
    }
}
