using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>The number of components by annihilation.</summary>
public class AnnihilationTests
{
    /// <summary>
    /// The first example of Figueiredo and Jain (2002): 900 rows of three equal components with means (0, −2), (0, 0), (0, 2) and covariance diag(2, 0.2), from 20 components on. They found
    /// three in all of 100 simulations; a fourth on some twenty rows costs 6.4 nats of message, which chance pays now and then.
    /// </summary>
    [Fact]
    public void ThePublishedExampleHasThreeComponents()
    {
        List<int> found = [];
        for (ulong seed = 1; seed <= 8; seed++)
        {
            RandomGenerator random = new(seed, 77);
            double[] values = new double[1800];
            for (int row = 0; row < 900; row++)
            {
                values[2 * row] = Math.Sqrt(2) * random.NextGaussian();
                values[2 * row + 1] = 2 * (random.NextInt64(3) - 1) + Math.Sqrt(.2) * random.NextGaussian();
            }
            RowSource rows = RowSource.From(values, 2);
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, 20, new GaussianMixtureOptions { Annihilate = true, Seed = seed });
            found.Add(fit.Components.Length);
            Assert.True(fit.Converged);
            Assert.Equal(fit.LogLikelihood, fit.Score(rows), 1e-8);
            // From there on it is maximum likelihood with as many components.
            AnnihilationStep best = fit.Annihilation.MinBy(step => step.MessageLength);
            Assert.Equal(best.Components, fit.Components.Length);
            Assert.True(fit.LogLikelihood >= best.LogLikelihood - 1e-6);
            if (found[^1] == 3)
            {
                Assert.InRange(GaussianMixture.Fit(rows, 3).LogLikelihood - fit.LogLikelihood, -1e-3, 1e-3);
            }
            Assert.Equal(fit.Annihilation.Select(step => step.Components).Distinct().OrderDescending(), fit.Annihilation.Select(step => step.Components));
            Assert.Equal(1, fit.Annihilation[^1].Components);
        }
        Assert.True(found.Count(count => count == 3) >= 6, string.Join(" ", found));
    }

    /// <summary>The message of one component, written out: T = 5, π = 1.</summary>
    [Fact]
    public void TheMessageOfOneComponentIsItsFormula()
    {
        RowSource rows = FaithfulData.Rows;
        GaussianMixtureFit fit = GaussianMixture.Fit(rows, 9, new GaussianMixtureOptions { Annihilate = true });
        AnnihilationStep last = fit.Annihilation[^1];
        double logLikelihood = GaussianMixture.Fit(rows, 1).LogLikelihood;
        Assert.Equal(logLikelihood, last.LogLikelihood, 1e-6);
        Assert.Equal(2.5 * Math.Log(272 / 12.0) + .5 * Math.Log(272 / 12.0) + .5 * (5 + 1) - logLikelihood, last.MessageLength, 1e-6);
        Assert.InRange(fit.Components.Length, 2, 4);
        Assert.All(fit.Annihilation, step => Assert.True(step.MessageLength >= fit.Annihilation.Min(other => other.MessageLength)));
    }

    [Fact]
    public void TooFewRowsForOneComponentAreANamedError()
    {
        NumericalException failure = Assert.Throws<NumericalException>(() =>
            GaussianMixture.Fit((RowSource)(double[][])[[1, 2], [3, 5]], 2, new GaussianMixtureOptions { Annihilate = true }));
        Assert.Contains("rows", failure.Message, StringComparison.Ordinal);
    }
}
