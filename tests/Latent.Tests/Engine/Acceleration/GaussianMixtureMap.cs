using MathNet.Numerics.LinearAlgebra;

namespace Latent.Tests.Engine.Acceleration;

/// <summary>
/// A naive full-covariance Gaussian mixture, in natural coordinates (weights, means, upper triangles of the covariances) or free ones
/// (log-ratios of the weights to the last, means, Cholesky factors with logged diagonal).
/// </summary>
internal sealed class GaussianMixtureMap(double[][] rows, int components, bool free) : IEmMap
{
    private readonly int _columns = rows[0].Length;

    public int Length => components - (free ? 1 : 0) + components * (_columns + _columns * (_columns + 1) / 2);

    /// <summary>The point whose components are the rows of each class.</summary>
    public double[] Start(int[] classes)
    {
        double[][] responsibilities = [.. classes.Select(c => Enumerable.Range(0, components).Select(k => k == c ? 1.0 : 0.0).ToArray())];
        double[] point = new double[Length];
        Maximize(responsibilities, point);
        return point;
    }

    public bool TryPass(ReadOnlySpan<double> point, Span<double> image, out double objective)
    {
        objective = 0;
        if (!TryUnpack(point, out double[] weights, out double[][] means, out Matrix<double>[] factors))
        {
            return false;
        }
        double[][] responsibilities = new double[rows.Length][];
        for (int i = 0; i < rows.Length; i++)
        {
            double[] log = new double[components];
            for (int k = 0; k < components; k++)
            {
                log[k] = Math.Log(weights[k]) + LogDensity(rows[i], means[k], factors[k]);
            }
            double most = log.Max();
            double total = most + Math.Log(log.Sum(x => Math.Exp(x - most)));
            objective += total;
            responsibilities[i] = [.. log.Select(x => Math.Exp(x - total))];
        }
        Maximize(responsibilities, image);
        return true;
    }

    private double LogDensity(double[] row, double[] mean, Matrix<double> factor)
    {
        double[] z = new double[_columns];
        double sum = -0.5 * _columns * Math.Log(2 * Math.PI);
        for (int i = 0; i < _columns; i++)
        {
            z[i] = row[i] - mean[i];
            for (int j = 0; j < i; j++)
            {
                z[i] -= factor[i, j] * z[j];
            }
            z[i] /= factor[i, i];
            sum -= 0.5 * z[i] * z[i] + Math.Log(factor[i, i]);
        }
        return sum;
    }

    private void Maximize(double[][] responsibilities, Span<double> image)
    {
        int next = 0;
        double[] totals = [.. Enumerable.Range(0, components).Select(k => responsibilities.Sum(r => r[k]))];
        for (int k = 0; k < components - (free ? 1 : 0); k++)
        {
            image[next++] = free ? Math.Log(totals[k] / totals[^1]) : totals[k] / rows.Length;
        }
        for (int k = 0; k < components; k++)
        {
            double[] mean = [.. Enumerable.Range(0, _columns).Select(c => rows.Select((row, i) => responsibilities[i][k] * row[c]).Sum() / totals[k])];
            Matrix<double> covariance = Matrix<double>.Build.Dense(_columns, _columns, (a, b) =>
                rows.Select((row, i) => responsibilities[i][k] * (row[a] - mean[a]) * (row[b] - mean[b])).Sum() / totals[k]);
            mean.CopyTo(image[next..]);
            next += _columns;
            Matrix<double> stored = free ? covariance.Cholesky().Factor : covariance;
            for (int a = 0; a < _columns; a++)
            {
                for (int b = 0; b <= a; b++)
                {
                    image[next++] = free && a == b ? Math.Log(stored[a, b]) : stored[a, b];
                }
            }
        }
    }

    private bool TryUnpack(ReadOnlySpan<double> point, out double[] weights, out double[][] means, out Matrix<double>[] factors)
    {
        int next = components - (free ? 1 : 0);
        double[] leading = point[..next].ToArray();
        weights = free ? [.. leading.Select(Math.Exp), 1.0] : leading;
        double total = weights.Sum();
        weights = [.. weights.Select(w => w / total)];
        means = new double[components][];
        factors = new Matrix<double>[components];
        bool feasible = leading.All(w => free || w > 0);
        for (int k = 0; k < components && feasible; k++)
        {
            means[k] = point.Slice(next, _columns).ToArray();
            next += _columns;
            Matrix<double> stored = Matrix<double>.Build.Dense(_columns, _columns);
            for (int a = 0; a < _columns; a++)
            {
                for (int b = 0; b <= a; b++)
                {
                    stored[a, b] = free && a == b ? Math.Exp(point[next]) : point[next];
                    stored[b, a] = free ? stored[b, a] : stored[a, b];
                    next++;
                }
            }
            if (!free)
            {
                try
                {
                    stored = stored.Cholesky().Factor;
                }
                catch (ArgumentException)
                {
                    feasible = false;
                }
            }
            factors[k] = stored;
        }
        return feasible;
    }
}
