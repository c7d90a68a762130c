using Latent.Kernels;
using MathNet.Numerics;

namespace Latent.Tests.Kernels;

public class GammaKernelTests
{
    private static readonly double[] _points =
        [.. Enumerable.Range(0, 400).Select(i => Math.Pow(10, -6 + i / 40.0)), 1, 1.4616321449683622, 2, 7.999999999999999, 8, 1e8, 1e15];

    [Fact]
    public void AgreesWithMathNet()
    {
        double[] values = new double[_points.Length];
        double[] slopes = new double[_points.Length];
        GammaKernel.LogGamma(_points, values, slopes, Simd.Best);
        for (int i = 0; i < _points.Length; i++)
        {
            Assert.Equal(SpecialFunctions.GammaLn(_points[i]), values[i], 1e-13 * Math.Max(10, Math.Abs(values[i])));
            Assert.Equal(SpecialFunctions.DiGamma(_points[i]), slopes[i], 1e-13 * Math.Max(10, Math.Abs(slopes[i])));
        }
    }

    // Abramowitz and Stegun, tables 6.1 and 6.3, and closed forms.
    [Fact]
    public void KnowsPublishedValues()
    {
        Assert.Equal(-0.57721566490153286061, GammaKernel.Digamma(1), 2e-16);
        Assert.Equal(-0.57721566490153286061 - 2 * Math.Log(2), GammaKernel.Digamma(0.5), 1e-15);
        Assert.Equal(0.5 * Math.Log(Math.PI), GammaKernel.LogGamma(0.5), 3e-15);
        Assert.Equal(Math.Log(362880), GammaKernel.LogGamma(10), 1e-14);
        Assert.Equal(0, GammaKernel.LogGamma(1), 1e-15);
        Assert.Equal(0, GammaKernel.LogGamma(2), 4e-15);
    }

    [Fact]
    public void ExponentialOfDigammaNeedsNoLogarithm()
    {
        double[] values = new double[_points.Length];
        GammaKernel.ExpDigamma(_points, values, Simd.Best);
        for (int i = 0; i < _points.Length; i++)
        {
            double log = GammaKernel.Digamma(_points[i]);
            Assert.Equal(Math.Exp(log), values[i], Math.Max(4, Math.Abs(log)) * 2e-15 * values[i]);
        }
        Assert.Equal(0, GammaKernel.ExpDigamma(0));
        Assert.Equal(0, GammaKernel.ExpDigamma(1e-300));
    }

    [Theory]
    [InlineData(SimdLevel.Scalar)]
    [InlineData(SimdLevel.Vector256)]
    [InlineData(SimdLevel.Vector512)]
    public void EveryWidthHasTheSameBits(object width)
    {
        SimdLevel level = (SimdLevel)width;
        if (level > Simd.Best)
        {
            return;
        }
        for (int count = 0; count <= 19; count++)
        {
            double[] found = new double[count];
            double[] other = new double[count];
            double[] slopes = new double[count];
            GammaKernel.ExpDigamma(_points.AsSpan(200, count), found, level);
            GammaKernel.LogGamma(_points.AsSpan(200, count), other, slopes, level);
            for (int i = 0; i < count; i++)
            {
                Assert.Equal(GammaKernel.ExpDigamma(_points[200 + i]), found[i]);
                Assert.Equal(GammaKernel.LogGamma(_points[200 + i]), other[i]);
                Assert.Equal(GammaKernel.Digamma(_points[200 + i]), slopes[i]);
            }
        }
    }
}
