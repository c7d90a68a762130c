using Latent.Engine.Acceleration;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Engine.Acceleration;

public class LinearAlgebraTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(3, 3)]
    [InlineData(40, 10)]
    [InlineData(3, 10)]
    [InlineData(1, 4)]
    public void Least_squares_agrees_with_a_singular_value_decomposition(int rows, int columns)
    {
        var random = new Random(rows * 100 + columns);
        foreach (double regularization in new[] { 0, 1e-12, 1e-3 })
        {
            Matrix<double> a = Matrix<double>.Build.Dense(rows, columns, (_, _) => random.NextDouble() - .5);
            Vector<double> b = Vector<double>.Build.Dense(rows, _ => random.NextDouble() - .5);
            var solver = new RegularizedLeastSquares(rows, columns);
            for (int j = 0; j < columns; j++)
            {
                a.Column(j).AsArray().CopyTo(solver.Column(j));
            }
            b.AsArray().CopyTo(solver.RightSide);
            double[] gamma = new double[columns];
            Assert.True(solver.TrySolve(columns, regularization, gamma));

            var svd = a.Svd();
            Vector<double> expected = Vector<double>.Build.Dense(columns);
            for (int k = 0; k < Math.Min(rows, columns); k++)
            {
                double d = svd.S[k];
                expected += svd.VT.Row(k) * (d * (svd.U.Column(k) * b) / (d * d + regularization * svd.S[0] * svd.S[0]));
            }
            for (int j = 0; j < columns; j++)
            {
                Assert.Equal(expected[j], gamma[j], 1e-9 * (1 + expected.L2Norm()));
            }
        }
    }

    [Fact]
    public void Rank_deficient_columns_share_the_load()
    {
        var solver = new RegularizedLeastSquares(3, 3);
        foreach (int j in new[] { 0, 1, 2 })
        {
            new double[] { 1, 2, j == 2 ? 2 : 2 }.CopyTo(solver.Column(j));
        }
        new double[] { 3, 6, 6 }.CopyTo(solver.RightSide);
        double[] gamma = new double[3];
        Assert.True(solver.TrySolve(3, 1e-14, gamma));
        Assert.All(gamma, g => Assert.Equal(1, g, 1e-10));
    }

    [Fact]
    public void Columns_of_zeros_have_no_solution()
    {
        var solver = new RegularizedLeastSquares(4, 2);
        solver.RightSide.Fill(1);
        Assert.False(solver.TrySolve(2, 1e-12, new double[2]));
    }

    [Fact]
    public void Elimination_agrees_with_mathnet()
    {
        var random = new Random(1);
        for (int n = 1; n <= 6; n++)
        {
            Matrix<double> a = Matrix<double>.Build.Dense(n, n, (_, _) => random.NextDouble() - .5);
            Vector<double> b = Vector<double>.Build.Dense(n, _ => random.NextDouble() - .5);
            double[] x = b.ToArray();
            Assert.True(SmallLinearSystem.TrySolve(a.Transpose().ToColumnMajorArray(), x));
            Vector<double> expected = a.Solve(b);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(expected[i], x[i], 1e-10 * expected.L2Norm());
            }
        }
        Assert.False(SmallLinearSystem.TrySolve([1, 2, 2, 4], [1, 1]));
    }

    [Fact]
    public void Cholesky_agrees_with_mathnet()
    {
        var random = new Random(3);
        for (int n = 1; n <= 10; n++)
        {
            Matrix<double> root = Matrix<double>.Build.Dense(n + 1, n, (_, _) => random.NextDouble() - .5);
            Matrix<double> a = root.TransposeThisAndMultiply(root);
            Vector<double> b = Vector<double>.Build.Dense(n, _ => random.NextDouble() - .5);
            double[] x = b.ToArray();
            Assert.True(SmallLinearSystem.TrySolvePositive(a.ToColumnMajorArray(), x));
            Vector<double> expected = a.Solve(b);
            for (int i = 0; i < n; i++)
            {
                Assert.Equal(expected[i], x[i], 1e-7 * expected.L2Norm());
            }
        }
        Assert.False(SmallLinearSystem.TrySolvePositive([1, 2, 2, 1], [1, 1]));
        Assert.False(SmallLinearSystem.TrySolvePositive([double.NaN], [1]));
    }

    /// <summary>The step of the window is that of the damped least squares problem it stands for, whatever the units.</summary>
    [Theory]
    [InlineData(3, 2)]
    [InlineData(12, 4)]
    [InlineData(4, 10)]
    public void Window_solves_its_least_squares_problem(int length, int memory)
    {
        var random = new Random(length);
        double[] units = [.. Enumerable.Range(0, length).Select(_ => Math.Exp(4 * random.NextDouble() - 2))];
        var map = new QuadraticMap([.. Enumerable.Range(0, length).Select(_ => random.NextDouble())], units, scaled: true);
        var metric = new Metric(length, scaled: true);
        metric.Refresh(map, new double[length]);
        var window = new AndersonWindow(metric, memory, 1e-3);
        var passes = new List<EmPass>();
        for (int i = 0; i < 15; i++)
        {
            var pass = new EmPass(length, gradient: false);
            for (int j = 0; j < length; j++)
            {
                pass.Point[j] = random.NextDouble() * units[j];
                pass.Image[j] = random.NextDouble() * units[j];
            }
            pass.Complete(metric);
            window.Push(pass);
            passes.Add(pass);
            if (i == 0)
            {
                Assert.False(window.TryStep(out _));
                continue;
            }
            Assert.True(window.TryStep(out ReadOnlySpan<double> step));
            int columns = Math.Min(Math.Min(memory, length), i);
            Matrix<double> residuals = Matrix<double>.Build.Dense(length, columns, (j, c) => (passes[i - c].Residual[j] - passes[i - c - 1].Residual[j]) / units[j]);
            Vector<double> right = Vector<double>.Build.Dense(length, j => pass.Residual[j] / units[j]);
            Matrix<double> normal = residuals.TransposeThisAndMultiply(residuals);
            Vector<double> gamma = (normal + 1e-3 * normal.Trace() * Matrix<double>.Build.DenseIdentity(columns)).Solve(residuals.TransposeThisAndMultiply(right));
            for (int j = 0; j < length; j++)
            {
                double expected = pass.Residual[j];
                for (int c = 0; c < columns; c++)
                {
                    expected -= gamma[c] * (passes[i - c].Image[j] - passes[i - c - 1].Image[j]);
                }
                Assert.Equal(expected, step[j], 1e-9 * units[j]);
            }
        }
    }

    /// <summary>Bit for bit the sum of eight lanes, each an FMA chain, joined in the fixed order.</summary>
    [Fact]
    public void Dot_has_the_bits_of_eight_scalar_lanes()
    {
        var random = new Random(2);
        for (int length = 0; length <= 40; length++)
        {
            double[] x = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - .5)];
            double[] y = [.. Enumerable.Range(0, length).Select(_ => random.NextDouble() - .5)];
            double[] l = new double[8];
            for (int i = 0; i < length; i++)
            {
                l[i % 8] = Math.FusedMultiplyAdd(x[i], y[i], l[i % 8]);
            }
            double expected = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(VectorMath.Dot(x, y)));

            double[] w = [.. x.Select(v => v * v)];
            Array.Clear(l);
            for (int i = 0; i < length; i++)
            {
                l[i % 8] = Math.FusedMultiplyAdd(x[i] * w[i], y[i], l[i % 8]);
            }
            expected = ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]));
            Assert.Equal(BitConverter.DoubleToInt64Bits(expected), BitConverter.DoubleToInt64Bits(VectorMath.Dot(x, y, w)));

            double[] sum = [.. y];
            VectorMath.AddScaled(.3, x, sum);
            double[] difference = [.. y];
            VectorMath.AddScaledDifference(.3, x, sum, difference);
            for (int i = 0; i < length; i++)
            {
                Assert.Equal(Math.FusedMultiplyAdd(.3, x[i], y[i]), sum[i]);
                Assert.Equal(Math.FusedMultiplyAdd(.3, x[i] - sum[i], y[i]), difference[i]);
            }
        }
    }

    [Fact]
    public void Not_finite_is_found_anywhere()
    {
        for (int i = 0; i < 9; i++)
        {
            foreach (double bad in new[] { double.NaN, double.PositiveInfinity, double.NegativeInfinity })
            {
                double[] x = new double[9];
                x[i] = bad;
                Assert.False(VectorMath.AllFinite(x));
            }
        }
        Assert.True(VectorMath.AllFinite([]));
        Assert.True(VectorMath.AllFinite([double.MaxValue, -double.MaxValue, double.Epsilon]));
    }
}
