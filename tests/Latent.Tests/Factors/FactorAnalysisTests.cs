using Latent.Data;
using Latent.Factors;
using Latent.Testing;
using Latent.Tests.Incomplete;

namespace Latent.Tests.Factors;

/// <summary>The entry: closed forms, what rotations leave alone, scores, limits.</summary>
public class FactorAnalysisTests
{
    /// <summary>Probabilistic principal components have a closed form [Tipping and Bishop, eqs. 7, 8], reached from a start far from it.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void PrincipalComponentsAreTheClosedForm(int factors)
    {
        Random random = new(2);
        double[] values = IncompleteData.Rows(random, IncompleteData.Normal(random, 5), 300, 0);
        RowSource rows = RowSource.From(values, 5);
        FactorParameters start = new(new double[5], [.. Enumerable.Range(0, 5 * factors).Select(_ => Simulate.Normal(random))], [3, 3, 3, 3, 3]);
        FactorAnalysisFit fit = FactorAnalysis.Fit(rows, factors, new FactorAnalysisOptions { IsIsotropic = true, Start = start, Stopping = StoppingRule.RemainingGain(1e-11) });
        var covariance = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(5, 5, Latent.Incomplete.MultivariateNormal.Fit(rows).Distribution.Covariance.Matrix.ToArray());
        var eigen = covariance.Evd();
        double[] roots = [.. eigen.EigenValues.Select(root => root.Real).OrderDescending()];
        double noise = roots.Skip(factors).Average();
        Assert.Equal(noise, fit.Parameters.Uniquenesses[0], 1e-6 * noise);
        Assert.Equal(-150 * (5 * Math.Log(2 * Math.PI) + roots.Take(factors).Sum(Math.Log) + (5 - factors) * Math.Log(noise) + 5), fit.LogLikelihood, 1e-6);
        for (int k = 0; k < factors; k++)
        {
            double square = Enumerable.Range(0, 5).Sum(j => fit.Parameters.Row(j)[k] * fit.Parameters.Row(j)[k]);
            Assert.Equal(roots[k] - noise, square, 1e-4 * roots[k]);
        }
        Assert.Equal(5 + 5 * factors - factors * (factors - 1) / 2 + 1, fit.FreeParameters);

        FactorAnalysisFit direct = FactorAnalysis.Fit(rows, factors, new FactorAnalysisOptions { IsIsotropic = true });
        Assert.InRange(direct.Result.Iterations, 0, 25);
        Assert.Equal(fit.LogLikelihood, direct.LogLikelihood, 1e-6);
    }

    [Fact]
    public void RotationsLeaveTheDistributionAlone()
    {
        RowSource rows = Six(400, 0);
        FactorAnalysisFit plain = FactorAnalysis.Fit(rows, 2);
        FactorAnalysisFit turned = FactorAnalysis.Fit(rows, 2, new FactorAnalysisOptions { Rotation = FactorRotation.Varimax });
        Assert.Equal(plain.LogLikelihood, turned.LogLikelihood);
        Close.Equal(plain.Distribution.Distribution.Covariance.Matrix.ToArray(), turned.Distribution.Distribution.Covariance.Matrix, 1e-10, what: "covariance");
        double cross = Enumerable.Range(0, 6).Sum(j => plain.Parameters.Row(j)[0] * plain.Parameters.Row(j)[1] / plain.Parameters.Uniquenesses[j]);
        Assert.Equal(0, cross, 1e-8);

        // Three columns load on each of two factors: varimax finds them, one factor's columns beside almost nothing of the other's.
        for (int column = 0; column < 6; column++)
        {
            double[] row = [.. turned.Parameters.Row(column)];
            Assert.True(Math.Max(Math.Abs(row[0]), Math.Abs(row[1])) > 3 * Math.Min(Math.Abs(row[0]), Math.Abs(row[1])), string.Join(", ", row));
        }
        double Criterion(FactorAnalysis found) => Enumerable.Range(0, 2).Sum(k =>
        {
            double[] shares = [.. Enumerable.Range(0, 6).Select(j => found.Parameters.Row(j)[k] * found.Parameters.Row(j)[k] / (found.Parameters.Row(j)[0] * found.Parameters.Row(j)[0] + found.Parameters.Row(j)[1] * found.Parameters.Row(j)[1]))];
            return shares.Average(share => share * share) - shares.Average() * shares.Average();
        });
        Assert.True(Criterion(turned) > Criterion(plain));
    }

