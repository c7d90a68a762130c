using CustomModel;
using Latent.Data;
using Latent.Testing;
using Latent.Tests.Engine.Examples;
using MathNet.Numerics;
using Xunit.Sdk;

namespace Latent.Tests.Testing;

/// <summary>The oracles themselves, against closed forms and against each other.</summary>
public sealed class OracleTests
{
    [Fact]
    public void TheGradientOfAPolynomialIsExact()
    {
        // f = x³y − 5x + y⁴ at (3, 2): (3x²y − 5, x³ + 4y³)
        double[] gradient = NumericalGradient.Of(point => Math.Pow(point[0], 3) * point[1] - 5 * point[0] + Math.Pow(point[1], 4), [3, 2]);
        Close.Equal([49, 59], gradient, 1e-10);
    }

    [Fact]
    public void AssignmentsAreAllDistinctOnes()
    {
        List<string> all = [.. Enumeration.Assignments(3, 4).Select(labels => string.Concat(labels))];
        Assert.Equal(81, all.Distinct().Count());
        Assert.Equal("0000", all[0]);
        Assert.Equal("2222", all[^1]);
    }

    /// <summary>The sample's E-step is the posterior expectation over all 2⁸ assignments.</summary>
    [Fact]
    public void EnumerationProvesAnEStep()
    {
        double[] counts = [0, 1, 1, 2, 4, 5, 7, 3];
        PoissonPair parameters = new(0.3, 1.2, 4.5);
        double[] statistic = new double[4];
        double logLikelihood = new PoissonPairModel().Expect(parameters, new RowChunk(counts, 1), statistic);

        (double expected, double[] expectation) = Enumeration.Expect(
            2,
            counts.Length,
            labels => labels.Select((label, row) => Joint(parameters, label, counts[row])).Aggregate((left, right) => left * right),
            labels => [labels.Count(label => label == 0), labels.Count(label => label == 1), Sum(labels, counts, 0), Sum(labels, counts, 1)]);

        Close.Equal(expected, logLikelihood, 1e-12);
        Close.Equal(expectation, statistic, 1e-12);
    }

    /// <summary>EM and a direct search on the observed likelihood agree.</summary>
    [Fact]
    public void DirectMaximisationAgreesWithEm()
    {
        double[] persons = [186, 13, 38, 284];
        double LogLikelihood(double[] point)
        {
            double sum = Math.Exp(point[0]) + Math.Exp(point[1]) + 1;
            (double a, double b, double o) = (Math.Exp(point[0]) / sum, Math.Exp(point[1]) / sum, 1 / sum);
            double[] probabilities = [a * a + 2 * a * o, 2 * a * b, b * b + 2 * b * o, o * o];
            return persons.Zip(probabilities, (count, probability) => count * Math.Log(probability)).Sum();
        }
        double[] best = DirectMaximizer.Maximize(LogLikelihood, [0, 0]);

        EmResult<AlleleFrequencies> em = Em.Fit(
            GeneCounting.BloodGroups,
            new ChunkList<RowChunk>([new RowChunk((double[])[0, 1, 2, 3], 1, persons)]),
            new AlleleFrequencies([1.0 / 3, 1.0 / 3, 1.0 / 3]),
            new EmOptions { Stopping = StoppingRule.RemainingGain(1e-12) });

        Close.Equal(LogLikelihood(best), em.LogLikelihood, 1e-10);
        Close.Equal(Math.Exp(best[0]), em.Parameters.Values[0] / em.Parameters.Values[2], 1e-6);
        Close.Equal(Math.Exp(best[1]), em.Parameters.Values[1] / em.Parameters.Values[2], 1e-6);
    }

    [Fact]
    public void TheNaiveDensityIsTheFormula()
    {
        Close.Equal(-0.5 * Math.Log(2 * Math.PI), NaiveGaussianMixture.LogDensity([0], [0], new double[,] { { 1 } }), 1e-15);
        // Σ = [2 1; 1 3], |Σ| = 5, Σ⁻¹ = [3 −1; −1 2]/5, x − μ = (1, 2): the form is (3 − 4 + 8)/5.
        Close.Equal(-Math.Log(2 * Math.PI) - 0.5 * Math.Log(5) - 0.7, NaiveGaussianMixture.LogDensity([4, 4], [3, 2], new double[,] { { 2, 1 }, { 1, 3 } }), 1e-14);
        Assert.Throws<ArithmeticException>(() => NaiveGaussianMixture.Cholesky(new double[,] { { 1, 2 }, { 2, 1 } }));
    }

