using Latent.Data;
using Xunit;

namespace Latent.Testing;

/// <summary>
/// The laws that every <see cref="IFamily{TComponent, TRows}"/> of rows obeys. A family's test class inherits them by
/// supplying five members; each further member that it overrides brings the laws that need it.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public abstract partial class FamilyLaws<TComponent>
{
    /// <summary>The family under test.</summary>
    protected abstract IFamily<TComponent, RowTile> Family { get; }

    /// <summary>Values per row.</summary>
    protected abstract int Columns { get; }

    /// <summary>A random valid component.</summary>
    protected abstract TComponent Component(Random random);

    /// <summary>Writes one row drawn from the component.</summary>
    protected abstract void DrawRow(Random random, TComponent component, Span<double> row);

    /// <summary>Every number of the component's parameters, in a fixed order.</summary>
    protected abstract double[] Flatten(TComponent component);

    /// <summary>The log-density of one row by an independent, naive formula.</summary>
    protected virtual double ReferenceLogDensity(TComponent component, double[] row) => throw new NotSupportedException("This family has no reference density.");

    /// <summary>Relative tolerance of sums taken in different orders.</summary>
    protected virtual double SumTolerance => 1e-12;

    /// <summary>The seed from which a law's random numbers start.</summary>
    protected virtual int Seed => 1922;

    /// <summary>The density is that of a naive formula, at every number of rows a tile can hold.</summary>
    [Law(Needs = nameof(ReferenceLogDensity))]
    public void LogDensityIsTheTextbooks()
    {
        Random random = new(Seed);
        for (int rows = 1; rows <= RowTile.Capacity; rows++)
        {
            TComponent component = Component(random);
            RowChunk chunk = Rows(random, component, rows);
            double[] found = LogDensity(component, Tile(chunk));
            for (int row = 0; row < rows; row++)
            {
                double[] values = new double[Columns];
                chunk.CopyRow(row, values);
                double expected = ReferenceLogDensity(component, values);
                Close.Equal(expected, found[row], 1e-11 * (1 + Math.Abs(expected)), $"log-density of row {row} of {rows}");
            }
        }
    }

    /// <summary>The density integrates to one, within the error that <see cref="TotalMass"/> states.</summary>
    [Law]
    public void DensityIntegratesToOne()
    {
        Random random = new(Seed + 1);
        for (int trial = 0; trial < 3; trial++)
        {
            TComponent component = Component(random);
            (double mass, double error) = TotalMass(component, random);
            Assert.True(error < 0.05, $"Expected an integral good to 5 %, found an error of {error:G3}: override TotalMass with a better rule.");
            Close.Equal(1, mass, error, "total mass");
        }
    }

    /// <summary>A row's log-density has the same bits whatever rows stand beside it: padding included.</summary>
    [Law]
    public void LogDensityOfARowDependsOnThatRowAlone()
    {
        Random random = new(Seed + 2);
        TComponent component = Component(random);
        RowChunk all = Rows(random, component, RowTile.Capacity);
        double[] whole = LogDensity(component, Tile(all));
        for (int rows = 1; rows < RowTile.Capacity; rows++)
        {
            RowTile tile = new(Columns);
            tile.Load(all, RowTile.Capacity - rows, rows);
            Close.SameBits(whole.AsSpan(RowTile.Capacity - rows).ToArray(), LogDensity(component, tile)[..rows], $"log-density of {rows} rows");
        }
    }

    /// <summary>The statistic of a tile is the sum over its rows one by one, at every number of rows: padding adds nothing.</summary>
    [Law]
    public void AccumulateIsTheSumOverRows()
    {
        Random random = new(Seed + 3);
        TComponent component = Component(random);
        for (int rows = 1; rows <= RowTile.Capacity; rows++)
        {
            RowChunk chunk = Rows(random, component, rows);
            double[] weights = Weights(random, rows);
            double[] sum = new double[Family.StatisticLength];
            double[] magnitude = new double[sum.Length];
            for (int row = 0; row < rows; row++)
            {
                RowTile single = new(Columns);
                single.Load(chunk, row, 1);
                double[] share = Accumulate(component, single, [weights[row]]);
                for (int index = 0; index < sum.Length; index++)
                {
                    sum[index] += share[index];
                    magnitude[index] += Math.Abs(share[index]);
                }
            }
            Close.Equal(sum, Accumulate(component, Tile(chunk), weights), SumTolerance, magnitude, $"statistic of {rows} rows");
        }
    }

    /// <summary>Accumulate adds to what the span already holds.</summary>
    [Law]
    public void AccumulateAdds()
    {
        Random random = new(Seed + 4);
        TComponent component = Component(random);
        RowTile tile = Tile(Rows(random, component, 50));
        double[] weights = Weights(random, 50);
        double[] share = Accumulate(component, tile, weights);
        Assert.Contains(share, value => value != 0);
        double[] noise = [.. share.Select(_ => 1 + random.NextDouble())];

        double[] found = Accumulate(component, tile, weights, noise);

        Close.Equal(
            [.. noise.Zip(share, (before, added) => before + added)],
            found, SumTolerance, [.. noise.Zip(share, (before, added) => Math.Abs(before) + Math.Abs(added))], "statistic");
    }

    /// <summary>The statistic is linear in the weights: doubling is exact, halves add up, and zero weights give exactly nothing.</summary>
    [Law]
    public void AccumulateIsLinearInWeights()
    {
        Random random = new(Seed + 5);
        TComponent component = Component(random);
        RowTile tile = Tile(Rows(random, component, 61));
        double[] first = Weights(random, 61);
        double[] second = Weights(random, 61);
        double[] one = Accumulate(component, tile, first);
        double[] other = Accumulate(component, tile, second);

        Close.SameBits([.. one.Select(value => 2 * value)], Accumulate(component, tile, [.. first.Select(weight => 2 * weight)]), "doubled statistic");
        Close.Equal(
            [.. one.Zip(other, (left, right) => left + right)],
            Accumulate(component, tile, [.. first.Zip(second, (left, right) => left + right)]),
            SumTolerance, Magnitude(component, tile, first, second), "statistic of summed weights");
        Assert.All(Accumulate(component, tile, new double[61]), value => Assert.Equal(0.0, value));
    }

    /// <summary>A weight of zero removes a row, wherever it stands.</summary>
    [Law]
    public void WeightZeroRemovesARow()
    {
        Random random = new(Seed + 6);
        TComponent component = Component(random);
        RowChunk chunk = Rows(random, component, 40);
        double[] weights = Weights(random, 40);
        double[] masked = [.. weights.Select((weight, row) => row % 3 == 0 ? 0 : weight)];
        int[] kept = [.. Enumerable.Range(0, 40).Where(row => row % 3 != 0)];
        double[] values = new double[kept.Length * Columns];
        for (int index = 0; index < kept.Length; index++)
        {
            chunk.CopyRow(kept[index], values.AsSpan(index * Columns));
        }

        double[] expected = Accumulate(component, Tile(new RowChunk(values, Columns)), [.. kept.Select(row => weights[row])]);

        Close.Equal(expected, Accumulate(component, Tile(chunk), masked), SumTolerance, Magnitude(component, Tile(chunk), weights), "statistic");
    }

    /// <summary>After warm-up neither LogDensity nor Accumulate allocates.</summary>
    [Law]
    public void TilesAllocateNothing()
    {
        Random random = new(Seed + 7);
        TComponent component = Component(random);
        RowTile tile = Tile(Rows(random, component, RowTile.Capacity));
        double[] scratch = new double[Family.ScratchLength(RowTile.Capacity)];
        double[] logDensity = new double[RowTile.Capacity];
        double[] weights = Weights(random, RowTile.Capacity);
        double[] statistic = new double[Family.StatisticLength];
        IFamily<TComponent, RowTile> family = Family;
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 10 && least > 0; attempt++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int call = 0; call < 50; call++)
            {
                family.LogDensity(component, tile, scratch, logDensity);
                family.Accumulate(component, tile, scratch, weights, statistic);
            }
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(least == 0, $"Expected no allocation per tile after warm-up, found {least / 50.0} bytes.");
    }

    /// <summary>Rows drawn from the component.</summary>
    protected RowChunk Rows(Random random, TComponent component, int rows)
    {
        double[] values = new double[rows * Columns];
        for (int row = 0; row < rows; row++)
        {
            DrawRow(random, component, values.AsSpan(row * Columns, Columns));
        }
        return new RowChunk(values, Columns);
    }

    private RowTile Tile(RowChunk chunk)
    {
        RowTile tile = new(Columns);
        tile.Load(chunk, 0, chunk.Rows);
        return tile;
    }

    private double[] Scratch()
    {
        double[] scratch = new double[Family.ScratchLength(RowTile.Capacity)];
        Array.Fill(scratch, double.NaN);
        return scratch;
    }

    private double[] LogDensity(TComponent component, RowTile tile, double[]? scratch = null)
    {
        double[] logDensity = new double[tile.PaddedRows];
        Array.Fill(logDensity, double.NaN);
        Family.LogDensity(component, tile, scratch ?? Scratch(), logDensity);
        return logDensity;
    }

    private double[] Accumulate(TComponent component, RowTile tile, double[] weights, double[]? onto = null)
    {
        double[] scratch = Scratch();
        LogDensity(component, tile, scratch);
        double[] padded = new double[tile.PaddedRows];
        weights.CopyTo(padded, 0);
        double[] statistic = onto is null ? new double[Family.StatisticLength] : [.. onto];
        Family.Accumulate(component, tile, scratch, padded, statistic);
        return statistic;
    }

    /// <summary>Per element of the statistic, the sum of the sizes of its terms: the yardstick of rounding.</summary>
    private double[] Magnitude(TComponent component, RowTile tile, params double[][] weights)
    {
        double[] magnitude = new double[Family.StatisticLength];
        foreach (double[] some in weights)
        {
            for (int row = 0; row < some.Length; row++)
            {
                double[] alone = new double[some.Length];
                alone[row] = some[row];
                double[] share = Accumulate(component, tile, alone);
                for (int index = 0; index < share.Length; index++)
                {
                    magnitude[index] += Math.Abs(share[index]);
                }
            }
        }
        return magnitude;
    }

    private static double[] Weights(Random random, int rows) => [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
}
