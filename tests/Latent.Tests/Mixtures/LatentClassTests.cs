using Latent.Data;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Mixtures;

/// <summary>Latent classes beside direct maximisation, and what goes with them.</summary>
public sealed class LatentClassTests
{
    private static readonly double[][] _yes = [[0.9, 0.8, 0.85, 0.7, 0.9], [0.2, 0.1, 0.3, 0.25, 0.15]];

    /// <summary>
    /// With 30 % of the items missing at random the fit is the maximum of Σ log Σₖ πₖ Πⱼ p(xⱼ | k) over the observed items: a direct search over log-odds, which starts beside it and
    /// knows nothing of EM, ends at the same place.
    /// </summary>
    [Fact]
    public void MissingItemsAsByDirectMaximisation()
    {
        double[] cells = Draw(400, seed: 3);
        Random random = new(4);
        cells = [.. cells.Select(cell => random.NextDouble() < 0.3 ? double.NaN : cell)];
        RowSource items = RowSource.From(cells, 5);

        LatentClassFit fit = LatentClass.Fit(items, 2);

        double Direct(double[] logits)
        {
            double sum = 0;
            for (int row = 0; row < 400; row++)
            {
                double[] joint = [Sigmoid(logits[0]), 1 - Sigmoid(logits[0])];
                for (int k = 0; k < 2; k++)
                {
                    for (int item = 0; item < 5; item++)
                    {
                        double cell = cells[row * 5 + item];
                        joint[k] *= double.IsNaN(cell) ? 1 : cell == 1 ? Sigmoid(logits[1 + 5 * k + item]) : 1 - Sigmoid(logits[1 + 5 * k + item]);
                    }
                }
                sum += Math.Log(joint[0] + joint[1]);
            }
            return sum;
        }
        double[] at = [Logit(fit.Weights[0]), .. fit.Probabilities.SelectMany(own => own.Select(item => Logit(item[1])))];
        Close.Equal(Direct(at), fit.LogLikelihood, 1e-9);
        double[] found = DirectMaximizer.Maximize(Direct, [.. at.Select((value, index) => value + 0.2 * (index % 3 - 1))]);
        Close.Equal(Direct(found), fit.LogLikelihood, 2e-6);
        Close.Equal(found, at, 2e-3, what: "log-odds");
    }

    /// <summary>A table of patterns with counts is the data: the same optimum, whichever is given, and rows are collapsed to patterns where that pays.</summary>
    [Fact]
    public void PatternsAreTheRows()
    {
        double[] cells = Draw(600, seed: 5);
        LatentClassFit rows = LatentClass.Fit(RowSource.From(cells, 5), 2);
        Dictionary<string, (double[] Row, int Count)> table = [];
        for (int row = 0; row < 600; row++)
        {
            double[] own = cells[(row * 5)..(row * 5 + 5)];
            string key = string.Concat(own);
            table[key] = (own, table.GetValueOrDefault(key).Count + 1);
        }
        LatentClassFit patterns = LatentClass.Fit(
            RowSource.From([.. table.Values.SelectMany(entry => entry.Row)], 5).WithWeights(table.Values.Select(entry => (double)entry.Count).ToArray()), 2);

        Assert.Equal(table.Count, rows.Patterns);
        Assert.Null(patterns.Patterns);
        Close.Equal(rows.LogLikelihood, patterns.LogLikelihood, 1e-6);
        Close.Equal([.. rows.Weights], [.. patterns.Weights], 1e-4);
        Close.Equal(rows.GSquared, patterns.GSquared, 1e-5);
        Assert.Equal(31 - 11, rows.DegreesOfFreedom);
        Assert.Equal(600, rows.Predict().Length);
    }

    /// <summary>G² and χ² by the book, over all 32 cells; a saturated table has G² = 0, and its χ² too.</summary>
    [Fact]
    public void FitStatistics()
    {
        double[] cells = Draw(300, seed: 6);
        LatentClassFit fit = LatentClass.Fit(RowSource.From(cells, 5), 1);
        double g = 0;
        double chi = 0;
        for (int cell = 0; cell < 32; cell++)
        {
            double[] pattern = [.. Enumerable.Range(0, 5).Select(item => (double)(cell >> item & 1))];
            double observed = Enumerable.Range(0, 300).Count(row => pattern.AsSpan().SequenceEqual(cells.AsSpan(row * 5, 5)));
            double expected = 300 * Enumerable.Range(0, 5).Aggregate(1.0, (product, item) => product * fit.Probabilities[0][item][(int)pattern[item]]);
            g += observed > 0 ? 2 * observed * Math.Log(observed / expected) : 0;
            chi += Math.Pow(observed - expected, 2) / expected;
        }
        Close.Equal(g, fit.GSquared, 1e-8);
        Close.Equal(chi, fit.ChiSquare, 1e-8);
        Assert.Equal(1, fit.EntropyRSquared);
        Assert.True(LatentClass.Fit(RowSource.From(cells, 5), 3).GSquared < fit.GSquared);
    }

