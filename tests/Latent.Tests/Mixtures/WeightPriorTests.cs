using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>A Dirichlet prior on the weights: the textbook's step, a stationary point of the penalised likelihood, no empty component.</summary>
public class WeightPriorTests
{
    private static readonly RowSource _rows = FaithfulData.Rows;

    [Theory]
    [InlineData(Accelerators.Plain)]
    [InlineData(Accelerators.Default)]
    public void TheFitMaximisesThePenalisedLikelihood(Accelerators kind)
    {
        const double A = 30;
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 3, new GaussianMixtureOptions
        {
            WeightPrior = A,
            StartLabels = FaithfulData.Tertiles,
            Stopping = StoppingRule.RemainingGain(1e-9),
            Acceleration = kind == Accelerators.Plain ? Accelerator.None : Accelerator.Default,
        });
        double Objective(IReadOnlyList<double> weights) =>
            new GaussianMixture(CovarianceStructure.Full, weights.ToArray(), fit.Components).Score(_rows) + (A - 1) * weights.Sum(Math.Log);
        Assert.Equal(Objective(fit.Weights), fit.Result.Objective, 1e-8);
        Assert.All(fit.Result.Trace.Zip(fit.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));

        // Fixed point of the textbook's step, and no shift of weight between two components gains.
        double[] responsibilities = fit.Responsibilities(_rows);
        for (int k = 0; k < 3; k++)
        {
            double own = Enumerable.Range(0, 272).Sum(row => responsibilities[3 * row + k]);
            Assert.Equal((own + A - 1) / (272 + 3 * (A - 1)), fit.Weights[k], 1e-5);
            double[] moved = [.. fit.Weights];
            moved[k] += 1e-3;
            moved[(k + 1) % 3] -= 1e-3;
            Assert.True(Objective(moved) < fit.Result.Objective);
        }
        Assert.True(fit.Weights.Max() < GaussianMixture.Fit(_rows, 3, new GaussianMixtureOptions { StartLabels = FaithfulData.Tertiles }).Weights.Max());
    }

    [Fact]
    public void TheGradientCountsThePrior()
    {
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(2), 2, 2) { WeightPrior = 7.5 };
        Mixture<Gaussian> mixture = new([.3, .7], [new Gaussian([2, 55], [.2, 0, 0, 40]), new Gaussian([4.2, 80], [.2, .5, .5, 50])]);
        double[] point = new double[model.CoordinateCount(mixture)];
        model.WriteCoordinates(mixture, point);
        double[] statistic = new double[model.StatisticLength];
        model.Expect(mixture, _rows.GetChunk(0), statistic);
        double[] found = new double[point.Length];
        Assert.True(model.TryWriteCoordinateScore(statistic, mixture, found));
        double[] expected = NumericalGradient.Of(
            at => model.TryReadCoordinates(at, mixture, out Mixture<Gaussian>? there) ? model.Expect(there, _rows.GetChunk(0), new double[statistic.Length]) + model.LogPrior(there) : double.NaN, point);
        Close.Equal(expected, found, 1e-6, Enumerable.Repeat(expected.Max(Math.Abs), point.Length).ToArray(), "gradient");
    }

    [Fact]
    public void NoComponentIsEmpty()
    {
        // A mean far from all rows: without a prior the component empties at once.
        GaussianMixtureOptions options = new() { StartMeans = [[2, 54], [4.3, 80], [1e4, 1e6]] };
        Assert.Contains(0.0, GaussianMixture.Fit(_rows, 3, options).Weights);
        GaussianMixtureFit fit = GaussianMixture.Fit(_rows, 3, options with { WeightPrior = 2 });
        Assert.All(fit.Weights, weight => Assert.True(weight >= 1 / 275.0 - 1e-9));
    }

    [Fact]
    public void OptionsOutOfRangeAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixtureOptions { WeightPrior = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new GaussianMixtureOptions { WeightPrior = double.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MixtureModel<Gaussian>(new FullGaussianFamily(2), 2, 2) { WeightPrior = 0 });
    }

    public enum Accelerators
    {
        Plain,
        Default,
    }
}
