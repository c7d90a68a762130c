using Latent.Kernels;

namespace Latent.Tests.Kernels;

public class ElementaryTests
{
    public static TheoryData<string> Levels
    {
        get
        {
            TheoryData<string> levels = [];
            foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
            {
                levels.Add(level.ToString());
            }
            return levels;
        }
    }

    /// <summary>Near 0 the sum 1 + x has lost the digits of x, and the result has not: Python 3's math.log1p and math.expm1.</summary>
    [Theory]
    [InlineData(1e-300, 1e-300, 1e-300)]
    [InlineData(1e-17, 1e-17, 1e-17)]
    [InlineData(-3e-12, -3.0000000000045e-12, -2.9999999999955003e-12)]
    [InlineData(1e-05, 9.999950000333332e-06, 1.0000050000166668e-05)]
    [InlineData(-0.3, -0.35667494393873234, -0.2591817793182821)]
    [InlineData(0.7, 0.5306282510621704, 1.0137527074704764)]
    [InlineData(25.0, 3.258096538021482, 72004899336.38588)]
    [InlineData(-0.9999999999999998, -36.04365338911715, -0.6321205588285577)]
    [InlineData(-1, double.NegativeInfinity, -0.6321205588285577)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(0, 0, 0)]
    public void LogOnePlusAndExpMinusOneKeepTheDigitsOfSmallNumbers(double x, double log, double exp)
    {
        double logError = Elementary.LogOnePlus(x) == log ? 0 : Math.Abs(Elementary.LogOnePlus(x) / log - 1);
        double expError = Elementary.ExpMinusOne(x) == exp ? 0 : Math.Abs(Elementary.ExpMinusOne(x) / exp - 1);
        Assert.True(logError < 1e-15, $"log(1 + {x:R}) = {Elementary.LogOnePlus(x):R}");
        Assert.True(expError < 1e-15, $"exp({x:R}) - 1 = {Elementary.ExpMinusOne(x):R}");
        Assert.Equal(-1, Elementary.ExpMinusOne(double.NegativeInfinity));
        Assert.True(double.IsNaN(Elementary.LogOnePlus(-2)) && double.IsNaN(Elementary.ExpMinusOne(double.NaN)));
    }

    [Fact]
    public void ExpIsWithinOneUnitOverTheWholeRange()
    {
        double worst = 0;
        foreach (double x in ExpArguments(40_000))
        {
            double error = Math.Abs(FixedPoint.ExpError(x, Elementary.Exp(x)));
            Assert.True(error < 1, $"exp({x:R}): {error} units");
            worst = Math.Max(worst, error);
        }
        // The oracle itself must see rounding: a correctly rounded result is up to half a unit off.
        Assert.InRange(worst, 0.5, 0.92);
    }

    [Fact]
    public void LogIsWithinOneUnitOverTheWholeRange()
    {
        double worst = 0;
        foreach (double x in LogArguments(20_000))
        {
            double error = Math.Abs(FixedPoint.LogError(x, Elementary.Log(x)));
            Assert.True(error < 1, $"log({x:R}): {error} units");
            worst = Math.Max(worst, error);
        }
        Assert.InRange(worst, 0.5, 1);
    }

