using System.Numerics;

namespace Latent.Tests.Kernels;

/// <summary>exp and log to about 2⁻¹⁵⁰ in whole-number arithmetic: the oracle of the fast kernels.</summary>
internal static class FixedPoint
{
    private const int Bits = 200;

    private static readonly BigInteger _one = BigInteger.One << Bits;

    private static readonly BigInteger _ln2 = LogOfSmallRatio(2);

    /// <summary>An exact fixed-point value of x (|x| at least 2⁻¹⁴⁰ or zero).</summary>
    public static BigInteger From(double x)
    {
        (long significand, int exponent) = Decompose(x);
        int shift = Bits + exponent;
        return shift >= 0 ? new BigInteger(significand) << shift : new BigInteger(significand) >> -shift;
    }

    /// <summary>Errors of <paramref name="actual"/> as an approximation of eˣ, in units of its last place.</summary>
    public static double ExpError(double x, double actual)
    {
        // eˣ = 2ⁿ·eʳ, r in [0, ln 2): compare actual·2⁻ⁿ with eʳ in fixed point.
        BigInteger fixedX = From(x);
        BigInteger n = BigInteger.Divide(fixedX - (fixedX.Sign < 0 ? _ln2 : 0), _ln2);
        BigInteger exact = Taylor(fixedX - n * _ln2);
        return Error(exact, (int)n, actual);
    }

    /// <summary>Errors of <paramref name="actual"/> as an approximation of log x, in units of its last place.</summary>
    public static double LogError(double x, double actual)
    {
        (long significand, int exponent) = Decompose(x);
        // log m for m in [1, 2) by Newton on exp: y ← y + m·e^(−y) − 1, which doubles the digits each time.
        int length = 64 - BitOperations.LeadingZeroCount((ulong)significand);
        BigInteger m = new BigInteger(significand) << (Bits - length + 1);
        BigInteger y = From(Math.Log((double)significand / (1L << (length - 1))));
        for (int i = 0; i < 4; i++)
        {
            BigInteger inverse = _one * _one / Taylor(y);
            y += ((m * inverse) >> Bits) - _one;
        }
        return Error(y + (exponent + length - 1) * _ln2, 0, actual);
    }

    private static double Error(BigInteger exact, int scale, double actual)
    {
        (long significand, int exponent) = Decompose(actual);
        // The last place of a double is 2^exponent whenever its significand has 53 bits, or it is subnormal.
        int shift = Bits + exponent - scale;
        BigInteger unit = shift >= 0 ? BigInteger.One << shift : BigInteger.Zero;
        Assert.True(unit > 1000, "the oracle has too few digits");
        BigInteger difference = significand * unit - exact;
        return (double)(difference * 1_000_000 / unit) / 1e6;
    }

    private static BigInteger Taylor(BigInteger r)
    {
        BigInteger sum = _one;
        BigInteger term = _one;
        for (int k = 1; !term.IsZero && k < 300; k++)
        {
            term = ((term * r) >> Bits) / k;
            sum += term;
        }
        return sum;
    }

    /// <summary>log 2 = Σ 2/(2k+1)·(1/3)^(2k+1).</summary>
    private static BigInteger LogOfSmallRatio(int ratio)
    {
        BigInteger power = 2 * _one * (ratio - 1) / (ratio + 1);
        BigInteger sum = 0;
        for (int k = 1; !power.IsZero; k += 2)
        {
            sum += power / k;
            power = power * (ratio - 1) * (ratio - 1) / ((ratio + 1) * (ratio + 1));
        }
        return sum;
    }

    private static (long Significand, int Exponent) Decompose(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int biased = (int)((bits >> 52) & 0x7FF);
        long fraction = bits & 0xF_FFFF_FFFF_FFFF;
        long significand = biased == 0 ? fraction : fraction | (1L << 52);
        return (x < 0 ? -significand : significand, Math.Max(biased, 1) - 1075);
    }
}