    /// <summary>Text or codes from anywhere, and columns with many categories: levels are the distinct values in order.</summary>
    [Fact]
    public void CodesFromAnywhere()
    {
        double[] cells = Draw(300, seed: 7);
        LatentClassFit plain = LatentClass.Fit(RowSource.From(cells, 5), 2);
        LatentClassFit moved = LatentClass.Fit(RowSource.From([.. cells.Select(cell => 7 - 3 * cell)], 5), 2);

        Close.Equal(plain.LogLikelihood, moved.LogLikelihood, 1e-6);
        Assert.Equal(["4", "7"], moved.Items.Schema[0].Levels);
        Close.Equal(plain.Probabilities[0][0][1], moved.Probabilities[0][0][0], 1e-3);
    }

    /// <summary>Standard errors by the observed information beside the spread of 200 data sets from the truth: within a quarter.</summary>
    [Fact]
    public void StandardErrorsAreTheSpread()
    {
        ParameterEstimates errors = LatentClass.Fit(RowSource.From(Draw(800, seed: 8), 5), 2).StandardErrors();
        double[] found = [.. Enumerable.Range(0, 200).Select(replicate =>
            LatentClass.Fit(RowSource.From(Draw(800, seed: 100 + (ulong)replicate), 5), 2, new LatentClassOptions { Starts = 3 }).Probabilities[0][0][1])];
        double mean = found.Average();
        double spread = Math.Sqrt(found.Average(value => (value - mean) * (value - mean)));
        double reported = errors.Parameters.Single(parameter => parameter.Name == "probability[1, x1=1]").StandardError;
        Assert.InRange(reported / spread, 0.75, 1.33);
    }

    /// <summary>The bootstrap speaks for the second class that the data have, and against a third that they do not.</summary>
    [Fact]
    public void TheBootstrapCountsClasses()
    {
        RowSource items = RowSource.From(Draw(300, seed: 9), 5);
        LatentClassFit[] fits = [.. Enumerable.Range(1, 3).Select(classes => LatentClass.Fit(items, classes))];

        Assert.Equal(1 / 20.0, LatentClassSelection.Test(fits[0], fits[1], 19).PValue);
        Assert.True(LatentClassSelection.Test(fits[1], fits[2], 19).PValue > 0.1);
    }

    /// <summary>Wide items are looked up, narrow ones summed: both as by their own formula, with weights and missing cells between.</summary>
    [Fact]
    public void WideAndNarrowItems()
    {
        RandomGenerator random = new(11);
        double[] cells = new double[500 * 2];
        for (int row = 0; row < 500; row++)
        {
            int group = row % 2;
            cells[2 * row] = 30 * group + random.NextInt64(30);
            cells[2 * row + 1] = random.NextDouble() < 0.1 ? double.NaN : random.NextDouble() < 0.9 ? group : 1 - group;
        }
        LatentClassFit fit = LatentClass.Fit(RowSource.From(cells, 2), 2);
        Close.Equal(0.5, fit.Weights[0], 0.05);
        double expected = 0;
        for (int row = 0; row < 500; row++)
        {
            double density = 0;
            for (int k = 0; k < 2; k++)
            {
                density += fit.Weights[k] * fit.Probabilities[k][0][(int)cells[2 * row]] * (double.IsNaN(cells[2 * row + 1]) ? 1 : fit.Probabilities[k][1][(int)cells[2 * row + 1]]);
            }
            expected += Math.Log(density);
        }
        Close.Equal(expected, fit.LogLikelihood, 1e-8);
    }

    private static double[] Draw(int rows, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] cells = new double[rows * 5];
        for (int row = 0; row < rows; row++)
        {
            int k = random.NextDouble() < 0.6 ? 0 : 1;
            for (int item = 0; item < 5; item++)
            {
                cells[row * 5 + item] = random.NextDouble() < _yes[k][item] ? 1 : 0;
            }
        }
        return cells;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Logit(double p) => Math.Log(p / (1 - p));
}