    [Fact]
    public void TheNaiveMixtureClimbsToWhatMadeTheData()
    {
        Random random = new(3);
        double[][] means = [[0, 0], [4, 1]];
        double[][,] covariances = [Simulate.Covariance(random, 2), Simulate.Covariance(random, 2)];
        (double[] values, int[] labels) = Simulate.GaussianMixture(random, 1500, [0.3, 0.7], means, covariances);
        NaiveGaussianMixture mixture = new([0.5, 0.5], [[-1, 1], [3, 0]], [new double[,] { { 2, 0 }, { 0, 2 } }, new double[,] { { 2, 0 }, { 0, 2 } }]);
        double previous = double.NegativeInfinity;
        for (int iteration = 0; iteration < 60; iteration++)
        {
            (double logLikelihood, NaiveGaussianMixture next) = mixture.Step(values);
            Assert.True(logLikelihood >= previous);
            (previous, mixture) = (logLikelihood, next);
        }
        // Five standard errors: false alarm below 1e-5 in all, fixed seed.
        Close.Equal(0.3, mixture.Weights[0], 5 * Math.Sqrt(0.21 / 1500));
        Close.Equal([0, 0], mixture.Means[0], 5 * Math.Sqrt(2.0 / 450));
        Close.Equal([4, 1], mixture.Means[1], 5 * Math.Sqrt(2.0 / 1050), [1, 1]);
        Assert.Equal(450, labels.Count(label => label == 0), 5 * Math.Sqrt(1500 * 0.21));
    }

    [Fact]
    public void NaiveLloydTakesTheStepsOfTheHand()
    {
        double[] values = [0, 1, 9, 11, 100];
        (double inertia, double[][] next) = NaiveKMeans.Step(values, [[0], [10], [-500]]);
        Assert.Equal(0 + 1 + 1 + 1 + 8100, inertia);
        Assert.Equal([[0.5], [40], [-500]], next);
        (double weighted, double[][] moved) = NaiveKMeans.Step(values, [[0], [10]], [3, 1, 1, 1, 0]);
        Assert.Equal(1 + 1 + 1, weighted);
        Assert.Equal([[0.25], [10]], moved);
        Assert.Equal([0, 0, 1, 1], NaiveKMeans.Assign([1, 2, 3, 4], [[1], [3]]).Labels);
    }

    [Fact]
    public void CompensatedSumsKeepWhatPlainSumsLose()
    {
        Assert.Equal(2, CompensatedSum.Of([1, 1e100, 1, -1e100]));
        Assert.NotEqual(2, ((double[])[1, 1e100, 1, -1e100]).Sum());
    }

    [Fact]
    public void ComparisonsFailWhereTheyShould()
    {
        Assert.Throws<XunitException>(() => Close.Equal([1, 2], [1, 2.1], 1e-3));
        Assert.Throws<XunitException>(() => Close.Equal([1, 2], [1], 1e-3));
        Assert.Throws<XunitException>(() => Close.Equal(1, double.NaN, 1e9));
        Assert.Throws<XunitException>(() => Close.SameBits([0.0], [-0.0]));
        Close.Equal(double.NaN, double.NaN, 0);
        Close.SameBits([double.NaN], [double.NaN]);
    }

    [Fact]
    public void SimulatedCountsHaveTheirMoments()
    {
        Random random = new(8);
        double[] counts = [.. Enumerable.Range(0, 20_000).Select(_ => (double)Simulate.Poisson(random, 3))];
        double[] normals = [.. Enumerable.Range(0, 20_000).Select(_ => Simulate.Normal(random))];
        // Five standard errors each.
        Close.Equal(3, counts.Average(), 5 * Math.Sqrt(3.0 / 20_000));
        Close.Equal(0, normals.Average(), 5 / Math.Sqrt(20_000));
        Close.Equal(1, normals.Average(value => value * value), 5 * Math.Sqrt(2.0 / 20_000));
        Assert.Equal(1, Simulate.Probabilities(random, 7).Sum(), 1e-12);
    }

    private static double Joint(PoissonPair parameters, int label, double count)
    {
        double rate = label == 0 ? parameters.First : parameters.Second;
        return (label == 0 ? parameters.Share : 1 - parameters.Share) * Math.Exp(-rate) * Math.Pow(rate, count) / SpecialFunctions.Factorial((int)count);
    }

    private static double Sum(int[] labels, double[] counts, int label) => labels.Select((found, row) => found == label ? counts[row] : 0).Sum();
}
