using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Incomplete;
using Latent.Testing;

namespace Latent.Tests.Incomplete;

/// <summary>The entry: published traces, direct maximisation, standard errors by other means, and what it says of rows.</summary>
public class MultivariateNormalTests
{
    /// <summary>Means of the observed cells of airquality's first four columns, EM iteration by iteration, to all digits printed by an independent program.</summary>
    [Fact]
    public void AirqualityFollowsThePublishedTrace()
    {
        double[] trace = [-2403.1313658824, -2333.9263897014, -2327.3669262587, -2326.7442024530, -2326.7004250943, -2326.6975827695, -2326.6973965498, -2326.6973838059];
        double[] covariance =
        [
            1044.01864306442, 942.52984181284, 8090.70166120678, -64.63592769371, -17.33538034132, 12.33041736084, 209.56350282615, 238.07331132703, -15.17231833910, 89.00576701269,
        ];
        MultivariateNormalFit plain = MultivariateNormal.Fit(Airquality(), new MultivariateNormalOptions { Acceleration = Accelerator.None, MaxIterations = 60, Stopping = StoppingRule.Never });
        Close.Equal(trace, plain.Result.Trace.Take(8).ToArray(), 2e-14, what: "trace");
        Assert.Equal(-2326.69738279834, plain.LogLikelihood, 1e-10);
        Close.Equal([41.8711730196, 184.84680624985, 9.95751633987, 77.88235294118], plain.Distribution.Mean, 3e-13, what: "mean");
        Close.Equal(covariance, Lower(plain.Distribution), 1e-12, what: "covariance");

        MultivariateNormalFit fit = MultivariateNormal.Fit(Airquality());
        Assert.True(fit.Converged);
        Assert.InRange(fit.LogLikelihood, -2326.69738279834 - 1e-6, -2326.69738279834 + 1e-9);
        Assert.InRange(fit.Result.Evaluations, 1, 12);
        Assert.Equal((14, 4, 153.0, 0), (fit.FreeParameters, fit.Patterns.Count, fit.EffectiveRows, fit.RowsWithoutValues));
    }

    /// <summary>Half of the cells missing: where EM ends, no direction of the likelihood of the observed cells, taken row by row, leads up.</summary>
    [Theory]
    [InlineData(3, 0.5)]
    [InlineData(4, 0.3)]
    public void TheOptimumIsThatOfTheObservedLikelihood(int columns, double missing)
    {
        Random random = new(columns);
        Gaussian truth = IncompleteData.Normal(random, columns);
        double[] values = IncompleteData.Rows(random, truth, 150, missing);
        MultivariateNormalFit fit = MultivariateNormal.Fit(RowSource.From(values, columns), new MultivariateNormalOptions { Stopping = StoppingRule.RemainingGain(1e-9) });
        IncompleteNormalModel model = new(columns);
        double[] point = new double[model.FreeParameters];
        model.WriteCoordinates(fit.Distribution, point);
        double At(double[] at)
        {
            Assert.True(model.TryReadCoordinates(at, truth, out Gaussian? normal));
            return IncompleteData.Naive(normal, values).LogLikelihood;
        }
        Assert.Equal(At(point), fit.LogLikelihood, 1e-8);
        foreach (double derivative in NumericalGradient.Of(At, point))
        {
            Assert.Equal(0, derivative, 2e-3);
        }
        for (int trial = 0; trial < 200; trial++)
        {
            double scale = Math.Pow(10, -4 * random.NextDouble());
            Assert.True(At([.. point.Select(value => value + scale * Simulate.Normal(random))]) <= fit.LogLikelihood + 1e-8);
        }
    }

    /// <summary>Complete rows have a closed form, reached in one step.</summary>
    [Fact]
    public void CompleteRowsHaveTheirMoments()
    {
        Random random = new(4);
        double[] values = IncompleteData.Rows(random, IncompleteData.Normal(random, 3), 50, 0);
        MultivariateNormalFit fit = MultivariateNormal.Fit(RowSource.From(values, 3));
        double[] mean = [.. Enumerable.Range(0, 3).Select(column => Enumerable.Range(0, 50).Average(row => values[row * 3 + column]))];
        double[] covariance = [.. Enumerable.Range(0, 9).Select(cell => Enumerable.Range(0, 50).Average(row => (values[row * 3 + cell / 3] - mean[cell / 3]) * (values[row * 3 + cell % 3] - mean[cell % 3])))];
        Close.Equal(mean, fit.Distribution.Mean, 1e-12, what: "mean");
        Close.Equal(covariance, fit.Distribution.Covariance.Matrix, 1e-11, what: "covariance");
        Assert.True(fit.Converged);
    }

