namespace Latent.Testing;

/// <summary>
/// EM for a mixture of Gaussians with full covariances as a textbook prints it [McLachlan2000, sec. 3.2]: plain loops over
/// plain arrays, one row after the other, weights by multiplication, sums compensated. Missing cells (NaN) are integrated out, and count in the M-step by their
/// conditional expectations [LittleRubin2002, sec. 11.2].
/// </summary>
public sealed class NaiveGaussianMixture
{
    /// <summary>Creates the parameters; the arrays are copied.</summary>
    public NaiveGaussianMixture(double[] weights, double[][] means, double[][,] covariances)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(means);
        ArgumentNullException.ThrowIfNull(covariances);
        Weights = [.. weights];
        Means = [.. means.Select(mean => (double[])[.. mean])];
        Covariances = [.. covariances.Select(covariance => (double[,])covariance.Clone())];
    }

    /// <summary>Mixing proportions.</summary>
    public double[] Weights { get; }

    /// <summary>Component means.</summary>
    public double[][] Means { get; }

    /// <summary>Component covariances, maximum likelihood (divided by n).</summary>
    public double[][,] Covariances { get; }

    /// <summary>The lower Cholesky factor.</summary>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static double[,] Cholesky(double[,] matrix)
    {
        ArgumentNullException.ThrowIfNull(matrix);
        int size = matrix.GetLength(0);
        double[,] factor = new double[size, size];
        for (int row = 0; row < size; row++)
        {
            for (int column = 0; column <= row; column++)
            {
                double rest = matrix[row, column];
                for (int inner = 0; inner < column; inner++)
                {
                    rest -= factor[row, inner] * factor[column, inner];
                }
                if (row == column && !(rest > 0))
                {
                    throw new ArithmeticException($"Expected a positive definite matrix, found the pivot {rest:R} in row {row}.");
                }
                factor[row, column] = row == column ? Math.Sqrt(rest) : rest / factor[column, column];
            }
        }
        return factor;
    }

    /// <summary>The normal log-density −½(d·ln 2π + ln|Σ| + (x−μ)ᵀΣ⁻¹(x−μ)), in nats.</summary>
    public static double LogDensity(ReadOnlySpan<double> row, double[] mean, double[,] covariance)
    {
        ArgumentNullException.ThrowIfNull(mean);
        double[,] factor = Cholesky(covariance);
        double[] whitened = new double[mean.Length];
        double sum = mean.Length * Math.Log(2 * Math.PI);
        for (int index = 0; index < mean.Length; index++)
        {
            double rest = row[index] - mean[index];
            for (int inner = 0; inner < index; inner++)
            {
                rest -= factor[index, inner] * whitened[inner];
            }
            whitened[index] = rest / factor[index, index];
            sum += whitened[index] * whitened[index] + 2 * Math.Log(factor[index, index]);
        }
        return -0.5 * sum;
    }

    /// <summary>The log-density of the cells that are not NaN; 0 where all are.</summary>
    public static double ObservedLogDensity(ReadOnlySpan<double> row, double[] mean, double[,] covariance)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        int[] observed = Observed(row);
        double[] values = new double[observed.Length];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = row[observed[index]];
        }
        return observed.Length == 0 ? 0 : LogDensity(values, [.. observed.Select(index => mean[index])], Block(covariance, observed, observed));
    }

    private static int[] Observed(ReadOnlySpan<double> row)
    {
        List<int> observed = [];
        for (int index = 0; index < row.Length; index++)
        {
            if (!double.IsNaN(row[index]))
            {
                observed.Add(index);
            }
        }
        return [.. observed];
    }

    private static double[,] Block(double[,] matrix, int[] rows, int[] columns)
    {
        double[,] block = new double[rows.Length, columns.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            for (int column = 0; column < columns.Length; column++)
            {
                block[row, column] = matrix[rows[row], columns[column]];
            }
        }
        return block;
    }

    /// <summary>The row with conditional means in place of missing cells, and the conditional covariance of these.</summary>
    private static (double[] Row, double[,] Covariance) Completed(ReadOnlySpan<double> row, double[] mean, double[,] covariance)
    {
        int[] observed = Observed(row);
        int[] missing = [.. Enumerable.Range(0, row.Length).Except(observed)];
        double[] completed = row.ToArray();
        double[,] rest = new double[row.Length, row.Length];
        MathNet.Numerics.LinearAlgebra.Matrix<double> Matrix(int[] left, int[] right) => MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(Block(covariance, left, right));
        for (int i = 0; i < missing.Length; i++)
        {
            completed[missing[i]] = mean[missing[i]];
            for (int j = 0; j < missing.Length; j++)
            {
                rest[missing[i], missing[j]] = covariance[missing[i], missing[j]];
            }
        }
        if (missing.Length > 0 && observed.Length > 0)
        {
            MathNet.Numerics.LinearAlgebra.Matrix<double> regression = Matrix(observed, observed).Solve(Matrix(observed, missing)).Transpose();
            MathNet.Numerics.LinearAlgebra.Matrix<double> explained = regression * Matrix(observed, missing);
            for (int i = 0; i < missing.Length; i++)
            {
                for (int j = 0; j < observed.Length; j++)
                {
                    completed[missing[i]] += regression[i, j] * (row[observed[j]] - mean[observed[j]]);
                }
                for (int j = 0; j < missing.Length; j++)
                {
                    rest[missing[i], missing[j]] -= explained[i, j];
                }
            }
        }
        return (completed, rest);
    }

    /// <summary>The log-likelihood of the rows, and each row's responsibilities.</summary>
    public (double LogLikelihood, double[][] Responsibilities) Expect(ReadOnlySpan<double> values, ReadOnlySpan<double> rowWeights = default)
    {
        int columns = Means[0].Length;
        int rows = values.Length / columns;
        double[][] responsibilities = new double[rows][];
        CompensatedSum total = new();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<double> x = values.Slice(row * columns, columns);
            double[] logs = new double[Weights.Length];
            for (int component = 0; component < logs.Length; component++)
            {
                logs[component] = Math.Log(Weights[component]) + ObservedLogDensity(x, Means[component], Covariances[component]);
            }
            double most = logs.Max();
            double density = logs.Sum(log => Math.Exp(log - most));
            responsibilities[row] = [.. logs.Select(log => Math.Exp(log - most) / density)];
            total.Add((rowWeights.IsEmpty ? 1 : rowWeights[row]) * (most + Math.Log(density)));
        }
        return (total.Value, responsibilities);
    }

    /// <summary>One EM iteration: the log-likelihood at these parameters, and the next parameters.</summary>
    public (double LogLikelihood, NaiveGaussianMixture Next) Step(ReadOnlySpan<double> values, ReadOnlySpan<double> rowWeights = default)
    {
        (double logLikelihood, double[][] responsibilities) = Expect(values, rowWeights);
        int columns = Means[0].Length;
        int components = Weights.Length;
        double[] weights = new double[components];
        double[][] means = new double[components][];
        double[][,] covariances = new double[components][,];
        double all = 0;
        for (int component = 0; component < components; component++)
        {
            double[] shares = new double[responsibilities.Length];
            for (int row = 0; row < shares.Length; row++)
            {
                shares[row] = responsibilities[row][component] * (rowWeights.IsEmpty ? 1 : rowWeights[row]);
            }
            double share = weights[component] = CompensatedSum.Of(shares);
            all += share;
            (double[] Row, double[,] Covariance)[] completed = new (double[], double[,])[shares.Length];
            for (int row = 0; row < shares.Length; row++)
            {
                completed[row] = Completed(values.Slice(row * columns, columns), Means[component], Covariances[component]);
            }
            double[] mean = means[component] = new double[columns];
            for (int column = 0; column < columns; column++)
            {
                CompensatedSum sum = new();
                for (int row = 0; row < shares.Length; row++)
                {
                    sum.Add(shares[row] * (completed[row].Row[column] - completed[0].Row[column]));
                }
                mean[column] = completed[0].Row[column] + sum.Value / share;
            }
            double[,] covariance = covariances[component] = new double[columns, columns];
            for (int left = 0; left < columns; left++)
            {
                for (int right = 0; right < columns; right++)
                {
                    CompensatedSum sum = new();
                    for (int row = 0; row < shares.Length; row++)
                    {
                        sum.Add(shares[row] * (completed[row].Row[left] - mean[left]) * (completed[row].Row[right] - mean[right]));
                        sum.Add(shares[row] * completed[row].Covariance[left, right]);
                    }
                    covariance[left, right] = sum.Value / share;
                }
            }
        }
        return (logLikelihood, new NaiveGaussianMixture([.. weights.Select(weight => weight / all)], means, covariances));
    }
}