    /// <summary>With a third of the cells missing, no direction leads up from where EM ends, by the likelihood row by row.</summary>
    [Fact]
    public void MissingCellsAreExact()
    {
        RowSource rows = Six(150, 0.33);
        FactorAnalysisFit fit = FactorAnalysis.Fit(rows, 2, new FactorAnalysisOptions { Stopping = StoppingRule.RemainingGain(1e-9) });
        Assert.True(fit.Converged);
        double[] values = rows.GetChunk(0).Values.ToArray();
        FactorModel model = new(2, [1, 1, 1, 1, 1, 1]);
        double[] point = new double[model.CoordinateCount(fit.Parameters)];
        model.WriteCoordinates(fit.Parameters, point);
        double At(double[] at)
        {
            Assert.True(model.TryReadCoordinates(at, fit.Parameters, out FactorParameters? there));
            return IncompleteData.Naive(there.ToGaussian(), values).LogLikelihood;
        }
        Assert.Equal(At(point), fit.LogLikelihood, 1e-8);
        Assert.All(NumericalGradient.Of(At, point), derivative => Assert.Equal(0, derivative, 5e-3));
    }

    /// <summary>Scores are Λᵀ_oΣ_oo⁻¹(x_o − μ_o), the regression of the factors on what is observed.</summary>
    [Fact]
    public void ScoresAreRegressions()
    {
        FactorAnalysis model = new(new FactorParameters([1, 2, 3], [1, 0.5, -1, 0.2, 0.3, 2], [0.5, 1, 2]));
        double[] scores = model.Scores(RowSource.From((double[])[2, 1, double.NaN, double.NaN, double.NaN, double.NaN, 0, 0, 0], 3));
        var loadings = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfRowMajor(2, 2, [1, 0.5, -1, 0.2]);
        var covariance = loadings * loadings.Transpose() + MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DiagonalOfDiagonalArray([0.5, 1]);
        double[] expected = [.. loadings.Transpose() * covariance.Inverse() * MathNet.Numerics.LinearAlgebra.Vector<double>.Build.Dense([1, -1])];
        Close.Equal([.. expected, 0, 0], scores.AsSpan(0, 4), 1e-12, what: "scores");
    }

    [Fact]
    public void TooManyFactorsAreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FactorAnalysis.Fit(Six(50, 0), 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => FactorAnalysis.Fit(Six(50, 0), 6, new FactorAnalysisOptions { IsIsotropic = true }));
        Assert.Contains("x1", Assert.Throws<ArgumentException>(() => FactorAnalysis.Fit(RowSource.From([.. Enumerable.Range(0, 60).Select(cell => cell % 6 == 0 ? 1.0 : cell * cell % 7)], 6), 1)).Message, StringComparison.Ordinal);
    }

    /// <summary>A column that is a factor itself drives its uniqueness to the floor, and the fit says so.</summary>
    [Fact]
    public void HeywoodCasesAreNamed()
    {
        Random random = new(4);
        double[] values = [.. Enumerable.Range(0, 60).SelectMany(_ =>
        {
            double common = Simulate.Normal(random);
            double other = Simulate.Normal(random);
            return (double[])[common, common + 0.7 * other, common - 0.7 * other, 2 * common + 0.1 * Simulate.Normal(random), other + Simulate.Normal(random)];
        })];
        FactorAnalysisFit fit = FactorAnalysis.Fit(RowSource.From(values, 5), 2, new FactorAnalysisOptions { UniquenessFloor = 0.005, MaxIterations = 3000 });
        Assert.Contains(fit.Result.Degeneracies, found => found.Message.Contains("Heywood", StringComparison.Ordinal));
    }

    private static RowSource Six(int count, double missing)
    {
        Random random = new(count);
        FactorParameters truth = new([0, 0, 0, 0, 0, 0], [2, 0, 1.5, 0, 1.8, 0.1, 0, 1.5, 0.1, 2, 0, 1.2], [0.5, 0.4, 0.6, 0.5, 0.7, 0.5]);
        return RowSource.From(IncompleteData.Rows(random, truth.ToGaussian(), count, missing), 6);
    }
}

/// <summary>FactorAnalysis.Fit obeys the laws of an entry.</summary>
public sealed class FactorAnalysisFitLaws : RowFitLaws
{
    protected override int Columns => 4;

    protected override void DrawRow(Random random, Span<double> row)
    {
        double common = Simulate.Normal(random);
        int kept = random.Next(4);
        for (int column = 0; column < 4; column++)
        {
            row[column] = column != kept && random.NextDouble() < 0.2 ? double.NaN : column + (1 + 0.3 * column) * common + Simulate.Normal(random);
        }
    }

    protected override IReadOnlyList<double> Fit(RowSource rows, int threads, ICommunicator? communicator)
    {
        FactorAnalysisFit fit = FactorAnalysis.Fit(rows, 1, new FactorAnalysisOptions { Threads = threads, Communicator = communicator, MaxIterations = 300 });
        return [fit.LogLikelihood, fit.Bic, fit.ChiSquared, fit.Result.Iterations, .. fit.Parameters.Mean, .. fit.Parameters.Loadings, .. fit.Parameters.Uniquenesses, .. fit.Result.Trace];
    }

    protected override double BestObjective(RowSource rows) => FactorAnalysis.Fit(rows, 1).Result.Objective;
}
