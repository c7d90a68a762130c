namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// Evaluation counts of record. Sources: the vignette and tests of R package SQUAREM 2021.1, runs of that package under R 4.2.2 and of
/// daarem 0.7, on the same maps. They check every branch of the published algorithms: bounds, fallbacks, order of the tests.
/// </summary>
public class PublishedCountsTests
{
    private static AccelerationResult Run(IEmMap map, double[] start, Accelerator method, double tolerance, int maxPasses = 20_000) =>
        Em.Accelerate(map, start, new AccelerationOptions { Method = method, Stopping = StoppingRule.Residual(tolerance), MaxPasses = maxPasses });

    private static AccelerationResult Hasselblad(double[] start, Accelerator method, double tolerance) =>
        Run(new HasselbladMap(strict: false), start, method, tolerance);

    [Theory]
    [InlineData(.44629444987719813, 5.3433980730263855, .87135129826869884, 1e-8, 2909)]
    [InlineData(.44629444987719813, 3.56226538201759, .58090086551246589, 1e-8, 2556)]
    [InlineData(.3, 1, 2.5, 1e-8, 2586)]
    [InlineData(.3, 1, 2.5, 1e-7, 2055)]
    [InlineData(.5, 1, 3, 1e-7, 2113)]
    [InlineData(.5, 1, 3, 1e-8, 2643)]
    [InlineData(.9, 1, 6, 1e-8, 3084)]
    public void Plain_em_on_hasselblad(double weight, double first, double second, double tolerance, int evaluations)
    {
        AccelerationResult result = Hasselblad([weight, first, second], Accelerator.None, tolerance);
        Assert.Equal(evaluations, result.MapEvaluations);
        Assert.Equal(evaluations, result.Passes);
        Assert.Equal(StopReason.Converged, result.StopReason);
    }

    // S1 from the second start and from (.5, 1, 3) is left out here: see Squarem_s1_where_the_last_bits_decide
    [Theory]
    [InlineData(SquaremScheme.S1, .44629444987719813, 5.3433980730263855, .87135129826869884, 1e-8, 71, 25)]
    [InlineData(SquaremScheme.S1, .3, 1, 2.5, 1e-8, 90, 32)]
    [InlineData(SquaremScheme.S1, .3, 1, 2.5, 1e-7, 84, 30)]
    [InlineData(SquaremScheme.S1, .9, 1, 6, 1e-8, 134, 46)]
    [InlineData(SquaremScheme.S2, .44629444987719813, 5.3433980730263855, .87135129826869884, 1e-8, 87, 34)]
    [InlineData(SquaremScheme.S2, .44629444987719813, 3.56226538201759, .58090086551246589, 1e-8, 57, 20)]
    [InlineData(SquaremScheme.S2, .3, 1, 2.5, 1e-8, 75, 26)]
    [InlineData(SquaremScheme.S2, .3, 1, 2.5, 1e-7, 69, 24)]
    [InlineData(SquaremScheme.S2, .5, 1, 3, 1e-7, 60, 23)]
    [InlineData(SquaremScheme.S2, .5, 1, 3, 1e-8, 66, 25)]
    [InlineData(SquaremScheme.S2, .9, 1, 6, 1e-8, 116, 44)]
    [InlineData(SquaremScheme.S3, .44629444987719813, 5.3433980730263855, .87135129826869884, 1e-8, 72, 25)]
    [InlineData(SquaremScheme.S3, .44629444987719813, 3.56226538201759, .58090086551246589, 1e-8, 66, 23)]
    [InlineData(SquaremScheme.S3, .3, 1, 2.5, 1e-8, 72, 25)]
    [InlineData(SquaremScheme.S3, .3, 1, 2.5, 1e-7, 66, 23)]
    [InlineData(SquaremScheme.S3, .5, 1, 3, 1e-7, 60, 21)]
    [InlineData(SquaremScheme.S3, .5, 1, 3, 1e-8, 66, 23)]
    [InlineData(SquaremScheme.S3, .9, 1, 6, 1e-8, 114, 39)]
    public void Squarem_on_hasselblad(SquaremScheme scheme, double weight, double first, double second, double tolerance, int map, int objective)
    {
        AccelerationResult result = Hasselblad([weight, first, second], new Squarem { Scheme = scheme }, tolerance);
        Assert.Equal((map, objective), (result.MapEvaluations, result.ObjectiveEvaluations));
        Assert.Equal(map + result.RejectedProposals, result.Passes);
    }

