using Latent.Data;
using Latent.Families;
using Latent.Incomplete;
using Latent.Kernels;
using Latent.Testing;

namespace Latent.Tests.Incomplete;

/// <summary>The E-step in all its ways, against marginal and conditional distributions row by row.</summary>
[Collection("simd level")]
public class IncompleteNormalTests
{
    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0.3)]
    [InlineData(3, 0.9)]
    [InlineData(5, 0.5)]
    [InlineData(9, 0.2)]
    [InlineData(13, 0.7)]
    [InlineData(20, 0.2)]
    public void TheStepIsThatOfMarginalAndConditionalDistributions(int columns, double missing)
    {
        Random random = new(columns);
        Gaussian normal = IncompleteData.Normal(random, columns);
        double[] values = IncompleteData.Rows(random, normal, 300, missing);
        double[] weights = [.. Enumerable.Range(0, 300).Select(row => row % 5 * 0.7)];
        Check(IncompleteData.Normal(random, columns), values, weights, 1e-11);
    }

    /// <summary>Columns that are all but combinations of others send every pattern by whitened coordinates.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.3)]
    public void IllConditionedCovariancesKeepTheirDigits(double missing)
    {
        Random random = new(5);
        Gaussian normal = NearlySingular(random, 5, 1e-4);
        Assert.True(normal.Covariance.Precision.Inflation > 1e5);
        double[] values = IncompleteData.Rows(random, normal, 200, missing);
        Check(normal, values, null, 1e-6);
    }

    /// <summary>Summaries of patterns are sufficient: same likelihood, same statistic, and an answer from many rows costs few.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(1e8, false)]
    [InlineData(0, true)]
    public void SummariesAreSufficient(double origin, bool weighted)
    {
        const int columns = 4;
        const int count = 5000;
        Random random = new(3);
        Gaussian normal = IncompleteData.Normal(random, columns);
        double[] values = [.. IncompleteData.Rows(random, normal, count, 0.3).Select(value => value + origin)];
        double[] weights = [.. Enumerable.Range(0, count).Select(row => weighted ? row % 3 * 0.5 : 1)];
        RowSource rows = RowSource.From(values, columns).WithWeights(weights);
        double[] centre = [.. Enumerable.Repeat(origin + 1, columns)];
        PatternRows plain = PatternRows.Of(rows, centre, summarize: false);
        PatternRows summarized = PatternRows.Of(rows, centre);

        Assert.True(summarized.StoredRows <= 15 * 5 && plain.StoredRows == weights.Count(weight => weight > 0));
        Assert.Equal(weights.Sum(), plain.TotalWeight, 1e-9);
        Assert.Equal(weights.Sum(), summarized.TotalWeight, 1e-9);
        IncompleteNormalModel model = new(columns);
        Gaussian current = new([.. IncompleteData.Normal(random, columns).Mean.ToArray().Select(value => value + origin)], normal.Covariance.Matrix);
        (double expected, double[] every) = Expect(model, current, plain);
        (double found, double[] few) = Expect(model, current, summarized);
        Close.Equal(expected, found, 1e-9 * Math.Abs(expected), "log-likelihood");
        Close.Equal(every, few, 1e-9, Enumerable.Repeat(every.Max(Math.Abs), every.Length).ToArray(), "statistic");
    }

    /// <summary>A pattern of equal rows has no scatter, one with a constant column a singular one.</summary>
    [Fact]
    public void SingularScattersAreSummarized()
    {
        double[] values = [.. Enumerable.Range(0, 40).SelectMany(row => (double[])[2, row < 20 ? 7 : row, row < 20 ? -1 : 3 * row])];
        IncompleteNormalModel model = new(3);
        Gaussian current = new([1, 2, 3], Covariance.FromVariances([1, 2, 3]));
        (double expected, double[] every) = Expect(model, current, PatternRows.Of(RowSource.From(values, 3), summarize: false));
        (double found, double[] few) = Expect(model, current, PatternRows.Of(RowSource.From(values, 3)));
        Close.Equal(expected, found, 1e-10 * Math.Abs(expected), "log-likelihood");
        Close.Equal(every, few, 1e-10, what: "statistic");
    }

    [Fact]
    public void RowsWithoutValuesOrWeightAreLeftOut()
    {
        double[] values = [1, 2, double.NaN, double.NaN, 3, double.NaN, 5, 6];
        PatternRows rows = PatternRows.Of(RowSource.From(values, 2).WithWeights((double[])[1, 1, 2, 0]));
        Assert.Equal((4L, 1, 2L, 3.0), (rows.Rows, rows.RowsWithoutValues, rows.StoredRows, rows.TotalWeight));
    }

    /// <summary>Every register width gives the same bits, plain and summarised, well conditioned and not.</summary>
    [Theory]
    [InlineData(7, 0.2, false)]
    [InlineData(7, 0.6, true)]
    [InlineData(18, 0.2, true)]
    [InlineData(5, 0.3, false, 1e-4)]
    public void EveryWidthGivesTheSameBits(int columns, double missing, bool summarize, double near = 0)
    {
        Random random = new(2);
        Gaussian normal = near > 0 ? NearlySingular(random, columns, near) : IncompleteData.Normal(random, columns);
        RowSource rows = RowSource.From(IncompleteData.Rows(random, normal, 3000, missing), columns);
        SimdLevel before = Simd.Level;
        try
        {
            double[][] found = [.. Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best).Select(level =>
            {
                Simd.Level = level;
                (double logLikelihood, double[] statistic) = Expect(new IncompleteNormalModel(columns), normal, PatternRows.Of(rows, summarize: summarize));
                return (double[])[logLikelihood, .. statistic];
            })];
            Assert.All(found, bits => Close.SameBits(found[0], bits, "sweep"));
        }
        finally
        {
            Simd.Level = before;
        }
    }

    /// <summary>Scores of rows are the gradient of their log-likelihood, and sum to the score of the statistic.</summary>
    [Fact]
    public void ScoresAreTheGradient()
    {
        const int columns = 3;
        Random random = new(8);
        Gaussian normal = IncompleteData.Normal(random, columns);
        double[] values = IncompleteData.Rows(random, normal, 40, 0.4);
        IncompleteNormalModel model = new(columns) { HasScores = true };
        PatternChunk chunk = IncompleteData.Chunk(values, columns, [.. Enumerable.Range(0, 40).Select(row => 0.5 + row % 3)]);
        double[] statistic = new double[model.StatisticLength];
        model.Expect(normal, chunk, statistic);
        double[] total = new double[model.FreeParameters];
        model.WriteScore(statistic, normal, total);
        double[] sums = new double[ScoreSum.LengthOf(total.Length, false)];
        model.AddScores(normal, chunk, new ScoreSum(sums, total.Length, false));
        Close.Equal(total, sums[1..], 1e-9, Enumerable.Repeat(total.Max(Math.Abs), total.Length).ToArray(), "scores");

        double[] natural = new double[total.Length];
        model.WriteNaturalParameters(normal, natural);
        double[] gradient = NumericalGradient.Of(
            point =>
            {
                double[] covariance = new double[columns * columns];
                int position = columns;
                for (int i = 0; i < columns; i++)
                {
                    for (int j = 0; j <= i; j++)
                    {
                        covariance[i * columns + j] = covariance[j * columns + i] = point[position++];
                    }
                }
                return model.Expect(new Gaussian(point.AsSpan(0, columns), covariance), chunk, new double[model.StatisticLength]);
            },
            natural);
        Close.Equal(gradient, total, 1e-6, Enumerable.Repeat(Math.Max(1, gradient.Max(Math.Abs)), total.Length).ToArray(), "gradient");
    }

    /// <summary>The score of sums in whitened coordinates is that of the rows.</summary>
    [Fact]
    public void TheScoreOfAnIllConditionedCovarianceIsThatOfItsRows()
    {
        Random random = new(9);
        Gaussian normal = NearlySingular(random, 3, 1e-3);
        Assert.True(normal.Covariance.Precision.Inflation > 1e5);
        IncompleteNormalModel model = new(3) { HasScores = true };
        PatternChunk chunk = IncompleteData.Chunk(IncompleteData.Rows(random, normal, 40, 0.3), 3);
        double[] statistic = new double[model.StatisticLength];
        model.Expect(normal, chunk, statistic);
        double[] total = new double[model.FreeParameters];
        model.WriteScore(statistic, normal, total);
        double[] sums = new double[ScoreSum.LengthOf(total.Length, false)];
        model.AddScores(normal, chunk, new ScoreSum(sums, total.Length, false));
        foreach (Range part in new Range[] { ..3, 3.. })
        {
            Close.Equal(sums[1..][part], total[part], 1e-6, [.. total[part].Select(_ => total[part].Max(Math.Abs))], "scores");
        }
    }

    private static Gaussian NearlySingular(Random random, int columns, double deviation)
    {
        // Column 0 is the sum of the others, but for a little.
        Gaussian some = IncompleteData.Normal(random, columns);
        double[] map = new double[columns * columns];
        for (int i = 0; i < columns; i++)
        {
            for (int j = 0; j < columns; j++)
            {
                map[i * columns + j] = i == 0 ? (j == 0 ? deviation : 1) : i == j ? 1 : 0;
            }
        }
        var matrix = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(columns, columns, map);
        var covariance = matrix * MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(columns, columns, some.Covariance.Matrix.ToArray()) * matrix.Transpose();
        return new Gaussian(some.Mean, (0.5 * (covariance + covariance.Transpose())).ToRowMajorArray());
    }

    private static void Check(Gaussian normal, double[] values, double[]? weights, double tolerance)
    {
        int d = normal.Dimension;
        (double logLikelihood, double n, double[] first, double[,] second) = IncompleteData.Naive(normal, values, weights);
        RowSource rows = RowSource.From(values, d);
        PatternRows grouped = PatternRows.Of(weights is null ? rows : rows.WithWeights(weights), summarize: false);
        (double found, double[] statistic) = Expect(new IncompleteNormalModel(d), normal, grouped);

        Close.Equal(logLikelihood, found, tolerance * Math.Abs(logLikelihood), "log-likelihood");
        if (PatternWorkspace.FrameOf(normal.Covariance, null!) is not null)
        {
            Unwhiten(normal.Covariance, statistic);
        }
        double[] expected = [n, .. first, .. Enumerable.Range(0, d).SelectMany(i => Enumerable.Range(0, i + 1).Select(j => second[i, j]))];
        double size = expected.Max(Math.Abs);
        Close.Equal(expected, statistic, tolerance, Enumerable.Repeat(size, expected.Length).ToArray(), "statistic");
    }

    /// <summary>The sums of whitened deviations, as those of deviations: L·Σy and L·Σyyᵀ·Lᵀ.</summary>
    private static void Unwhiten(Covariance covariance, double[] statistic)
    {
        int d = covariance.Dimension;
        double[] whitened = [.. statistic];
        double Second(int i, int j) => whitened[1 + d + Math.Max(i, j) * (Math.Max(i, j) + 1) / 2 + Math.Min(i, j)];
        int position = 1 + d;
        for (int i = 0; i < d; i++)
        {
            statistic[1 + i] = Enumerable.Range(0, d).Sum(k => covariance.Lower[i * d + k] * whitened[1 + k]);
            for (int j = 0; j <= i; j++)
            {
                statistic[position++] = Enumerable.Range(0, d).Sum(k => Enumerable.Range(0, d).Sum(l => covariance.Lower[i * d + k] * Second(k, l) * covariance.Lower[j * d + l]));
            }
        }
    }

    private static (double LogLikelihood, double[] Statistic) Expect(IncompleteNormalModel model, Gaussian normal, PatternRows rows)
    {
        double[] statistic = new double[model.StatisticLength];
        double sum = 0;
        for (int chunk = 0; chunk < rows.ChunkCount; chunk++)
        {
            sum += model.Expect(normal, rows.GetChunk(chunk), statistic);
        }
        return (sum, statistic);
    }
}
