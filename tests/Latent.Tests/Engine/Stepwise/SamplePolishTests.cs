using Latent.Data;
using Latent.Engine;
using Latent.Engine.Stepwise;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;
using Latent.Tests.Engine.Checkpoints;

namespace Latent.Tests.Engine.Stepwise;

/// <summary>What comes between an epoch and batch EM: steps with the gradient of all data and the curvature of a sample.</summary>
public sealed class SamplePolishTests
{
    private static readonly RowSource _data = Simulate(40_000, 1);

    [Fact]
    public void ThePolishReachesTheOptimumInFewerPasses()
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Problem();
        EmOptions options = new() { Stopping = StoppingRule.RemainingGain(1e-6 * _data.Rows) };
        EmResult<Mixture<Gaussian>> batch = Em.Fit(model, _data, start, options);
        EmResult<Mixture<Gaussian>> bare = Em.Fit(model, _data, start, options with { Algorithm = new StepwiseEm { Polish = false } });
        EmResult<Mixture<Gaussian>> polished = Em.Fit(model, _data, start, options with { Algorithm = new StepwiseEm() });
        Assert.True(polished.Converged);
        EmResult<Mixture<Gaussian>> best = Em.Fit(model, _data, polished.Parameters, EmOptions.Default);
        Assert.InRange(best.Objective - polished.Objective, 0, 2e-6 * _data.Rows);
        Assert.InRange(polished.RemainingGain, 0, 1e-6 * _data.Rows);
        Assert.Equal(new Reduction<Mixture<Gaussian>, RowChunk>(model, _data, 1).Evaluate(polished.Parameters, new double[model.StatisticLength], default), polished.LogLikelihood);
        Assert.True(polished.Evaluations < batch.Evaluations && polished.Evaluations < bare.Evaluations, $"{polished.Evaluations} passes with, {bare.Evaluations} without, {batch.Evaluations} of batch EM");
    }

    [Fact]
    public void TheSurrogateHasTheGradientAndTheFirstStepOfAllData()
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Problem();
        double[] whole = new double[model.StatisticLength];
        new Reduction<Mixture<Gaussian>, RowChunk>(model, _data, 1).Evaluate(start, whole, default);
        Surrogate<Mixture<Gaussian>, RowChunk> surrogate = Surrogate(model, start, whole);
        double[] image = new double[surrogate.Length], expected = new double[surrogate.Length], gradient = new double[surrogate.Length], score = new double[surrogate.Length];

        Assert.True(surrogate.TryPass(surrogate.Start, image, gradient, out _));

        model.WriteCoordinates(model.Maximize(whole, start), expected);
        Assert.True(model.TryWriteCoordinateScore(whole, start, score));
        Close.Equal(expected, image, 1e-12, [.. expected.Select(value => 1 + Math.Abs(value))], "image");
        Close.Equal(score, gradient, 1e-10, [.. score.Select(value => 1 + Math.Abs(value))], "gradient");
    }

    /// <summary>The objective, an integral of gradients, has these gradients; and a step of the map never lowers it.</summary>
    [Fact]
    public void TheSurrogateIsMinorisedByItsMap()
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Problem();
        double[] whole = new double[model.StatisticLength];
        new Reduction<Mixture<Gaussian>, RowChunk>(model, _data, 1).Evaluate(start, whole, default);
        Surrogate<Mixture<Gaussian>, RowChunk> surrogate = Surrogate(model, start, whole);
        double[] image = new double[surrogate.Length], gradient = new double[surrogate.Length], ignored = new double[surrogate.Length];
        Assert.True(surrogate.TryPass(surrogate.Start, image, gradient, out double before));
        double[] point = [.. surrogate.Start.Select((value, index) => value + 0.03 * Math.Sin(index + 1))];
        Assert.True(surrogate.TryPass(point, image, gradient, out double there));
        Assert.NotEqual(before, there);
        double[] slope = [.. gradient];
        for (int j = 0; j < point.Length; j++)
        {
            double[] right = [.. point], left = [.. point];
            right[j] += 1e-4;
            left[j] -= 1e-4;
            Assert.True(surrogate.TryPass(right, ignored, out double above) & surrogate.TryPass(left, ignored, out double below));
            Assert.Equal(slope[j], (above - below) / 2e-4, 1e-5 * Math.Abs(slope[j]) + 1e-2);
        }
        double last = there;
        for (int step = 0; step < 20; step++)
        {
            point = [.. image];
            Assert.True(surrogate.TryPass(point, image, out double now));
            Assert.True(now >= last - 1e-6, $"step {step}: from {last} to {now}");
            last = now;
        }
    }

    /// <summary>Against the matrices themselves: each pair updates an inverse, (I − ρsyᵀ)B⁻¹(I − ρysᵀ) + ρssᵀ [NocedalWright2006, eq. 6.17].</summary>
    [Fact]
    public void MendingAStepIsAnUpdateOfTheInverse()
    {
        const int length = 5;
        RandomGenerator random = new(3);
        double[,] curvature = Definite(), inverse = Definite();
        double[] gradient = Vector(), step = Times(inverse, gradient);
        SecantPair[] pairs = [.. Enumerable.Range(0, 3).Select(_ => Vector()).Select(way => new SecantPair(way, Times(curvature, way), Times(inverse, Times(curvature, way))))];
        foreach (SecantPair pair in pairs)
        {
            double[,] next = new double[length, length];
            double[] moved = Times(inverse, pair.Fall);
            double across = pair.Fall.Zip(moved, (y, m) => y * m).Sum();
            for (int i = 0; i < length; i++)
            {
                for (int j = 0; j < length; j++)
                {
                    next[i, j] = inverse[i, j] - (pair.Way[i] * moved[j] + moved[i] * pair.Way[j]) / pair.Curvature + pair.Way[i] * pair.Way[j] / pair.Curvature * (1 + across / pair.Curvature);
                }
            }
            inverse = next;
        }

        Close.Equal(Times(inverse, gradient), SecantPair.Mend(gradient, step, pairs), 1e-10, [.. Enumerable.Repeat(1.0, length)], "step");

        double[] Vector() => [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];

        double[,] Definite()
        {
            double[,] matrix = new double[length, length];
            foreach (double[] row in Enumerable.Range(0, 2 * length).Select(_ => Vector()))
            {
                for (int i = 0; i < length; i++)
                {
                    for (int j = 0; j < length; j++)
                    {
                        matrix[i, j] += row[i] * row[j];
                    }
                }
            }
            return matrix;
        }

        static double[] Times(double[,] matrix, double[] vector) => [.. Enumerable.Range(0, vector.Length).Select(i => vector.Select((value, j) => matrix[i, j] * value).Sum())];
    }

    [Fact]
    public void WithoutAGradientBatchEmGoesOnFromTheEpoch()
    {
        ProductFamily family = new([ProductPart.Of(new PoissonFamily()), ProductPart.Of(new PoissonFamily())]);
        RandomGenerator random = new(5);
        RowSource counts = RowSource.From([.. Enumerable.Range(0, 40_000).Select(index => (double)random.NextInt64(index / 2 % 3 == 0 ? 4 : 12))], 2);
        MixtureFit<Product> start = Mixture.Fit(family, counts, 2, new MixtureOptions<Product> { MaxIterations = 1 });
        MixtureModel<Product> model = new(family, 2, 2);
        EmOptions options = new() { Algorithm = new StepwiseEm() };
        EmResult<Mixture<Product>> with = Em.Fit(model, counts, new(start.Weights.AsSpan(), start.Components.AsSpan()), options);
        EmResult<Mixture<Product>> without = Em.Fit(model, counts, new(start.Weights.AsSpan(), start.Components.AsSpan()), options with { Algorithm = new StepwiseEm { Polish = false } });
        Assert.True(with.Converged);
        Assert.Equal(without.Objective, with.Objective);
        Assert.Equal(without.Evaluations, with.Evaluations);
    }

    [Theory]
    [InlineData(1e-6)]
    [InlineData(0.04)]
    public void KilledInTheMiddleOfItItGoesOnWithTheSameBits(double tolerance)
    {
        (MixtureModel<Gaussian> model, Mixture<Gaussian> start) = Problem();
        EmOptions options = new() { Algorithm = new StepwiseEm { BatchSize = 2000 }, Threads = 1, Stopping = StoppingRule.RemainingGain(tolerance) };
        EmResult<Mixture<Gaussian>> whole = Em.Fit(model, _data, start, options);
        CheckpointHistory history = new();
        Em.Fit(model, _data, start, options with { Checkpoint = history.Every(), Threads = 2 });
        Assert.True(history.Written.Count > 20);
        for (int killed = 0; killed < history.Written.Count; killed += 3)
        {
            EmResult<Mixture<Gaussian>> resumed = Em.Fit(model, _data, start, options with { Checkpoint = history.After(killed).Resumed() });
            Checkpoints.Checkpoints.AssertSame(whole, resumed);
        }
    }

    private static Surrogate<Mixture<Gaussian>, RowChunk> Surrogate(MixtureModel<Gaussian> model, Mixture<Gaussian> start, double[] whole)
    {
        RowSource sample = RowSource.From(_data.GetRows(0, 4000).Values.ToArray(), _data.Columns);
        Reduction<Mixture<Gaussian>, RowChunk> sweep = new(model, sample, 1);
        return Assert.IsType<Surrogate<Mixture<Gaussian>, RowChunk>>(
            Surrogate<Mixture<Gaussian>, RowChunk>.TryCreate(model, sweep, (double)_data.Rows / sample.Rows, start, whole));
    }

    private static (MixtureModel<Gaussian> Model, Mixture<Gaussian> Start) Problem() => (
        new(new FullGaussianFamily(2), 3, 2),
        new([0.4, 0.3, 0.3], [.. new[] { -1.0, 0.2, 1.5 }.Select(mean => new Gaussian([mean, -mean], Covariance.FromVariances([1.5, 1.5])))]));

    // Three components so close that EM is slow.
    private static RowSource Simulate(int rows, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] values = new double[2 * rows];
        for (int row = 0; row < rows; row++)
        {
            int k = (int)random.NextInt64(3);
            double x = random.NextGaussian(), y = random.NextGaussian();
            values[2 * row] = 1.3 * (k - 1) + x;
            values[2 * row + 1] = (k == 1 ? 1 : -0.5) + (0.5 * (k - 1) * x) + y;
        }
        return RowSource.From(values, 2);
    }
}
