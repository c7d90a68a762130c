using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Tests.Families;

/// <summary>What all Gaussian structures must do, each against the textbook.</summary>
[Collection("simd level")]
public class GaussianFamilyTests
{
    public static TheoryData<string, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int> cases = [];
            foreach (string structure in new[] { "full", "diagonal", "spherical" })
            {
                foreach (int columns in new[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 19, 33 })
                {
                    cases.Add(structure, columns, columns % 2 == 0 ? 64 : 53);
                }
            }
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void DensitiesAreTheTextbooks(string structure, int columns, int rows)
    {
        double[] values = Naive.Rows(rows, columns, 0, 1);
        RowTile tile = Naive.Tile(values, columns);
        ICase subject = Case(structure, columns, 0);
        double[] actual = subject.LogDensity(tile);
        for (int i = 0; i < rows; i++)
        {
            ReadOnlySpan<double> row = values.AsSpan(i * columns, columns);
            double expected = Naive.LogDensity(row, subject.Mean, subject.Covariance);
            Assert.Equal(expected, actual[i], 1e-11 * (1 + Math.Abs(expected)));
            Assert.Equal(expected, subject.LogDensity(row), 1e-11 * (1 + Math.Abs(expected)));
        }
    }

    /// <summary>At an offset of 1e8 the answer must be that at 0, moved: raw second moments would keep no digit.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void EstimatesAreTheWeightedMomentsAtAnyOffset(string structure, int columns, int rows)
    {
        foreach (double offset in new[] { 0.0, 134217728.0 })
        {
            double[] values = Naive.Rows(rows, columns, offset, 2);
            double[] weights = Weights(rows);
            RowTile tile = Naive.Tile(values, columns, weights);
            ICase subject = Case(structure, columns, offset);
            double[] padded = new double[tile.PaddedRows];
            weights.CopyTo(padded, 0);
            (double[] mean, double[] covariance) = subject.Estimate(tile, padded);
            (double[] expectedMean, double[] expected) = Naive.Moments(values, columns, weights);
            expected = Restrict(structure, expected, columns);
            for (int j = 0; j < columns; j++)
            {
                Assert.Equal(expectedMean[j], mean[j], 1e-11 * (1 + j) + 2e-16 * offset);
            }
            for (int j = 0; j < expected.Length; j++)
            {
                Assert.Equal(expected[j], covariance[j], 1e-10 * columns * columns);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void EveryWidthGivesTheSameBits(string structure, int columns, int rows)
    {
        RowTile tile = Naive.Tile(Naive.Rows(rows, columns, 3, 3), columns);
        double[] weights = new double[tile.PaddedRows];
        Weights(rows).CopyTo(weights, 0);
        Array.Clear(weights, 8, 8);
        ICase subject = Case(structure, columns, 3);
        double[]? reference = null;
        try
        {
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                Simd.Level = level;
                double[] all = [.. subject.LogDensity(tile), .. subject.Statistic(tile, weights)];
                reference ??= all;
                Assert.Equal(reference.Select(BitConverter.DoubleToInt64Bits), all.Select(BitConverter.DoubleToInt64Bits));
            }
        }
        finally
        {
            Simd.Level = Simd.Best;
        }
    }

    /// <summary>A floor may only replace values below it by −∞; accumulation with weight zero there must not see what was left out.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void FloorsChangeNothingAboveThem(string structure, int columns, int rows)
    {
        double[] values = Naive.Rows(rows, columns, 0, 4);
        ICase subject = Case(structure, columns, 0);
        RowTile tile = Naive.Tile(values, columns);
        double[] free = subject.LogDensity(tile);
        double[] weights = new double[tile.PaddedRows];
        for (int i = 0; i < tile.PaddedRows; i++)
        {
            bool low = i / 8 % 2 == 0 || i % 5 == 0;
            tile.Floor[i] = free[i] + (low ? 1 : -1);
            weights[i] = low || i >= rows ? 0 : 1;
        }
        double[] expected = subject.Statistic(Naive.Tile(values, columns), weights);
        double[] floored = subject.LogDensity(tile);
        for (int i = 0; i < tile.PaddedRows; i++)
        {
            Assert.Equal(weights[i] == 0 && floored[i] < tile.Floor[i] ? double.NegativeInfinity : free[i], floored[i]);
            Assert.True(weights[i] == 0 || floored[i] == free[i]);
        }
        Assert.Equal(expected, subject.Statistic(tile, weights, poison: double.NaN));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("diagonal")]
    [InlineData("spherical")]
    public void FarTilesAreGivenUpAndReadAsNothing(string structure)
    {
        const int columns = 24;
        ICase subject = Case(structure, columns, 0);
        RowTile tile = Naive.Tile(Naive.Rows(64, columns, 1e6, 5), columns);
        tile.Floor.Fill(-1000);
        Assert.All(subject.LogDensity(tile), value => Assert.Equal(double.NegativeInfinity, value));
        double[] statistic = subject.Statistic(tile, new double[64], poison: double.NaN);
        Assert.All(statistic, value => Assert.Equal(0.0, value));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("diagonal")]
    [InlineData("spherical")]
    public void NotANumberStaysInItsRow(string structure)
    {
        const int columns = 5;
        double[] values = Naive.Rows(16, columns, 0, 6);
        double[] clean = Case(structure, columns, 0).LogDensity(Naive.Tile(values, columns));
        values[3 * columns + 2] = double.NaN;
        double[] actual = Case(structure, columns, 0).LogDensity(Naive.Tile(values, columns));
        clean[3] = double.NaN;
        Assert.Equal(clean, actual);
    }

    [Theory]
    [InlineData("full")]
    [InlineData("diagonal")]
    [InlineData("spherical")]
    public void AComponentWithoutRowsStays(string structure)
    {
        ICase subject = Case(structure, 3, 0);
        RowTile tile = Naive.Tile(Naive.Rows(8, 3, 0, 7), 3);
        (double[] mean, double[] covariance) = subject.Estimate(tile, new double[8]);
        Assert.Equal(subject.Mean, mean);
        Assert.Equal(subject.Covariance, covariance);
    }

    [Theory]
    [InlineData("full")]
    [InlineData("diagonal")]
    [InlineData("spherical")]
    public void ACollapseIsHeldByTheFloorAndSaid(string structure)
    {
        double[] values = [.. Enumerable.Repeat(new[] { 1.5, -2.0, 1e-3 }, 8).SelectMany(row => row)];
        RowTile tile = Naive.Tile(values, 3);
        double[] weights = [1, 1, 1, 1, 1, 1, 1, 1];
        CovarianceFloor floor = CovarianceFloor.RelativeTo([4, 1, 100], 1e-6);
        ICase held = Case(structure, 3, 0, floor);
        (double[] mean, double[] covariance) = held.Estimate(tile, weights);
        double[] expected = structure == "spherical" ? [35e-6, 0, 0, 0, 35e-6, 0, 0, 0, 35e-6] : [4e-6, 0, 0, 0, 1e-6, 0, 0, 0, 100e-6];
        Assert.True(held.FloorWasActive);
        for (int j = 0; j < 9; j++)
        {
            Assert.Equal(expected[j], covariance[j], 1e-17);
        }
        Assert.Equal([1.5, -2, 1e-3], mean.Select(value => Math.Round(value, 12)));
        Assert.Throws<NumericalException>(() => Case(structure, 3, 0, CovarianceFloor.None).Estimate(tile, weights));
    }

    [Theory]
    [InlineData("full")]
    [InlineData("diagonal")]
    [InlineData("spherical")]
    public void OverflowIsANamedError(string structure)
    {
        double[] values = Naive.Rows(8, 2, 0, 8);
        values[5] = 1e300;
        RowTile tile = Naive.Tile(values, 2);
        Assert.Throws<NumericalException>(() => Case(structure, 2, 0).Estimate(tile, [1, 1, 1, 1, 1, 1, 1, 1]));
        values[5] = double.NaN;
        tile = Naive.Tile(values, 2);
        Assert.Throws<NumericalException>(() => Case(structure, 2, 0).Estimate(tile, [1, 1, 1, 1, 1, 1, 1, 1]));
    }

    private static double[] Weights(int rows)
    {
        Random random = new(rows);
        return [.. Enumerable.Range(0, rows).Select(i => i % 7 == 3 ? 0 : random.NextDouble() + 0.1)];
    }

    private static double[] Restrict(string structure, double[] covariance, int columns)
    {
        if (structure == "full")
        {
            return covariance;
        }
        double mean = Enumerable.Range(0, columns).Average(j => covariance[j * columns + j]);
        return [.. covariance.Select((value, index) => index % (columns + 1) != 0 ? 0 : structure == "diagonal" ? value : mean)];
    }

    private static ICase Case(string structure, int columns, double offset, CovarianceFloor? floor = null)
    {
        double[] mean = [.. Enumerable.Range(0, columns).Select(j => offset + 0.25 * j)];
        double[] covariance = Naive.Covariance(columns, columns);
        double[] variances = [.. Enumerable.Range(0, columns).Select(j => covariance[j * columns + j])];
        return structure switch
        {
            "full" => new Subject<Gaussian>(new FullGaussianFamily(columns, floor), new Gaussian(mean, covariance), c => c.Mean.ToArray(), c => c.Covariance.Matrix.ToArray(), (c, x) => c.LogDensity(x), c => c.Covariance.FloorActive),
            "diagonal" => new Subject<DiagonalGaussian>(new DiagonalGaussianFamily(columns, floor), new DiagonalGaussian(mean, variances), c => c.Mean.ToArray(), c => c.ToGaussian().Covariance.Matrix.ToArray(), (c, x) => c.LogDensity(x), c => c.FloorActive),
            _ => new Subject<SphericalGaussian>(new SphericalGaussianFamily(columns, floor), new SphericalGaussian(mean, 0.7), c => c.Mean.ToArray(), c => c.ToGaussian().Covariance.Matrix.ToArray(), (c, x) => c.LogDensity(x), c => c.FloorActive),
        };
    }

    private interface ICase
    {
        double[] Mean { get; }

        double[] Covariance { get; }

        bool FloorWasActive { get; }

        double[] LogDensity(RowTile tile);

        double LogDensity(ReadOnlySpan<double> row);

        double[] Statistic(RowTile tile, double[] weights, double poison = 0);

        (double[] Mean, double[] Covariance) Estimate(RowTile tile, double[] weights);
    }

    private delegate double RowDensity<T>(T component, ReadOnlySpan<double> row);

    private sealed class Subject<T>(IFamily<T, RowTile> family, T component, Func<T, double[]> mean, Func<T, double[]> covariance, RowDensity<T> density, Func<T, bool> held) : ICase
    {
        public double[] Mean => mean(component);

        public double[] Covariance => covariance(component);

        public bool FloorWasActive { get; private set; }

        public double[] LogDensity(RowTile tile)
        {
            double[] result = new double[tile.PaddedRows];
            family.LogDensity(component, tile, new double[family.ScratchLength(RowTile.Capacity)], result);
            return result;
        }

        public double LogDensity(ReadOnlySpan<double> row) => density(component, row);

        public double[] Statistic(RowTile tile, double[] weights, double poison = 0)
        {
            double[] scratch = new double[family.ScratchLength(RowTile.Capacity)];
            Array.Fill(scratch, poison);
            family.LogDensity(component, tile, scratch, new double[tile.PaddedRows]);
            double[] statistic = new double[family.StatisticLength];
            family.Accumulate(component, tile, scratch, weights, statistic);
            return statistic;
        }

        public (double[] Mean, double[] Covariance) Estimate(RowTile tile, double[] weights)
        {
            T next = family.Estimate(Statistic(tile, weights), component);
            FloorWasActive = held(next);
            return (mean(next), covariance(next));
        }
    }
}