    /// <summary>
    /// The reference counts are 125 and 88, but the reference itself answers 104 to 167 and 86 to 133 when the start is moved by one part in
    /// 1e15 (40 random moves), so only the range means anything.
    /// </summary>
    [Theory]
    [InlineData(.44629444987719813, 3.56226538201759, .58090086551246589, 104, 167)]
    [InlineData(.5, 1, 3, 86, 133)]
    public void Squarem_s1_where_the_last_bits_decide(double weight, double first, double second, int least, int most)
    {
        AccelerationResult result = Hasselblad([weight, first, second], new Squarem { Scheme = SquaremScheme.S1 }, 1e-8);
        Assert.InRange(result.MapEvaluations, least, most);
    }

    [Theory]
    [InlineData(.3, 1, 2.5, 75, 27)]
    [InlineData(.5, 1, 3, 72, 31)]
    [InlineData(.9, 1, 6, 108, 41)]
    public void Monotone_squarem_on_hasselblad(double weight, double first, double second, int map, int objective)
    {
        AccelerationResult result = Hasselblad([weight, first, second], new Squarem { ObjectiveTolerance = 0 }, 1e-8);
        Assert.Equal((map, objective), (result.MapEvaluations, result.ObjectiveEvaluations));
    }

    [Theory]
    [InlineData(.3, 1, 2.5, 72)]
    [InlineData(.5, 1, 3, 66)]
    [InlineData(.9, 1, 6, 114)]
    public void Squarem_without_objective_on_hasselblad(double weight, double first, double second, int map)
    {
        var fused = new HasselbladMap(strict: false);
        AccelerationResult result = Em.Accelerate(
            (point, image) => fused.TryPass(point, image, out _), null, [weight, first, second],
            new AccelerationOptions { Method = new Squarem(), Stopping = StoppingRule.Residual(1e-8) });
        Assert.Equal((map, 0), (result.MapEvaluations, result.ObjectiveEvaluations));
        Assert.True(double.IsNaN(result.Objective));
        Assert.Empty(result.Trace);
    }

    [Fact]
    public void Squarem_that_accepts_everything_on_hasselblad() =>
        Assert.Equal(72, Hasselblad([.3, 1, 2.5], new Squarem { ObjectiveTolerance = double.PositiveInfinity }, 1e-8).MapEvaluations);

    /// <summary>The package reports one evaluation of F less than it does: 39, 43, 57 and 36, 33, 64.</summary>
    [Theory]
    [InlineData(.01, .3, 1, 2.5, 40)]
    [InlineData(.01, .5, 1, 3, 44)]
    [InlineData(.01, .9, 1, 6, 58)]
    [InlineData(0, .3, 1, 2.5, 37)]
    [InlineData(0, .5, 1, 3, 34)]
    [InlineData(0, .9, 1, 6, 65)]
    public void Daarem_on_hasselblad(double tolerance, double weight, double first, double second, int map)
    {
        AccelerationResult result = Hasselblad([weight, first, second], new Daarem { ObjectiveTolerance = tolerance }, 1e-8);
        Assert.Equal(map, result.MapEvaluations);
    }

    [Theory]
    [InlineData(.44629444987719813, 5.3433980730263855, .87135129826869884)]
    [InlineData(.44629444987719813, 3.56226538201759, .58090086551246589)]
    [InlineData(.3, 1, 2.5)]
    [InlineData(.5, 1, 3)]
    public void Default_needs_about_thirty_passes_on_hasselblad(double weight, double first, double second)
    {
        AccelerationResult result = Run(new HasselbladMap(strict: true), [weight, first, second], Accelerator.Default, 1e-8);
        Assert.InRange(result.Passes, 11, 31);
        // two of the starts reach the estimate with its components exchanged
        bool exchanged = result.Point[0] > .5;
        double[] point = exchanged ? [1 - result.Point[0], result.Point[2], result.Point[1]] : [.. result.Point];
        for (int j = 0; j < 3; j++)
        {
            Assert.Equal(HasselbladMap.Estimate[j], point[j], 1e-7);
        }
        Assert.Equal(HasselbladMap.Maximum, result.Objective, 1e-10);
    }

    /// <summary>
    /// 14666 in R 4.2.2, 14663 to 14666 when the start is moved by one part in 1e15, 14659 in the SQUAREM vignette: the start has
    /// uniquenesses of 1e-8, so the last bits of a 9 × 9 inverse show.
    /// </summary>
    [Fact]
    public void Plain_em_on_factors()
    {
        AccelerationResult result = Run(new FactorMap(strict: false), FactorMap.Start(1e-8), Accelerator.None, 1e-8);
        Assert.InRange(result.MapEvaluations, 14655, 14671);
        Assert.Equal(FactorMap.Maximum, result.Objective, 1e-9);
        for (int j = 0; j < 9; j++)
        {
            Assert.Equal(FactorMap.Uniquenesses[j], result.Point[36 + j], 2e-6);
        }
    }

