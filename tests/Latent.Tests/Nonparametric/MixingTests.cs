using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Nonparametric;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Nonparametric;

/// <summary>Mixing distributions beside published ones, finite mixtures and a dense grid.</summary>
public sealed class MixingTests
{
    // Episodes of cough, fever or running nose of 602 preschool children in Thailand over three years [BohningEtAl1992].
    private static readonly double[] _children = [120, 64, 69, 72, 54, 35, 36, 25, 25, 19, 18, 18, 13, 4, 3, 6, 6, 5, 1, 3, 1, 2, 0, 1, 2];

    private static RowSource Episodes => RowSource.From([.. Enumerable.Range(0, _children.Length).Select(count => (double)count)]).WithWeights(_children);

    /// <summary>Four points, 0.14, 2.82, 8.16 and 16.16 with masses 0.20, 0.48, 0.27 and 0.05, and a log-likelihood of −1553.81 [BohningEtAl1992].</summary>
    [Fact]
    public void EpisodesOfThaiChildren()
    {
        MixingFit fit = MixingEstimate.Fit(MixingKernel.Poisson(), Episodes);

        Assert.True(fit.Result.Converged);
        Assert.InRange(fit.Result.RemainingGain, 0, 1.1e-6);
        Close.Equal(-1553.8101773383203, fit.LogLikelihood, 2e-6);
        Close.Equal([0.14338922822514535, 2.8172830127571413, 8.164167627339713, 16.155823457674895], fit.Support.AsSpan(), 2e-3);
        Close.Equal([0.1969, 0.4800, 0.2693, 0.0538], fit.Weights.AsSpan(), 1e-3);
        for (int step = 1; step < fit.Result.Trace.Count; step++)
        {
            Assert.True(fit.Result.Trace[step] >= fit.Result.Trace[step - 1] - 1e-9);
        }
        // The finite mixture of as many components cannot be better, and by EM from elsewhere is as good.
        Close.Equal(Mixture.Fit(new PoissonFamily(), Episodes, 4).LogLikelihood, fit.LogLikelihood, 1e-5);
        Close.Equal(fit.LogLikelihood, fit.Mixture.Score(Episodes), 1e-9);
    }

    /// <summary>For Poisson counts E[θ | x] = (x + 1)·f(x + 1)/f(x), whatever the mixing distribution [Robbins1956].</summary>
    [Fact]
    public void PosteriorMeansByRobbinsFormula()
    {
        MixingFit fit = MixingEstimate.Fit(MixingKernel.Poisson(), Episodes);
        double[] log = fit.Mixture.LogDensity(Episodes);
        double[] means = fit.PosteriorMeans(Episodes);
        for (int x = 0; x + 1 < log.Length; x++)
        {
            Close.Equal((x + 1) * Math.Exp(log[x + 1] - log[x]), means[x], 1e-9);
        }
    }

    /// <summary>Weights by 3,000 plain EM steps on a dense grid of points come up to it and not beyond.</summary>
    [Fact]
    public void MeansOfNormalValuesAsByEmOnAGrid()
    {
        RandomGenerator random = new(3);
        double[] values = [.. Enumerable.Range(0, 80).Select(row => (row % 3 == 0 ? -2 : 1.5) + random.NextGaussian())];
        MixingFit fit = MixingEstimate.Fit(MixingKernel.Normal(1), RowSource.From(values));
        double[] grid = [.. Enumerable.Range(0, 161).Select(index => values.Min() + index / 160.0 * (values.Max() - values.Min()))];
        double[][] density = [.. values.Select(x => grid.Select(mean => Math.Exp(-0.5 * (x - mean) * (x - mean)) / Math.Sqrt(2 * Math.PI)).ToArray())];
        double[] weights = [.. Enumerable.Repeat(1.0 / grid.Length, grid.Length)];
        double likelihood = 0;
        for (int step = 0; step < 3000; step++)
        {
            double[] next = new double[grid.Length];
            likelihood = 0;
            foreach (double[] row in density)
            {
                double sum = 0;
                for (int j = 0; j < grid.Length; j++)
                {
                    sum += weights[j] * row[j];
                }
                likelihood += Math.Log(sum);
                for (int j = 0; j < grid.Length; j++)
                {
                    next[j] += weights[j] * row[j] / sum / values.Length;
                }
            }
            weights = next;
        }
        Assert.InRange(fit.LogLikelihood - likelihood, -1e-6, 0.05);
        Assert.InRange(fit.Result.RemainingGain, 0, 1.1e-6);
        Assert.InRange(fit.Support.Length, 2, 6);
    }

    [Fact]
    public void OneValueIsOnePoint()
    {
        MixingFit fit = MixingEstimate.Fit(MixingKernel.Exponential(), RowSource.From((double[])[2, 2, 2]));
        Close.Equal([0.5], fit.Support.AsSpan(), 1e-12);
        Assert.Contains("found -1", Assert.Throws<ArgumentException>(() => MixingEstimate.Fit(MixingKernel.Poisson(), RowSource.From((double[])[2, -1]))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => MixingKernel.Normal(0));
    }
}
