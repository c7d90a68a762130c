using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Testing;
using Latent.Tests.Architecture;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.Optimization;

namespace Latent.Tests.Mixtures;

/// <summary>Gaussian mixtures of rows with missing cells.</summary>
public class MissingCellTests
{
    /// <summary>
    /// The maximum of the observed-data likelihood, written out naively and maximised by quasi-Newton steps with numerical derivatives from a point beside the fit: it is the fit's.
    /// </summary>
    [Theory]
    [InlineData("faithful", 0.1, CovarianceStructure.Full)]
    [InlineData("faithful", 0.3, CovarianceStructure.Full)]
    [InlineData("faithful", 0.5, CovarianceStructure.Full)]
    [InlineData("faithful", 0.1, CovarianceStructure.Diagonal)]
    [InlineData("faithful", 0.3, CovarianceStructure.Diagonal)]
    [InlineData("faithful", 0.5, CovarianceStructure.Diagonal)]
    [InlineData("faithful", 0.1, CovarianceStructure.Tied)]
    [InlineData("faithful", 0.3, CovarianceStructure.Tied)]
    [InlineData("faithful", 0.5, CovarianceStructure.Tied)]
    [InlineData("iris", 0.1, CovarianceStructure.Full)]
    [InlineData("iris", 0.3, CovarianceStructure.Full)]
    [InlineData("iris", 0.5, CovarianceStructure.Full)]
    [InlineData("iris", 0.1, CovarianceStructure.Diagonal)]
    [InlineData("iris", 0.3, CovarianceStructure.Diagonal)]
    [InlineData("iris", 0.5, CovarianceStructure.Diagonal)]
    [InlineData("iris", 0.1, CovarianceStructure.Tied)]
    [InlineData("iris", 0.3, CovarianceStructure.Tied)]
    [InlineData("iris", 0.5, CovarianceStructure.Tied)]
    public void FitsAreMaximaOfTheObservedLikelihood(string name, double share, CovarianceStructure structure)
    {
        (double[] values, int columns) = Holed(name, share, 21);
        GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, columns), 2, new GaussianMixtureOptions { Covariance = structure, Stopping = StoppingRule.RemainingGain(1e-9) });
        Assert.True(fit.Converged);
        Assert.Empty(fit.Result.Degeneracies);

        Shape shape = new(structure, columns);
        Assert.Equal(fit.FreeParameters, shape.Length);
        double[] at = shape.Write(fit);
        double[] scales = Scales(values, columns);
        double Objective(double[] point) => LogLikelihood(shape.Read(point), values, columns);
        Assert.Equal(fit.LogLikelihood, Objective(at), 1e-8 * Math.Abs(fit.LogLikelihood));

        Random random = new(5);
        double[] beside = [.. at.Select((value, i) => value + 0.02 * Simulate.Normal(random) * (shape.IsMean(i) ? scales[shape.Column(i)] : 1))];
        Assert.True(Objective(beside) < fit.LogLikelihood - 1e-3, "Expected a start away from the maximum.");
        IObjectiveFunction minus = ObjectiveFunction.Gradient(
            point => -Objective(Scaled(point, scales, shape)),
            point =>
            {
                double[] gradient = NumericalGradient.Of(p => -Objective(Scaled(Vector<double>.Build.DenseOfArray(p), scales, shape)), point.ToArray());
                return Vector<double>.Build.DenseOfArray(gradient);
            });
        Vector<double> start = Vector<double>.Build.DenseOfEnumerable(beside.Select((value, i) => shape.IsMean(i) ? value / scales[shape.Column(i)] : value));
        double best = Objective(Scaled(Ascend(minus, start), scales, shape));
        Assert.Equal(fit.LogLikelihood, best, 2e-6);
    }

    /// <summary>Without missing cells the two families agree.</summary>
    [Fact]
    public void CompleteRowsAreASpecialCase()
    {
        (double[] values, int columns) = Holed("iris", 0, 1);
        GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, columns), 2);
        foreach (string name in (string[])["VVV", "VEV"])
        {
            MixtureModel<Gaussian> model = new(new IncompleteGaussianFamily(CovarianceDecomposition.Named(name), columns, [5, 3, 4, 1]), 2, columns);
            Assert.Equal(fit.LogLikelihood, new FittedMixture<Gaussian>(model, new Mixture<Gaussian>(fit.Weights.AsSpan(), fit.Components.AsSpan()), fit.ColumnNames).Score(RowSource.From(values, columns)), 1e-9);
        }
    }

    /// <summary>All fourteen structures fit incomplete rows, their log-likelihood is the naive one, and what is nested is not above what contains it.</summary>
    [Fact]
    public void EveryStructureTakesMissingCells()
    {
        (double[] values, int columns) = Holed("iris", 0.2, 3);
        double full = double.NaN;
        foreach (CovarianceStructure structure in CovarianceStructures.All.Reverse())
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, columns), 3, new GaussianMixtureOptions { Covariance = structure, Starts = 12 });
            full = structure == CovarianceStructure.Full ? fit.LogLikelihood : full;
            Assert.True(fit.LogLikelihood <= full + 1e-6, $"{structure}: {fit.LogLikelihood} > {full}");
            NaiveGaussianMixture naive = new([.. fit.Weights], [.. fit.Components.Select(component => component.Mean.ToArray())], [.. fit.Components.Select(Matrix)]);
            Assert.Equal(naive.Expect(values).LogLikelihood, fit.LogLikelihood, 1e-8);
        }
    }

    /// <summary>Rows with nothing observed have no part: neither in the parameters nor in the criteria, and they are counted. Prediction gives them the weights.</summary>
    [Fact]
    public void RowsWithNothingObservedAreReported()
    {
        (double[] values, int columns) = Holed("faithful", 0.3, 2);
        double[] kept = [.. values.Chunk(columns).Where(row => !row.All(double.IsNaN)).SelectMany(row => row)];
        int empty = (values.Length - kept.Length) / columns;
        Assert.True(empty > 0);
        GaussianMixtureFit all = GaussianMixture.Fit(RowSource.From(values, columns), 2);
        GaussianMixtureFit some = GaussianMixture.Fit(RowSource.From(kept, columns), 2);
        Assert.Equal((empty, 0), (all.EmptyRows, some.EmptyRows));
        Assert.Equal((some.LogLikelihood, some.Bic, some.Result.Iterations), (all.LogLikelihood, all.Bic, all.Result.Iterations));

        int row = Enumerable.Range(0, values.Length / columns).First(index => values.AsSpan(index * columns, columns).ToArray().All(double.IsNaN));
        Assert.Equal(0, all.LogDensity(RowSource.From(values, columns))[row], 1e-12);
        Assert.Equal([.. all.Weights], all.Responsibilities(RowSource.From(values, columns)).AsSpan(row * 2, 2).ToArray().Select(value => Math.Round(value, 12)), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    /// <summary>A row's density is that of the marginal mixture of its observed columns.</summary>
    [Fact]
    public void DensitiesAreThoseOfMarginals()
    {
        (double[] values, int columns) = Holed("iris", 0.3, 4);
        GaussianMixtureFit fit = GaussianMixture.Fit(RowSource.From(values, columns), 2);
        double[] densities = fit.LogDensity(RowSource.From(values, columns));
        for (int row = 0; row < 30; row++)
        {
            double[] cells = values[(row * columns)..((row + 1) * columns)];
            int[] observed = [.. Enumerable.Range(0, columns).Where(column => !double.IsNaN(cells[column]))];
            if (observed.Length > 0)
            {
                double[] part = [.. observed.Select(column => cells[column])];
                Assert.Equal(fit.Marginal(observed).LogDensity(RowSource.From(part, part.Length))[0], densities[row], 1e-9);
            }
        }
    }

    /// <summary>The order of rows and of chunks plays no part, nor whether patterns repeat; threads give the same bits.</summary>
    [Fact]
    public void OrderAndThreadsPlayNoPart()
    {
        (double[] values, int columns) = Holed("iris", 0.3, 6);
        GaussianMixtureFit one = GaussianMixture.Fit(RowSource.From(values, columns), 2, new GaussianMixtureOptions { Threads = 1 });
        GaussianMixtureFit two = GaussianMixture.Fit(RowSource.From(values, columns), 2, new GaussianMixtureOptions { Threads = 2 });
        Assert.Equal(one.Result.Trace, two.Result.Trace);
        double[] reversed = [.. values.Chunk(columns).Reverse().SelectMany(row => row)];
        Assert.Equal(one.LogLikelihood, GaussianMixture.Fit(RowSource.From(reversed, columns), 2).LogLikelihood, 1e-5);
    }

    /// <summary>Weights are repetitions, with missing cells too.</summary>
    [Fact]
    public void WeightsAreRepetitions()
    {
        (double[] values, int columns) = Holed("faithful", 0.3, 8);
        double[] weights = [.. Enumerable.Range(0, values.Length / columns).Select(row => (double)(row % 3))];
        double[] repeated = [.. values.Chunk(columns).SelectMany((row, index) => Enumerable.Repeat(row, index % 3)).SelectMany(row => row)];
        GaussianMixtureOptions options = new() { StartMeans = [[2, 55], [4.3, 80]] };
        GaussianMixtureFit weighted = GaussianMixture.Fit(RowSource.From(values, columns).WithWeights(weights), 2, options);
        GaussianMixtureFit copied = GaussianMixture.Fit(RowSource.From(repeated, columns), 2, options);
        Assert.Equal(copied.LogLikelihood, weighted.LogLikelihood, 1e-7);
        Close.Equal([.. copied.Weights], weighted.Weights.AsSpan(), 1e-5, what: "weights");
    }

    /// <summary>Standard errors by scores agree with those by the objective alone, and grow with what is missing.</summary>
    [Theory]
    [InlineData(CovarianceStructure.Full)]
    [InlineData(CovarianceStructure.Diagonal)]
    public void StandardErrorsKnowOfMissingCells(CovarianceStructure structure)
    {
        (double[] values, int columns) = Holed("faithful", 0.3, 9);
        (double[] complete, _) = Holed("faithful", 0, 9);
        GaussianMixtureOptions options = new() { Covariance = structure, Stopping = StoppingRule.RemainingGain(1e-10) };
        GaussianMixtureFit holed = GaussianMixture.Fit(RowSource.From(values, columns), 2, options);
        GaussianMixtureFit whole = GaussianMixture.Fit(RowSource.From(complete, columns), 2, options);
        ParameterEstimates found = holed.StandardErrors(RowSource.From(values, columns));
        ParameterEstimates less = whole.StandardErrors(RowSource.From(complete, columns));
        ParameterEstimates sandwich = holed.StandardErrors(RowSource.From(values, columns), new StandardErrorOptions { Method = StandardErrorMethod.Sandwich });
        foreach (ParameterEstimate estimate in found.Parameters.Where(estimate => estimate.Name.StartsWith("mean", StringComparison.Ordinal)))
        {
            double smaller = less[estimate.Name].StandardError;
            Assert.InRange(estimate.StandardError / smaller, 1.02, 2);
            Assert.InRange(sandwich[estimate.Name].StandardError / estimate.StandardError, 0.6, 1.6);
        }
    }

    /// <summary>Wide rows of many patterns, each with its own: as the naive likelihood has it.</summary>
    [Fact]
    public void ManyColumnsAndPatterns()
    {
        const int columns = 70;
        Random random = new(1);
        double[] values = new double[60 * columns];
        for (int cell = 0; cell < values.Length; cell++)
        {
            values[cell] = random.NextDouble() < 0.3 ? double.NaN : Simulate.Normal(random) + cell % columns;
        }
        double[] mean = [.. Enumerable.Range(0, columns).Select(column => column + 0.1)];
        double[,] covariance = Simulate.Covariance(random, columns);
        GaussianMixture mixture = new(CovarianceStructure.Full, [1.0], [new Gaussian(mean, [.. covariance.Cast<double>()])]);
        Assert.Equal(new NaiveGaussianMixture([1], [mean], [covariance]).Expect(values).LogLikelihood, mixture.Score(RowSource.From(values, columns)), 1e-6);
    }

    private static Vector<double> Ascend(IObjectiveFunction minus, Vector<double> start)
    {
        for (int round = 0; round < 4; round++)
        {
            try
            {
                start = new BfgsMinimizer(1e-7, 1e-10, 1e-12, 400).FindMinimum(minus, start).MinimizingPoint;
            }
            catch (OptimizationException)
            {
                // The line search ends where differences are rounding: go on from there with the identity for a Hessian.
                start = minus.Point.Clone();
            }
        }
        return start;
    }

    private static double[] Scaled(Vector<double> point, double[] scales, Shape shape) =>
        [.. point.Select((value, i) => shape.IsMean(i) ? value * scales[shape.Column(i)] : value)];

    private static double[] Scales(double[] values, int columns) => [.. Enumerable.Range(0, columns).Select(column =>
    {
        double[] own = [.. Enumerable.Range(0, values.Length / columns).Select(row => values[row * columns + column]).Where(value => !double.IsNaN(value))];
        return Math.Sqrt(own.Average(value => value * value) - own.Average() * own.Average());
    })];

    private static double LogLikelihood(NaiveGaussianMixture mixture, double[] values, int columns)
    {
        try
        {
            double sum = 0;
            for (int row = 0; row < values.Length / columns; row++)
            {
                ReadOnlySpan<double> cells = values.AsSpan(row * columns, columns);
                double[] logs = new double[mixture.Weights.Length];
                for (int k = 0; k < logs.Length; k++)
                {
                    logs[k] = Math.Log(mixture.Weights[k]) + NaiveGaussianMixture.ObservedLogDensity(cells, mixture.Means[k], mixture.Covariances[k]);
                }
                double most = logs.Max();
                sum += most + Math.Log(logs.Sum(log => Math.Exp(log - most)));
            }
            return sum;
        }
        catch (ArithmeticException)
        {
            return double.NegativeInfinity;
        }
    }

    private static double[,] Matrix(Gaussian component)
    {
        double[,] matrix = new double[component.Dimension, component.Dimension];
        for (int cell = 0; cell < matrix.Length; cell++)
        {
            matrix[cell / component.Dimension, cell % component.Dimension] = component.Covariance.Matrix[cell];
        }
        return matrix;
    }

    private static (double[] Values, int Columns) Holed(string name, double share, int seed)
    {
        string[][] lines = [.. File.ReadAllLines(Path.Combine(Repository.Root, "samples", name + ".csv")).Skip(1).Select(line => line.Split(','))];
        int columns = name == "iris" ? 4 : 2;
        Random random = new(seed);
        return ([.. lines.SelectMany(line => line.Take(columns)).Select(cell => random.NextDouble() < share ? double.NaN : double.Parse(cell, CultureInfo.InvariantCulture))], columns);
    }

    /// <summary>Two components as a point: the log-ratio of the weights, the means, and logarithms of variances or Cholesky factors.</summary>
    private sealed class Shape(CovarianceStructure structure, int columns)
    {
        private int Own => structure == CovarianceStructure.Diagonal ? columns : columns * (columns + 1) / 2;

        public int Length => 1 + 2 * columns + Own * (structure == CovarianceStructure.Tied ? 1 : 2);

        public bool IsMean(int i) => i >= 1 && i <= 2 * columns;

        public int Column(int i) => (i - 1) % columns;

        public double[] Write(GaussianMixture mixture) =>
        [
            Math.Log(mixture.Weights[1] / mixture.Weights[0]),
            .. mixture.Components.SelectMany(component => component.Mean.ToArray()),
            .. mixture.Components.Take(structure == CovarianceStructure.Tied ? 1 : 2).SelectMany(component => Lower(NaiveGaussianMixture.Cholesky(Matrix(component)))),
        ];

        public NaiveGaussianMixture Read(double[] point)
        {
            double second = 1 / (1 + Math.Exp(-point[0]));
            double[][] means = [point[1..(1 + columns)], point[(1 + columns)..(1 + 2 * columns)]];
            double[][,] covariances = [Square(point.AsSpan(1 + 2 * columns, Own)), structure == CovarianceStructure.Tied ? Square(point.AsSpan(1 + 2 * columns, Own)) : Square(point.AsSpan(1 + 2 * columns + Own, Own))];
            return new NaiveGaussianMixture([1 - second, second], means, covariances);
        }

        private double[] Lower(double[,] factor)
        {
            List<double> own = [];
            for (int i = 0; i < columns; i++)
            {
                for (int j = structure == CovarianceStructure.Diagonal ? i : 0; j <= i; j++)
                {
                    own.Add(i == j ? Math.Log(factor[i, i]) : factor[i, j] / factor[i, i]);
                }
            }
            return [.. own];
        }

        private double[,] Square(ReadOnlySpan<double> own)
        {
            double[,] factor = new double[columns, columns];
            int index = 0;
            for (int i = 0; i < columns; i++)
            {
                int first = index;
                index += structure == CovarianceStructure.Diagonal ? 1 : i + 1;
                factor[i, i] = Math.Exp(own[index - 1]);
                for (int j = 0; j < i && structure != CovarianceStructure.Diagonal; j++)
                {
                    factor[i, j] = own[first + j] * factor[i, i];
                }
            }
            double[,] square = new double[columns, columns];
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    for (int k = 0; k < columns; k++)
                    {
                        square[i, j] += factor[i, k] * factor[j, k];
                    }
                }
            }
            return square;
        }
    }
}
