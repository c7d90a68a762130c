using Latent.Data;
using Latent.Factors;
using Latent.Families;
using Latent.Mixtures;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Tests.Mixtures;

/// <summary>Distances and tail probabilities by hand, with published quantiles, and as a test that holds its level.</summary>
public class OutlierScoreTests
{
    private static readonly GaussianMixture _plane = new(
        CovarianceStructure.Full, [.6, .4], [new Gaussian([0, 0], [4, 1, 1, 2]), new Gaussian([20, 0], [1, 0, 0, 1])]);

    [Fact]
    public void DistancesAreThoseOfTheMatrixFormula()
    {
        RowSource rows = RowSource.From([1.0, 2, 21, 2, double.NaN, 3, double.NaN, double.NaN, 2, double.NaN], 2);
        OutlierScores scores = OutlierScores.Of(_plane, rows);
        // Σ₁⁻¹ = [2 −1; −1 4]/7.
        Assert.Equal((2 * 1 - 2 * 1 * 2 + 4 * 4) / 7.0, scores.Distance[0], 1e-12);
        Assert.Equal(5, scores.Distance[1], 1e-12);
        Assert.Equal(9 / 2.0, scores.Distance[2], 1e-12);
        Assert.True(double.IsNaN(scores.Distance[3]) && double.IsNaN(scores.Tail[3]));
        Assert.Equal(1, scores.Distance[4], 1e-12);
        // Two degrees of freedom: exp(−D²/2). One: P(|Z| > 1) = 0.3173105078629141.
        Assert.Equal(Math.Exp(-scores.Distance[0] / 2), scores.Tail[0], 1e-12);
        Assert.Equal(Math.Exp(-2.5), scores.Tail[1], 1e-12);
        Assert.Equal(0.3173105078629141, scores.Tail[4], 1e-12);
    }

    /// <summary>Of factors as of the covariances that they make, cells missing or not.</summary>
    [Fact]
    public void DistancesOfFactorsAreThoseOfTheirCovariances()
    {
        FactorParameters[] components = [new FactorParameters([0, 0, 1], [1, 2, 0.5], [0.3, 0.2, 1]), new FactorParameters([5, 5, 5], [1, -1, 2], [0.5, 0.5, 0.5])];
        FittedMixture<FactorGaussian> factors = FactorMixture.Create(UniquenessSharing.Own, [0.5, 0.5], components);
        GaussianMixture plain = new(CovarianceStructure.Full, [0.5, 0.5], [.. components.Select(component => component.ToGaussian())]);
        RowSource rows = RowSource.From([1.0, 2, 3, 5, double.NaN, 4, double.NaN, double.NaN, 2, double.NaN, double.NaN, double.NaN, 9, 9, 9], 3);
        OutlierScores expected = OutlierScores.Of(plain, rows);
        OutlierScores found = OutlierScores.Of(factors, rows);
        for (int row = 0; row < 5; row++)
        {
            Assert.Equal(row == 3, double.IsNaN(found.Distance[row]));
            Assert.Equal(row == 3, double.IsNaN(found.Tail[row]));
            Assert.True(row == 3 || Math.Abs(expected.Distance[row] - found.Distance[row]) <= 1e-10 * (1 + expected.Distance[row]));
            Assert.True(row == 3 || Math.Abs(expected.Tail[row] - found.Tail[row]) <= 1e-10);
        }
    }

    [Fact]
    public void StudentTailsAreThoseOfF()
    {
        // t with 4 degrees of freedom: P(|t| > 2.776445105) = 0.05, and F(2, 4) beyond 6.944271910 has 0.05, by the tables.
        FittedMixture<StudentT> line = StudentMixture.Create(CovarianceStructure.Full, [1], [new StudentT(new Gaussian([1], [9]), 4)]);
        Assert.Equal(0.05, OutlierScores.Of(line, RowSource.From([1 + 3 * 2.776445105], 1)).Tail[0], 1e-9);
        FittedMixture<StudentT> plane = StudentMixture.Create(CovarianceStructure.Full, [1], [new StudentT(new Gaussian([0, 0], [1, 0, 0, 1]), 4)]);
        Assert.Equal(0.05, OutlierScores.Of(plane, RowSource.From([Math.Sqrt(2 * 6.944271910), 0], 2)).Tail[0], 1e-9);
    }

    /// <summary>Of 20,000 rows of the mixture itself 1 % have a tail below 0.01, by either measure: 200 ± 14, asked for within 4.5 deviations (false alarms 1 in 10⁵).</summary>
    [Fact]
    public void TheTailHoldsItsLevel()
    {
        RowSource rows = RowSource.From(_plane.Sample(20_000, 5).Values, 2);
        Assert.InRange(OutlierScores.Of(_plane, rows).Tail.Count(p => p < 0.01), 137, 263);
        Assert.InRange(OutlierScores.DensityTail(_plane, rows, draws: 100_000, seed: 9).Count(p => p < 0.01), 120, 280);
    }

    [Fact]
    public void OutliersStandOutAndTheOrderOfDensitiesIsKept()
    {
        double[][] data = [.. FaithfulData.Rows, [7, 40], [1, 110]];
        RowSource rows = data;
        GaussianMixtureFit fit = GaussianMixture.Fit((RowSource)FaithfulData.Rows, 2);
        OutlierScores scores = OutlierScores.Of(fit, rows);
        double[] density = OutlierScores.DensityTail(fit, rows);
        Assert.True(scores.Tail[272] < 1e-10 && scores.Tail[273] < 1e-10);
        Assert.Equal(1 / 10_001.0, density[272]);
        Assert.True(scores.Tail[..272].Average() is > 0.4 and < 0.6);
        double[] logs = fit.LogDensity(rows);
        int[] order = [.. Enumerable.Range(0, 274).OrderBy(row => logs[row])];
        Assert.All(order.Zip(order.Skip(1)), pair => Assert.True(density[pair.First] <= density[pair.Second]));
        MixtureFit<Poisson> counts = Mixture.Fit(new PoissonFamily(), RowSource.From([0.0, 1, 2, 1, 1, 9, 11, 8, 12, 10], 1), 2);
        double[] tails = OutlierScores.DensityTail(counts, RowSource.From([1.0, 10, 40, double.NaN], 1));
        Assert.True(tails[0] > 0.3 && tails[1] > 0.3 && tails[2] < 0.001 && double.IsNaN(tails[3]));
    }
}
