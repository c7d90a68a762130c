using Latent.Data;
using Latent.Families;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>What holds for every family of named numbers, besides the laws of families.</summary>
public abstract class ParametricLaws<TComponent> : FamilyLaws<TComponent>
    where TComponent : Distribution
{
    protected abstract ParametricFamily<TComponent> Subject { get; }

    protected override IFamily<TComponent, RowTile> Family => Subject;

    protected override int Columns => Subject.Columns;

    /// <summary>A whole range that has all but a 10⁻⁹ share of the mass of any component of the tests.</summary>
    protected virtual IEnumerable<double[]> Points(TComponent component) => Enumerable.Range(0, 400).Select(count => new double[] { count });

    /// <summary>Draws of a test of recovery.</summary>
    protected virtual int Draws => 4096;

    protected override void DrawRow(Random random, TComponent component, Span<double> row) =>
        Subject.Sample(component, new RandomGenerator((ulong)random.NextInt64()), row);

    protected override double[] Flatten(TComponent component) => component.Parameters.ToArray();

    protected override TComponent Neighbour(Random random, TComponent component, double scale) => Subject.Create(
    [
        .. Subject.Parameters.Select((parameter, j) => parameter.Range switch
        {
            ParameterRange.Real => component.Parameters[j] + scale * Simulate.Normal(random),
            ParameterRange.Unit => 1 / (1 + (1 / component.Parameters[j] - 1) * Math.Exp(scale * Simulate.Normal(random))),
            _ => component.Parameters[j] * Math.Exp(scale * Simulate.Normal(random)),
        }),
    ]);

    protected override (double Mass, double Error) TotalMass(TComponent component, Random random) =>
        (Points(component).Sum(x => Math.Exp(Density(component, x))), 1e-9);

    /// <summary>Parameters written down and read back are the same distribution to the bit.</summary>
    [Fact]
    public void ReadAgainIsTheSame()
    {
        Random random = new(5);
        for (int trial = 0; trial < 20; trial++)
        {
            TComponent component = Component(random);
            TComponent again = Subject.Create(component.Parameters);
            Close.SameBits(component.Parameters.ToArray(), again.Parameters.ToArray());
            RowChunk rows = Rows(random, component, 9);
            Close.SameBits(LogDensities(component, rows), LogDensities(again, rows));
        }
    }

    /// <summary>Coordinates there and back are the same component.</summary>
    [Fact]
    public void CoordinatesThereAndBack()
    {
        Random random = new(6);
        TComponent[] components = [Component(random), Component(random)];
        double[] point = new double[Subject.CoordinateCount(2)];
        Subject.WriteCoordinates(components, point);
        TComponent[] found = new TComponent[2];

        Assert.True(Subject.TryReadCoordinates(point, components, found));

        Close.Equal([.. components.SelectMany(Flatten)], [.. found.SelectMany(Flatten)], 1e-12, what: "parameters");
    }

    /// <summary>
    /// Rows drawn from a component give it back: twice the gain of the estimate over the truth is χ² with as many degrees of freedom as there are parameters, and
    /// stays below its 10⁻⁶ point (fixed seed). The gain of a component far away does not.
    /// </summary>
    [Fact]
    public void DrawsGiveTheComponentBack()
    {
        Random random = new(7);
        TComponent truth = Component(random);
        RowChunk rows = Rows(random, truth, Draws);
        TComponent fitted = Fit(rows, truth);

        double gain = 2 * (LogDensities(fitted, rows).Sum() - LogDensities(truth, rows).Sum());

        double bound = MathNet.Numerics.Distributions.ChiSquared.InvCDF(Subject.FreeParameters, 1 - 1e-6);
        Assert.InRange(gain, -1e-6, bound);
        Assert.True(2 * (LogDensities(fitted, rows).Sum() - LogDensities(Far(random, truth), rows).Sum()) > bound);
    }

    /// <summary>Scores are the derivatives of the log-density by the parameters: at the estimate they sum to nothing in every direction that is free.</summary>
    [Fact]
    public void ScoresAreDerivatives()
    {
        Random random = new(8);
        TComponent component = Component(random);
        RowChunk rows = Rows(random, component, 32);
        RowTile tile = new(Columns);
        tile.Load(rows, 0, 32);
        int count = Subject.NaturalParameters(1, Schema.Numbered(Columns).Names).Count;
        double[] scores = new double[count * RowTile.Capacity];
        Subject.WriteScores(component, tile, scores);
        // Along a coordinate: the chain rule through the parameters, by differences of its own.
        double[] point = new double[Subject.CoordinateCount(1)];
        Subject.WriteCoordinates([component], point);
        for (int c = 0; c < point.Length; c++)
        {
            double step = 1e-5 * Math.Max(1e-2, Math.Abs(point[c]));
            (TComponent up, TComponent down) = (At(point, c, step, component), At(point, c, -step, component));
            double[] slope = [.. LogDensities(up, rows).Zip(LogDensities(down, rows), (high, low) => (high - low) / (2 * step))];
            double[] chain = new double[32];
            for (int j = 0; j < count; j++)
            {
                double direction = (up.Parameters[j] - down.Parameters[j]) / (2 * step);
                for (int row = 0; row < 32; row++)
                {
                    chain[row] += direction * scores[j * RowTile.Capacity + row];
                }
            }
            Close.Equal(slope, chain, 2e-5, [.. slope.Select(value => 1 + Math.Abs(value))], $"score along coordinate {c}");
        }
    }

    /// <summary>Rows that have no density are named, and have density zero; drawn rows are never refused.</summary>
    [Fact]
    public void SupportIsNamed()
    {
        Random random = new(9);
        TComponent component = Component(random);
        RowChunk rows = Rows(random, component, 64);
        double[] row = new double[Columns];
        for (int index = 0; index < 64; index++)
        {
            rows.CopyRow(index, row);
            Assert.Null(Subject.Misfit(row));
        }
        foreach (double[] outside in Outside)
        {
            Assert.NotNull(Subject.Misfit(outside));
            Assert.Equal(double.NegativeInfinity, Density(component, outside));
        }
    }

    /// <summary>Rows without a density.</summary>
    protected abstract IReadOnlyList<double[]> Outside { get; }

    /// <summary>A component that no one would mistake for another.</summary>
    protected virtual TComponent Far(Random random, TComponent component) => Neighbour(random, component, 1.0);

    protected TComponent Fit(RowChunk rows, TComponent start)
    {
        TComponent current = start;
        for (int iteration = 0; iteration < 200; iteration++)
        {
            double[] statistic = new double[Subject.StatisticLength];
            double[] scratch = new double[Subject.ScratchLength(RowTile.Capacity)];
            double[] logDensity = new double[RowTile.Capacity];
            RowTile tile = new(Columns);
            for (int first = 0; first < rows.Rows; first += RowTile.Capacity)
            {
                tile.Load(rows, first, Math.Min(RowTile.Capacity, rows.Rows - first));
                Subject.LogDensity(current, tile, scratch, logDensity.AsSpan(0, tile.PaddedRows));
                Subject.Accumulate(current, tile, scratch, tile.Weights, statistic);
            }
            TComponent next = Subject.Estimate(statistic, current);
            if (next.Parameters.SequenceEqual(current.Parameters))
            {
                break;
            }
            current = next;
        }
        return current;
    }

    protected double[] LogDensities(TComponent component, RowChunk rows)
    {
        double[] found = new double[rows.Rows];
        double[] logDensity = new double[RowTile.Capacity];
        double[] scratch = new double[Subject.ScratchLength(RowTile.Capacity)];
        RowTile tile = new(Columns);
        for (int first = 0; first < rows.Rows; first += RowTile.Capacity)
        {
            int count = Math.Min(RowTile.Capacity, rows.Rows - first);
            tile.Load(rows, first, count);
            Subject.LogDensity(component, tile, scratch, logDensity.AsSpan(0, tile.PaddedRows));
            logDensity.AsSpan(0, count).CopyTo(found.AsSpan(first));
        }
        return found;
    }

    protected double Density(TComponent component, double[] row) => LogDensities(component, new RowChunk(row, Columns))[0];

    private TComponent At(double[] point, int coordinate, double by, TComponent like)
    {
        double[] moved = [.. point];
        moved[coordinate] += by;
        TComponent[] found = new TComponent[1];
        Assert.True(Subject.TryReadCoordinates(moved, [like], found));
        return found[0];
    }
}