    [Theory]
    [InlineData(0.0, 1.0)]
    [InlineData(1.0, Math.E)]
    [InlineData(double.NegativeInfinity, 0.0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(710.0, double.PositiveInfinity)]
    [InlineData(709.7827128933841, double.PositiveInfinity)]
    [InlineData(1e300, double.PositiveInfinity)]
    [InlineData(-1e300, 0.0)]
    [InlineData(-745.1332191019412, 0.0)]
    [InlineData(-745.133219101941, 4.9406564584124654E-324)]
    [InlineData(double.Epsilon, 1.0)]
    public void ExpAtTheEdges(double x, double expected) => Assert.Equal(expected, Elementary.Exp(x));

    [Theory]
    [InlineData(0.0, double.NegativeInfinity)]
    [InlineData(1.0, 0.0)]
    [InlineData(-1.0, double.NaN)]
    [InlineData(-double.Epsilon, double.NaN)]
    [InlineData(double.NegativeInfinity, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    [InlineData(double.Epsilon, -744.4400719213812)]
    [InlineData(double.MaxValue, 709.782712893384)]
    public void LogAtTheEdges(double x, double expected) => Assert.Equal(expected, Elementary.Log(x));

    [Theory]
    [MemberData(nameof(Levels))]
    public void EveryWidthGivesTheBitsOfTheScalarRoutineAtEveryLength(string name)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(name);
        double[] exponents = [.. ExpArguments(600), .. Edges];
        double[] positives = [.. LogArguments(600), .. Edges];
        double[] result = new double[257];
        for (int length = 0; length <= 256; length++)
        {
            ReadOnlySpan<double> x = exponents.AsSpan(length, length);
            result[length] = 42;
            Elementary.Exp(x, result, level);
            AssertBits(x, result, Elementary.Exp);
            x = positives.AsSpan(length, length);
            Elementary.Log(x, result, level);
            AssertBits(x, result, Elementary.Log);
            Assert.Equal(42, result[length]);
        }
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void EveryWidthGivesTheBitsOfTheScalarRoutineEverywhere(string name)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(name);
        double[] x = [.. ExpArguments(100_000), .. Edges];
        double[] result = new double[x.Length];
        Elementary.Exp(x, result, level);
        AssertBits(x, result, Elementary.Exp);
        x = [.. LogArguments(100_000), .. Edges];
        result = new double[x.Length];
        Elementary.Log(x, result, level);
        AssertBits(x, result, Elementary.Log);
    }

    [Theory]
    [MemberData(nameof(Levels))]
    public void ALaneDoesNotDependOnItsNeighbours(string name)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(name);
        double[] result = new double[8];
        foreach (double neighbour in Edges)
        {
            for (int lane = 0; lane < 8; lane++)
            {
                double[] x = new double[8];
                Array.Fill(x, neighbour);
                x[lane] = -1.25;
                Elementary.Exp(x, result, level);
                Assert.Equal(Elementary.Exp(-1.25), result[lane]);
                x[lane] = 1.25;
                Elementary.Log(x, result, level);
                Assert.Equal(Elementary.Log(1.25), result[lane]);
            }
        }
    }

    [Fact]
    public void TheSignOfZeroDoesNotMatter()
    {
        Assert.Equal(1.0, Elementary.Exp(-0.0));
        Assert.Equal(double.NegativeInfinity, Elementary.Log(-0.0));
    }

    [Fact]
    public void TooShortATargetIsRefused() =>
        Assert.Throws<ArgumentException>(() => Elementary.Exp(new double[3], new double[2]));

    private static double[] Edges =>
    [
        0.0, -0.0, double.NaN, double.PositiveInfinity, double.NegativeInfinity, double.Epsilon, -double.Epsilon, double.MaxValue,
        double.MinValue, 2.2250738585072014E-308, 2.2250738585072009E-308, 709.782712893384, 709.7827128933841, -708.3964185322641,
        -745.1332191019412, -745.133219101941, 1e300, -1e300, 0.34657359027997264, -0.34657359027997264, 0.7071067811865476, 0.7071067811865475,
    ];

    private static IEnumerable<double> ExpArguments(int count)
    {
        Random random = new(1);
        for (int i = 0; i < count; i++)
        {
            yield return (i % 4) switch
            {
                0 => -745.13 + random.NextDouble() * (745.13 + 709.78),
                1 => random.NextDouble() * 2 - 1,
                2 => -44.4 * random.NextDouble(),
                _ => (random.Next(-1022, 1024) + 0.5) * 0.6931471805599453 + (random.NextDouble() - 0.5) * 0.02,
            };
        }
    }

    private static IEnumerable<double> LogArguments(int count)
    {
        Random random = new(2);
        for (int i = 0; i < count; i++)
        {
            yield return (i % 4) switch
            {
                0 => BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x7FF0_0000_0000_0000)),
                1 => 0.5 + 1.5 * random.NextDouble(),
                2 => 1 + (random.NextDouble() + 0.5) * Math.Pow(2, -random.Next(1, 50)) * (random.Next(2) * 2 - 1),
                _ => BitConverter.Int64BitsToDouble(random.NextInt64(1, 0x0010_0000_0000_0000)),
            };
        }
    }

    private static void AssertBits(ReadOnlySpan<double> x, ReadOnlySpan<double> actual, Func<double, double> scalar)
    {
        for (int i = 0; i < x.Length; i++)
        {
            double expected = scalar(x[i]);
            bool same = double.IsNaN(expected) ? double.IsNaN(actual[i]) : BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(actual[i]);
            Assert.True(same, $"at {x[i]:R}: expected {expected:R}, found {actual[i]:R}");
        }
    }
}
