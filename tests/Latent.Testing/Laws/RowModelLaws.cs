using Latent.Data;

namespace Latent.Testing;

/// <summary>The laws of a model of independent rows: everything about chunks, weights and degenerate data is supplied.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public abstract class RowModelLaws<TParameters> : EmModelLaws<TParameters, RowChunk>
{
    /// <summary>Values per row.</summary>
    protected abstract int Columns { get; }

    /// <summary>Writes one random row.</summary>
    protected abstract void DrawRow(Random random, Span<double> row);

    /// <inheritdoc/>
    protected override RowChunk Draw(Random random, int observations)
    {
        double[] values = new double[observations * Columns];
        for (int row = 0; row < observations; row++)
        {
            DrawRow(random, values.AsSpan(row * Columns, Columns));
        }
        return new RowChunk(values, Columns);
    }

    /// <inheritdoc/>
    protected override RowChunk Join(RowChunk first, RowChunk second) =>
        new((double[])[.. first.Values, .. second.Values], first.Columns, (double[])[.. WeightsOf(first), .. WeightsOf(second)]);

    /// <inheritdoc/>
    protected override RowChunk Weigh(RowChunk chunk, double[] weights) =>
        new(chunk.Values.ToArray(), chunk.Columns, WeightsOf(chunk).Zip(weights, (own, factor) => own * factor).ToArray());

    /// <inheritdoc/>
    protected override RowChunk Select(RowChunk chunk, int[] observations)
    {
        double[] values = new double[observations.Length * chunk.Columns];
        double[] weights = WeightsOf(chunk);
        for (int index = 0; index < observations.Length; index++)
        {
            chunk.CopyRow(observations[index], values.AsSpan(index * chunk.Columns));
        }
        return new RowChunk(values, chunk.Columns, observations.Select(row => weights[row]).ToArray());
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<DegenerateCase<RowChunk>> DegenerateData
    {
        get
        {
            RowChunk ordinary = Draw(new Random(Seed + 60), 20);
            return
            [
                new("no chunk", []),
                new("one empty chunk", [Draw(new Random(Seed), 0)]),
                new("one row", [Draw(new Random(Seed), 1)]),
                new("two rows", [Draw(new Random(Seed), 2)]),
                new("one row, many times", [Select(ordinary, new int[20])]),
                new("two rows, many times", [Select(ordinary, [.. Enumerable.Range(0, 20).Select(row => row % 2)])]),
                new("a constant column", [Edit(ordinary, (row, column, value) => column == 0 ? ordinary[0, 0] : value)]),
                new("all zero", [Edit(ordinary, (_, _, _) => 0)]),
                new("a missing cell", [Edit(ordinary, (row, column, value) => row == 7 && column == 0 ? double.NaN : value)]),
                new("all missing", [Edit(ordinary, (_, _, _) => double.NaN)]),
                new("an infinite cell", [Edit(ordinary, (row, column, value) => row == 7 && column == 0 ? double.PositiveInfinity : value)]),
                new("1e300", [Edit(ordinary, (row, column, value) => row == 7 && column == 0 ? 1e300 : value)]),
                new("±1e300", [Edit(ordinary, (row, column, value) => row % 2 == 0 ? 1e300 : -1e300)]),
                new("all times 1e-300", [Edit(ordinary, (row, column, value) => 1e-300 * value)]),
                new("all weights zero", [Weigh(ordinary, new double[20])]),
                new("one weight 1e300", [Weigh(ordinary, [.. Enumerable.Range(0, 20).Select(row => row == 3 ? 1e300 : 1)])]),
                new("a weight of NaN", [Weigh(ordinary, [.. Enumerable.Range(0, 20).Select(row => row == 3 ? double.NaN : 1)])]),
            ];
        }
    }

    /// <summary>Rows in float32 are the same numbers as in float64, with weights and without.</summary>
    [Law]
    public void SinglesAreTheSameNumbers()
    {
        Random random = new(Seed + 61);
        TParameters parameters = Parameters(random);
        float[] singles = [.. Draw(random, Observations).Values.ToArray().Select(value => (float)value)];
        double[] doubles = [.. singles.Select(value => (double)value)];
        double[] weights = [.. Enumerable.Range(0, Observations).Select(_ => 2 * random.NextDouble())];

        AssertSame(parameters, new RowChunk(doubles, Columns), new RowChunk(singles, Columns));
        AssertSame(parameters, new RowChunk(doubles, Columns, weights), new RowChunk(singles, Columns, weights));
    }

    /// <summary>Row counts about the size of tiles and registers: every remainder of 64 rows is the sum of its parts.</summary>
    [Law]
    public void EveryNumberOfRowsIsTheSumOfItsParts()
    {
        Random random = new(Seed + 62);
        TParameters parameters = Parameters(random);
        RowChunk all = Draw(random, 2 * RowTile.Capacity + 3);
        for (int rows = 1; rows <= all.Rows; rows++)
        {
            RowChunk first = Select(all, [.. Enumerable.Range(0, rows)]);
            RowChunk rest = Select(all, [.. Enumerable.Range(rows, all.Rows - rows)]);
            AssertSum(parameters, all, first, rest);
        }
    }

    /// <summary>The chunk with every cell replaced by edit(row, column, value).</summary>
    protected static RowChunk Edit(RowChunk chunk, Func<int, int, double, double> edit)
    {
        ArgumentNullException.ThrowIfNull(edit);
        double[] values = chunk.Values.ToArray();
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = edit(index / chunk.Columns, index % chunk.Columns, values[index]);
        }
        return new RowChunk(values, chunk.Columns, chunk.Weights.ToArray());
    }

    private static double[] WeightsOf(RowChunk chunk) =>
        chunk.Weights.IsEmpty ? [.. Enumerable.Repeat(1.0, chunk.Rows)] : chunk.Weights.ToArray();
}
