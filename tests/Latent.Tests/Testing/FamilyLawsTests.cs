using Latent.Data;
using Latent.Testing;
using Xunit.Sdk;

namespace Latent.Tests.Testing;

/// <summary>A right family obeys the laws of families.</summary>
public sealed class NormalFamilyLaws : NormalFamilySubject
{
    protected override IFamily<Normal, RowTile> Family { get; } = new NormalFamily();
}

/// <summary>Every law of families can fail: a family broken in one way breaks the law that is about it.</summary>
public sealed class FamilyLawsTests
{
    [Fact]
    public void AnUnnormalisedDensityIsFound()
    {
        Broken subject = new(new Mutant { OnDensity = (_, logDensity) => Each(logDensity, value => value + 0.1) });
        Breaks(subject.DensityIntegratesToOne);
        Breaks(subject.LogDensityIsTheTextbooks);
    }

    [Fact]
    public void ADensityThatLooksAtItsNeighboursIsFound() =>
        Breaks(new Broken(new Mutant { OnDensity = (tile, logDensity) => Each(logDensity, value => value + 1e-15 * tile.Rows) }).LogDensityOfARowDependsOnThatRowAlone);

    [Fact]
    public void CountingPaddingIsFound() =>
        Breaks(new Broken(new Mutant { OnStatistic = (weights, statistic) => statistic[0] += weights.Length == 64 ? 0 : 1e-9 * (64 - weights.Length) }).AccumulateIsTheSumOverRows);

    [Fact]
    public void AssigningInsteadOfAddingIsFound() =>
        Breaks(new Broken(new Mutant { BeforeStatistic = statistic => statistic.Clear() }).AccumulateAdds);

    [Fact]
    public void IgnoringWeightsIsFound()
    {
        Broken subject = new(new Mutant { OnStatistic = (weights, statistic) => statistic[0] += weights.Length });
        Breaks(subject.AccumulateIsLinearInWeights);
        Breaks(subject.AccumulateIsTheSumOverRows);
    }

    [Fact]
    public void SquaringWeightsIsFound()
    {
        Broken subject = new(new Mutant
        {
            OnStatistic = (weights, statistic) =>
            {
                foreach (double weight in weights)
                {
                    statistic[1] += 1e-6 * weight * weight;
                }
            },
        });
        Breaks(subject.AccumulateIsLinearInWeights);
    }

    [Fact]
    public void AnEstimateDividedByNMinusOneIsFound()
    {
        Broken subject = new(new Mutant { OnEstimate = (statistic, found) => found with { Variance = found.Variance * statistic[0] / (statistic[0] - 1) } });
        Breaks(subject.EstimateBeatsNeighbours);
    }

    [Fact]
    public void AnEstimateOfNothingThatIsNaNIsFound() =>
        Breaks(new Broken(new Mutant { OnEstimate = (statistic, found) => statistic[0] > 0 ? found : new Normal(double.NaN, 1) }).EstimateOfNothingIsFinite);

    [Fact]
    public void RawMomentsAreFoundAtALargeOffset()
    {
        Broken subject = new(new RawMoments());
        Breaks(subject.EstimateAtALargeOffset);
        subject.EstimateBeatsNeighbours();
        subject.EstimateDoesNotDependOnTheOrigin();
    }

    [Fact]
    public void AnEstimateThatForgetsTheOriginIsFound() =>
        Breaks(new Broken(new Mutant { OnEstimate = (statistic, found) => found with { Mean = statistic[1] / Math.Max(1e-300, statistic[0]) } }).EstimateDoesNotDependOnTheOrigin);

    [Fact]
    public void AllocatingIsFound() =>
        Breaks(new Broken(new Mutant { OnDensity = (_, logDensity) => logDensity.ToArray().CopyTo(logDensity) }).TilesAllocateNothing);

    private static void Breaks(Action law) => Assert.IsAssignableFrom<XunitException>(Record.Exception(law));

    private static void Each(Span<double> values, Func<double, double> change)
    {
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = change(values[index]);
        }
    }

    private sealed class Broken(NormalFamily family) : NormalFamilySubject
    {
        protected override IFamily<Normal, RowTile> Family => family;
    }

    private sealed class Mutant : NormalFamily
    {
        public delegate void Statistic(Span<double> statistic);

        public delegate void WeightedStatistic(ReadOnlySpan<double> weights, Span<double> statistic);

        public delegate void Density(RowTile tile, Span<double> logDensity);

        public delegate Normal Estimation(ReadOnlySpan<double> statistic, Normal found);

        public Density OnDensity { get; init; } = (_, _) => { };

        public Statistic BeforeStatistic { get; init; } = _ => { };

        public WeightedStatistic OnStatistic { get; init; } = (_, _) => { };

        public Estimation OnEstimate { get; init; } = (_, found) => found;

        public override void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
        {
            base.LogDensity(component, tile, scratch, logDensity);
            OnDensity(tile, logDensity);
        }

        public override void Accumulate(Normal current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
        {
            BeforeStatistic(statistic);
            base.Accumulate(current, tile, scratch, weights, statistic);
            OnStatistic(weights, statistic);
        }

        public override Normal Estimate(ReadOnlySpan<double> statistic, Normal current) => OnEstimate(statistic, base.Estimate(statistic, current));
    }

    /// <summary>E[x²] − μ²: right on paper.</summary>
    private sealed class RawMoments : NormalFamily
    {
        public override void Accumulate(Normal current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
        {
            ReadOnlySpan<double> column = tile.Column(0);
            for (int row = 0; row < weights.Length; row++)
            {
                statistic[0] += weights[row];
                statistic[1] += weights[row] * column[row];
                statistic[2] += weights[row] * column[row] * column[row];
            }
        }

        public override Normal Estimate(ReadOnlySpan<double> statistic, Normal current)
        {
            double mean = statistic[1] / statistic[0];
            return new Normal(mean, Math.Max(1e-12, statistic[2] / statistic[0] - mean * mean));
        }
    }
}

/// <summary>What the laws need to know about <see cref="NormalFamily"/>.</summary>
public abstract class NormalFamilySubject : FamilyLaws<Normal>
{
    protected override int Columns => 1;

    protected override Normal Component(Random random) => new(Simulate.Normal(random), 0.5 + random.NextDouble());

    protected override void DrawRow(Random random, Normal component, Span<double> row) =>
        row[0] = component.Mean + Math.Sqrt(component.Variance) * Simulate.Normal(random);

    protected override double[] Flatten(Normal component) => [component.Mean, component.Variance];

    protected override double ReferenceLogDensity(Normal component, double[] row) =>
        MathNet.Numerics.Distributions.Normal.PDFLn(component.Mean, Math.Sqrt(component.Variance), row[0]);

    protected override Normal Neighbour(Random random, Normal component, double scale) => new(
        component.Mean + scale * Math.Sqrt(component.Variance) * Simulate.Normal(random),
        component.Variance * Math.Exp(scale * Simulate.Normal(random)));

    protected override Normal Translate(Normal component, double offset) => component with { Mean = component.Mean + offset };
}
