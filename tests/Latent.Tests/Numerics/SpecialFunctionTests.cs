using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Numerics;

/// <summary>Special functions beside MathNet's and the runtime's, and beside R 4.2.2 where those do not go.</summary>
public sealed class SpecialFunctionTests
{
    [Fact]
    public void GammaAndItsDerivatives()
    {
        foreach (double x in (double[])[1e-8, 0.1, 0.5, 1, 1.5, 2, 3.7, 9.99, 10, 11.3, 150, 1e4, 1e10])
        {
            double reference = MathNet.Numerics.SpecialFunctions.GammaLn(x);
            Close.Equal(reference, GammaFunctions.LogGamma(x), 1e-13 * Math.Max(1, Math.Abs(reference)), $"log Γ({x})");
            Close.Equal(MathNet.Numerics.SpecialFunctions.DiGamma(x), GammaFunctions.Digamma(x), 1e-10 * Math.Max(1, 1 / x), $"ψ({x})");
            double step = 1e-4 * x;
            double slope = (GammaFunctions.Digamma(x + step) - GammaFunctions.Digamma(x - step)) / (2 * step);
            Close.Equal(slope, GammaFunctions.Trigamma(x), 1e-6 * Math.Max(1e-8, Math.Abs(slope)) + 1e-12, $"ψ′({x})");
        }
        Assert.Equal(0, GammaFunctions.LogGamma(1));
        Close.Equal(Math.PI * Math.PI / 6, GammaFunctions.Trigamma(1), 1e-14);
    }

    [Fact]
    public void SineAndCosine()
    {
        for (double x = -40; x < 40; x += 0.137)
        {
            (double sin, double cos) = Trigonometry.SinCos(x);
            Close.Equal(Math.Sin(x), sin, 1e-15 * Math.Max(1, Math.Abs(x) / 4), $"sin {x}");
            Close.Equal(Math.Cos(x), cos, 1e-15 * Math.Max(1, Math.Abs(x) / 4), $"cos {x}");
        }
    }

    /// <summary>I₀ and I₁ are MathNet's; the others R's besselI(x, ν, expon.scaled = TRUE), as log I − x.</summary>
    [Theory]
    [InlineData(0, 0.3, 0)]
    [InlineData(0, 5, 0)]
    [InlineData(0, 59, 0)]
    [InlineData(0, 61, 0)]
    [InlineData(1, 5, 0)]
    [InlineData(0.5, 2.5, -1.38384464859124)]
    [InlineData(4, 30, -2.88614332877727)]
    [InlineData(49, 200, -9.55512122305185)]
    [InlineData(49, 20, -49.77641090307704)]
    [InlineData(0, 1e5, -6.67540001568354)]
    public void BesselFunctions(double order, double x, double scaled)
    {
        double expected = order == 0 && x < 1e3 ? Math.Log(MathNet.Numerics.SpecialFunctions.BesselI0(x)) : order == 1 ? Math.Log(MathNet.Numerics.SpecialFunctions.BesselI1(x)) : scaled + x;
        Close.Equal(expected, Bessel.LogI(order, x), 1e-9 * Math.Max(1, Math.Abs(expected)));
        Close.Equal(Math.Exp(Bessel.LogI(order + 1, x) - Bessel.LogI(order, x)), Bessel.Ratio(order, x), 1e-9);
    }

    [Fact]
    public void RootsFromAnywhere()
    {
        foreach (double start in (double[])[-10, -1, 0, 3, 50])
        {
            Close.Equal(Math.Cbrt(2), SafeNewton.Root(x => (x * x * x - 2, 3 * x * x), start, -10, 50), 1e-14);
        }
        Assert.Equal(5, SafeNewton.Root(x => (x - 7, 1), 1, 0, 5));
    }

    /// <summary>Rosenbrock's valley upside down: from the far side to its top.</summary>
    [Fact]
    public void TheTopOfAValley()
    {
        double[] found = NewtonAscent.Maximize(x => -Math.Pow(1 - x[0], 2) - 100 * Math.Pow(x[1] - x[0] * x[0], 2), [-1.2, 1]);
        Close.Equal([1, 1], found, 1e-7);
        double[] held = NewtonAscent.Maximize(x => -x[0] * x[0], [2], x => x[0] >= 0.5);
        Assert.InRange(held[0], 0.5, 0.75);
    }
}