    /// <summary>The observed information against second differences of the likelihood taken row by row, and the missing information against rates of plain EM.</summary>
    [Fact]
    public void StandardErrorsAreThoseOfTheObservedInformation()
    {
        Random random = new(6);
        const int columns = 2;
        double[] values = IncompleteData.Rows(random, IncompleteData.Normal(random, columns), 120, 0.4);
        RowSource rows = RowSource.From(values, columns);
        MultivariateNormalFit fit = MultivariateNormal.Fit(rows, new MultivariateNormalOptions { Stopping = StoppingRule.RemainingGain(1e-10) });
        double[] at = [.. fit.Distribution.Mean, .. Lower(fit.Distribution)];
        double Likelihood(double[] p) => IncompleteData.Naive(new Gaussian(p.AsSpan(0, 2), [p[2], p[3], p[3], p[4]]), values).LogLikelihood;
        var information = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.Dense(5, 5, (i, j) =>
        {
            double hi = 1e-4 * (1 + Math.Abs(at[i])), hj = 1e-4 * (1 + Math.Abs(at[j]));
            double Moved(double a, double b)
            {
                double[] p = [.. at];
                p[i] += a * hi;
                p[j] += b * hj;
                return Likelihood(p);
            }
            return -(Moved(1, 1) - Moved(1, -1) - Moved(-1, 1) + Moved(-1, -1)) / (4 * hi * hj);
        });
        double[] expected = [.. information.Inverse().Diagonal().Select(Math.Sqrt)];

        ParameterEstimates estimates = fit.StandardErrors(rows);
        Close.Equal(expected, [.. estimates.Parameters.Select(estimate => estimate.StandardError)], 1e-4, what: "standard errors");
        Assert.Equal(["mean[x1]", "mean[x2]", "variance[x1]", "covariance[x1, x2]", "variance[x2]"], estimates.Parameters.Select(estimate => estimate.Name));

        ParameterEstimates sandwich = fit.StandardErrors(rows, new StandardErrorOptions { Method = StandardErrorMethod.Sandwich });
        Assert.All(sandwich.Parameters.Zip(expected), pair => Assert.InRange(pair.First.StandardError, 0.6 * pair.Second, 1.6 * pair.Second));
        Assert.NotEqual(expected[0], sandwich.Parameters[0].StandardError, 1e-6);
    }

    /// <summary>A ridge is as many more rows of independent columns.</summary>
    [Fact]
    public void ARidgeIsMoreRows()
    {
        Random random = new(9);
        const double ridge = 8;
        double[] values = IncompleteData.Rows(random, IncompleteData.Normal(random, 2), 60, 0);
        RowSource rows = RowSource.From(values, 2);
        MultivariateNormalFit plain = MultivariateNormal.Fit(rows);
        MultivariateNormalFit shrunk = MultivariateNormal.Fit(rows, new MultivariateNormalOptions { Ridge = ridge });
        double[] expected = [.. plain.Distribution.Covariance.Matrix];
        expected[1] = expected[2] *= 60 / (60 + ridge);
        Close.Equal(expected, shrunk.Distribution.Covariance.Matrix, 1e-7, what: "covariance");
        Assert.True(shrunk.LogLikelihood < plain.LogLikelihood);
        Assert.All(shrunk.Result.Trace.Zip(shrunk.Result.Trace.Skip(1)), pair => Assert.True(pair.Second >= pair.First - 1e-9));
    }

