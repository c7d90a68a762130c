using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

public class MixtureBootstrapTests
{
    // B = 400 replicates: a standard error varies by 1/√800 = 3.5 %, to which come up to 8 % between the bootstrap's target and the information's at these
    // sizes. A bound of 25 % is 4.8 deviations: some 1e-5 false alarms over the tests' 30 comparisons, and the seeds are fixed.
    private const double Bound = 0.25;

    [Theory]
    [InlineData(BootstrapKind.Nonparametric)]
    [InlineData(BootstrapKind.WeightedLikelihood)]
    [InlineData(BootstrapKind.Parametric)]
    public void AgreesWithTheInformationOnAMixtureThatIsRight(BootstrapKind kind)
    {
        RowSource rows = MixtureStandardErrorsTests.Draw(11, [.4, .6], 800).WithNames("a", "b");
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2);
        ParameterEstimates information = fit.StandardErrors(rows);
        BootstrapResult found = fit.Bootstrap(rows, new() { Kind = kind, Replicates = 400, Seed = 3 });
        Assert.Empty(found.Failures);
        Assert.Equal(0, found.Unconverged);
        Assert.Equal(400, found.Replicates.Count);
        Assert.Equal(1 / Math.Sqrt(2 * 399.0), found.Estimates.ErrorEstimate, 1e-12);
        foreach (ParameterEstimate parameter in information.Parameters)
        {
            ParameterEstimate other = found.Estimates[parameter.Name];
            Close.Equal(1, other.StandardError / parameter.StandardError, Bound, parameter.Name);
            Assert.Equal(parameter.Value, other.Value);
            Close.Equal(parameter.Lower, other.Lower, 4 * Bound * parameter.StandardError + 0.02, parameter.Name);
            Close.Equal(parameter.Upper, other.Upper, 4 * Bound * parameter.StandardError + 0.02, parameter.Name);
        }
    }

    [Theory]
    [InlineData(BootstrapKind.Nonparametric)]
    [InlineData(BootstrapKind.WeightedLikelihood)]
    [InlineData(BootstrapKind.Parametric)]
    public void AnyNumberOfThreadsGivesTheSameBits(BootstrapKind kind)
    {
        RowSource rows = MixtureStandardErrorsTests.Draw(12, [.4, .6], 150);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 2);
        BootstrapResult one = fit.Bootstrap(rows, new() { Kind = kind, Replicates = 12, Threads = 1 });
        BootstrapResult three = fit.Bootstrap(rows, new() { Kind = kind, Replicates = 12, Threads = 3 });
        BootstrapResult other = fit.Bootstrap(rows, new() { Kind = kind, Replicates = 12, Seed = 2 });
        Close.SameBits([.. one.Replicates.SelectMany(values => values)], [.. three.Replicates.SelectMany(values => values)]);
        Assert.NotEqual(one.Replicates[0][0], other.Replicates[0][0]);
    }

    [Fact]
    public void ComponentsThatSwapAreAlignedByTheirRows()
    {
        // Equal weights: ordered by weight, every other replicate would have the means exchanged, and standard errors near half their distance.
        RowSource rows = MixtureStandardErrorsTests.Draw(13, [.5, .5], 400);
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 2, 2);
        Mixture<Gaussian> estimate = Em.Fit(model, rows, new Mixture<Gaussian>([.5, .5], [new([0, 0], [1, 0, 0, 1]), new([3, 2], [1, 0, 0, 1])])).Parameters;
        RandomGenerator random = new(5);
        for (int trial = 0; trial < 20; trial++)
        {
            Mixture<Gaussian> shaken = new([.3 + .4 * random.NextDouble(), .5],
                [.. estimate.Components.Select(component => new Gaussian([component.Mean[0] + .2 * random.NextGaussian(), component.Mean[1]], component.Covariance.Matrix))]);
            Mixture<Gaussian> swapped = new([shaken.Weights[1], shaken.Weights[0]], [shaken.Components[1], shaken.Components[0]]);
            Mixture<Gaussian> aligned = ComponentAlignment.Align(model, rows, estimate, swapped);
            Assert.Equal(shaken.Weights.ToArray(), aligned.Weights.ToArray());
            Assert.Same(shaken.Components[0], aligned.Components[0]);
        }
        BootstrapResult found = new FittedMixture<Gaussian>(model, estimate, ["x1", "x2"]).Bootstrap(rows, new() { Replicates = 60 });
        Assert.InRange(found.Estimates["mean[1, x1]"].StandardError, 0.03, 0.3);
    }

    [Fact]
    public void WeightsStandForRepeatedRows()
    {
        // Frequency weights of 4 with a quarter of the rows: the same information as all rows listed.
        RowSource quarter = MixtureStandardErrorsTests.Draw(14, [1], 100);
        RowSource rows = quarter.WithWeights(Enumerable.Repeat(4.0, 100).ToArray());
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 1);

        // 200 replicates: 25 % is five deviations of 1/√400.
        double expected = Math.Sqrt(fit.Components[0].Covariance.Matrix[0] / 400);
        foreach (BootstrapKind kind in Enum.GetValues<BootstrapKind>())
        {
            Assert.Equal(1, fit.Bootstrap(rows, new() { Kind = kind, Replicates = 200 }).Estimates["mean[1, x1]"].StandardError / expected, Bound);
        }
    }

    [Fact]
    public void ReplicatesThatBreakDownAreCountedAndLeftOut()
    {
        RowSource rows = MixtureStandardErrorsTests.Draw(15, [1], 50);
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 1, 2);
        Mixture<Gaussian> estimate = Em.Fit(model, rows, new Mixture<Gaussian>([1], [new([0, 0], [1, 0, 0, 1])])).Parameters;

        // Every replicate whose first number is small holds one single row, and has no covariance.
        BootstrapResult found = Bootstrap.Of<Mixture<Gaussian>, RowChunk>(
            model,
            random => random.NextDouble() < 0.3 ? RowSource.From(new double[] { 1, 2 }, 2) : MixtureStandardErrorsTests.Draw(random.NextUInt64(), [1], 50),
            estimate,
            new() { Replicates = 40 });
        Assert.InRange(found.Failures.Count, 3, 25);
        Assert.Equal(40, found.Failures.Count + found.Replicates.Count);
        Assert.All(found.Failures, failure => Assert.True(new RandomGenerator(1, (ulong)failure.Replicate).NextDouble() < 0.3));
        Assert.Contains(found.Estimates.Notes, note => note.StartsWith($"{found.Failures.Count} of 40", StringComparison.Ordinal));
        Assert.Throws<NumericalException>(() => Bootstrap.Of<Mixture<Gaussian>, RowChunk>(model, _ => RowSource.From(new double[] { 1, 2 }, 2), estimate, new() { Replicates = 5 }));
    }

    [Fact]
    public void ErrorsOfTheCallerAndCancellationAreNotFailuresOfReplicates()
    {
        RowSource rows = MixtureStandardErrorsTests.Draw(16, [1], 50);
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 1);
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => fit.Bootstrap(rows, new() { Replicates = 4 }, cancelled.Token));
        Assert.Throws<ArgumentException>(() => fit.Bootstrap(RowSource.From(new double[9], 3)));
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 1, 2);
        Assert.Throws<FormatException>(() => Bootstrap.Of<Mixture<Gaussian>, RowChunk>(model, _ => throw new FormatException(), new Mixture<Gaussian>([1], [fit.Components[0]])));
    }

    [Fact]
    public void CountsAndDirichletWeightsHaveTheirMoments()
    {
        // 2,000 replicates of 4 frequencies: means within 5 of their deviations, variances within 20 % (5 deviations of √(2/2000), and heavier tails).
        double[] frequencies = [1, 0, 2.5, .5];
        double[][] counts = [.. Enumerable.Range(0, 2000).Select(index => RowReplicates.Counts(frequencies, new RandomGenerator(1, (ulong)index)))];
        double[][] weights = [.. Enumerable.Range(0, 2000).Select(index => RowReplicates.DirichletWeights(frequencies, new RandomGenerator(2, (ulong)index)))];
        Assert.All(counts, found => Assert.Equal(4, found.Sum()));
        Assert.All(weights, found => Assert.Equal(4, found.Sum(), 1e-12));
        for (int row = 0; row < 4; row++)
        {
            double share = frequencies[row] / 4;
            Moments([.. counts.Select(found => found[row])], frequencies[row], 4 * share * (1 - share));
            Moments([.. weights.Select(found => found[row])], frequencies[row], 16 * share * (1 - share) / 5);
        }

        static void Moments(double[] values, double mean, double variance)
        {
            double found = values.Average();
            Assert.Equal(mean, found, 5 * Math.Sqrt(variance / values.Length));
            Assert.Equal(variance, values.Sum(value => (value - found) * (value - found)) / values.Length, 0.2 * variance);
        }
    }
}