    /// <summary>6407 in R 4.2.2 and 6409 in the SQUAREM vignette.</summary>
    [Fact]
    public void Ecme_on_factors()
    {
        AccelerationResult result = Run(new FactorMap(strict: false, ecme: true), FactorMap.Start(1e-8), Accelerator.None, 1e-8);
        Assert.InRange(result.MapEvaluations, 6400, 6416);
    }

    /// <summary>
    /// Ranges of SQUAREM 2021.1 over 12 moves of the start by one part in 1e14 (published: 4074, 1190, 1153; the vignette has 876): the counts
    /// are chaotic in the last bits.
    /// </summary>
    [Theory]
    [InlineData(SquaremScheme.S1, 1e-8, 2374, 4499)]
    [InlineData(SquaremScheme.S2, 1e-8, 1190, 3684)]
    [InlineData(SquaremScheme.S3, 1e-8, 876, 1197)]
    [InlineData(SquaremScheme.S1, .5, 558, 753)]
    [InlineData(SquaremScheme.S2, .5, 383, 479)]
    [InlineData(SquaremScheme.S3, .5, 477, 876)]
    public void Squarem_on_factors(SquaremScheme scheme, double uniqueness, int least, int most)
    {
        AccelerationResult result = Run(new FactorMap(strict: false), FactorMap.Start(uniqueness), new Squarem { Scheme = scheme }, 1e-8);
        Assert.InRange(result.MapEvaluations, least, most);
        Assert.Equal(FactorMap.Maximum, result.Objective, 1e-7);
    }

    [Fact]
    public void Default_on_factors()
    {
        AccelerationResult result = Run(new FactorMap(strict: true), FactorMap.Start(1e-8), Accelerator.Default, 1e-8);
        Assert.InRange(result.Passes, 100, 650);
        Assert.Equal(FactorMap.Maximum, result.Objective, 1e-9);
    }

    /// <summary>The reference stops here with "Error in function evaluation": a proposal drives a uniqueness to infinity.</summary>
    [Theory]
    [InlineData(1e-8)]
    [InlineData(.5)]
    public void Accelerated_ecme_survives_bad_proposals(double uniqueness)
    {
        AccelerationResult result = Run(new FactorMap(strict: true, ecme: true), FactorMap.Start(uniqueness), Accelerator.Default, 1e-8, 3000);
        Assert.True(result.Converged, $"{result.StopReason} at {result.Objective}");
        Assert.Equal(FactorMap.Maximum, result.Objective, 1e-7);
    }

    [Fact]
    public void Plain_em_on_interval_censored_data()
    {
        AccelerationResult result = Run(new TurnbullMap(strict: false), Problem.UniformMasses, Accelerator.None, 1e-8);
        Assert.Equal(216, result.MapEvaluations);
        Assert.Equal(-58.06002231, result.Objective, 1.5e-8);
    }

    [Fact]
    public void Squarem_on_interval_censored_data()
    {
        AccelerationResult result = Run(new TurnbullMap(strict: false), Problem.UniformMasses, new Squarem(), 1e-8);
        Assert.Equal((40, 14), (result.MapEvaluations, result.ObjectiveEvaluations));
        Assert.Equal(-58.06002223, result.Objective, 3e-8);
    }

    [Theory]
    [InlineData(true, 1127, 118, 43)]
    [InlineData(false, 442, 88, 30)]
    public void Remission(bool uniform, int plain, int map, int objective)
    {
        AccelerationResult em = Run(new RemissionMap(uniform), Problem.TenCoefficients, Accelerator.None, 1e-7);
        Assert.Equal(plain, em.MapEvaluations);
        AccelerationResult squarem = Run(new RemissionMap(uniform), Problem.TenCoefficients, new Squarem(), 1e-7);
        Assert.Equal((map, objective), (squarem.MapEvaluations, squarem.ObjectiveEvaluations));
        AccelerationResult best = Run(new RemissionMap(uniform), Problem.TenCoefficients, Accelerator.Default, 1e-9);
        Assert.Equal(RemissionMap.Maximum, best.Objective, 1e-10);
        for (int j = 0; j < 7; j++)
        {
            Assert.Equal(RemissionMap.Estimate[j], best.Point[j], 1e-5);
        }
    }
}