    [Fact]
    public void RowsAreCompletedAndScored()
    {
        Gaussian normal = new([1, 2, 3], [4, 2, 1, 2, 5, 2, 1, 2, 6]);
        MultivariateNormal model = new(normal, ["a", "b", "c"]);
        RowSource rows = RowSource.From((double[])[1.5, double.NaN, 2, double.NaN, double.NaN, double.NaN, 0, 1, 2, double.NaN, 4, double.NaN], 3).WithWeights((double[])[1, 1, 2, 1]);
        Gaussian first = normal.Conditional([0, 2], [1.5, 2]);
        Gaussian last = normal.Conditional([1], [4]);
        Close.Equal([1.5, first.Mean[0], 2, 1, 2, 3, 0, 1, 2, last.Mean[0], 4, last.Mean[1]], model.Complete(rows), 1e-12, what: "completed");
        double[] densities = [normal.Marginal([0, 2]).LogDensity([1.5, 2]), 0, normal.LogDensity([0, 1, 2]), normal.Marginal([1]).LogDensity([4])];
        Close.Equal(densities, model.LogDensity(rows), 1e-12, what: "log-density");
        Assert.Equal(densities[0] + 2 * densities[2] + densities[3], model.Score(rows), 1e-12);
        double[] deviations = model.ConditionalDeviations(rows);
        Close.Equal([0, Math.Sqrt(first.Covariance.Matrix[0]), 0, 2, Math.Sqrt(5), Math.Sqrt(6)], deviations.AsSpan(0, 6), 1e-12, what: "deviations");
        Assert.Equal(0.8, model.SquaredDistances(rows)[3], 1e-12);
    }

    [Fact]
    public void DrawsHaveTheDistributionsMoments()
    {
        // Means and variances of 40,000 draws lie within 5 standard errors: false alarm below 1e-5, the seed is fixed.
        MultivariateNormal model = new(new Gaussian([1, -2], [4, -1, -1, 2]));
        double[] values = model.Sample(40_000, seed: 3);
        double[] a = [.. values.Where((_, index) => index % 2 == 0)];
        double[] b = [.. values.Where((_, index) => index % 2 == 1)];
        Assert.Equal(1, a.Average(), 5 * Math.Sqrt(4 / 40_000.0));
        Assert.Equal(2, b.Average(value => (value + 2) * (value + 2)), 5 * 2 * Math.Sqrt(2 / 40_000.0));
        Assert.Equal(-1, a.Zip(b, (x, y) => (x - 1) * (y + 2)).Average(), 5 * 3 / 200.0);
        Assert.Equal(values, model.Sample(40_000, seed: 3));
    }

    [Fact]
    public void WhatCannotBeKnownIsSaid()
    {
        double[] values = [1, double.NaN, 2, double.NaN, double.NaN, 4, double.NaN, 5, double.NaN, 7, 3, double.NaN, double.NaN, double.NaN];
        MultivariateNormalFit fit = MultivariateNormal.Fit(RowSource.From(values, 2).WithNames("height", "weight"));
        Assert.Equal([("height", "weight")], fit.NeverTogether);
        Assert.Equal(1, fit.RowsWithoutValues);
        ArgumentException error = Assert.Throws<ArgumentException>(() => MultivariateNormal.Fit(RowSource.From((double[])[1, double.NaN, 2, double.NaN], 2).WithNames("height", "weight")));
        Assert.Contains("'weight'", error.Message, StringComparison.Ordinal);
    }

    private static RowSource Airquality()
    {
        string path = Path.Combine(Architecture.Repository.Root, "samples", "airquality.csv");
        return RowSource.From([.. File.ReadLines(path).Skip(1).SelectMany(line => line.Split(',').Take(4).Select(cell => double.TryParse(cell, CultureInfo.InvariantCulture, out double value) ? value : double.NaN))], 4);
    }

    private static double[] Lower(Gaussian normal) =>
        [.. Enumerable.Range(0, normal.Dimension).SelectMany(i => Enumerable.Range(0, i + 1).Select(j => normal.Covariance.Matrix[i * normal.Dimension + j]))];
}

/// <summary>MultivariateNormal.Fit obeys the laws of an entry.</summary>
public sealed class MultivariateNormalFitLaws : RowFitLaws
{
    protected override int Columns => 3;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double common = Simulate.Normal(random);
        int kept = random.Next(3);
        for (int column = 0; column < 3; column++)
        {
            row[column] = column != kept && random.NextDouble() < 0.3 ? double.NaN : column + 2 * common + Simulate.Normal(random);
        }
    }

    protected override IReadOnlyList<double> Fit(RowSource rows, int threads, ICommunicator? communicator)
    {
        MultivariateNormalFit fit = MultivariateNormal.Fit(rows, new MultivariateNormalOptions { Threads = threads, Communicator = communicator, MaxIterations = 300 });
        return [fit.LogLikelihood, fit.Bic, fit.Result.Iterations, (int)fit.Result.StopReason, .. fit.Distribution.Mean, .. fit.Distribution.Covariance.Matrix, .. fit.Result.Trace];
    }

    protected override double BestObjective(RowSource rows) => MultivariateNormal.Fit(rows).Result.Objective;
}
