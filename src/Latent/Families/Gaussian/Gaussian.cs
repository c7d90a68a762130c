using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A multivariate normal distribution with any covariance: log f(x) = −½(d·log 2π + log |Σ| + (x−μ)ᵀΣ⁻¹(x−μ)). Immutable and valid.
/// </summary>
public sealed class Gaussian
{
    private readonly double[] _mean;

    /// <summary>A normal distribution.</summary>
    /// <param name="mean">μ, d finite values.</param>
    /// <param name="covariance">Σ.</param>
    /// <exception cref="ArgumentException">The mean is not finite, or of another dimension.</exception>
    public Gaussian(ReadOnlySpan<double> mean, Covariance covariance)
    {
        ArgumentNullException.ThrowIfNull(covariance);
        _mean = GaussianConstants.CheckedMean(mean);
        if (_mean.Length != covariance.Dimension)
        {
            throw new ArgumentException($"Expected a mean of {covariance.Dimension} values, found {mean.Length}.", nameof(mean));
        }
        Covariance = covariance;
        NegatedMean = GaussianConstants.Negated(_mean);
    }

    /// <summary>A normal distribution.</summary>
    /// <param name="mean">μ, d finite values.</param>
    /// <param name="covariance">Σ, row-major d × d, symmetric and positive definite.</param>
    /// <exception cref="ArgumentException">The mean is not finite, or the matrix not a covariance.</exception>
    public Gaussian(ReadOnlySpan<double> mean, ReadOnlySpan<double> covariance)
        : this(mean, Covariance.FromMatrix(covariance, mean.Length))
    {
    }

    /// <summary>d.</summary>
    public int Dimension => _mean.Length;

    /// <summary>μ.</summary>
    public ReadOnlySpan<double> Mean => _mean;

    /// <summary>Σ and what follows from it.</summary>
    public Covariance Covariance { get; }

    /// <summary>−μ, as the kernel reads it.</summary>
    internal double[] NegatedMean { get; }

    /// <summary>log f(x) in nats; NaN when a value is NaN.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public double LogDensity(ReadOnlySpan<double> x)
    {
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double[] deviation = new double[Dimension];
        for (int i = 0; i < deviation.Length; i++)
        {
            deviation[i] = x[i] - _mean[i];
        }
        Cholesky.Solve(Covariance.Lower, deviation);
        double square = 0;
        foreach (double y in deviation)
        {
            square += y * y;
        }
        return Covariance.LogNormalizer - 0.5 * square;
    }

    /// <summary>Draws x = μ + L·z, z standard normal.</summary>
    /// <exception cref="ArgumentException"><paramref name="x"/> has another dimension.</exception>
    public void Sample(RandomGenerator random, Span<double> x)
    {
        ArgumentNullException.ThrowIfNull(random);
        GaussianConstants.CheckLength(x.Length, Dimension, nameof(x));
        double[] z = new double[Dimension];
        for (int i = 0; i < z.Length; i++)
        {
            z[i] = random.NextGaussian();
        }
        Cholesky.Multiply(Covariance.Lower, z, x);
        for (int i = 0; i < z.Length; i++)
        {
            x[i] += _mean[i];
        }
    }

    /// <summary>The distribution of some columns, in the order given: (μ_a, Σ_aa).</summary>
    /// <exception cref="ArgumentException">No column, one twice, or one out of range.</exception>
    public Gaussian Marginal(ReadOnlySpan<int> columns)
    {
        CheckColumns(columns);
        return new Gaussian(Pick(_mean, columns), Pick(columns, columns));
    }

    /// <summary>
    /// The distribution of the other columns, in their order, given that <paramref name="columns"/> have <paramref name="values"/>:
    /// mean μ_a + Σ_ab·Σ_bb⁻¹(x_b − μ_b), covariance Σ_aa − Σ_ab·Σ_bb⁻¹·Σ_ba.
    /// </summary>
    /// <exception cref="ArgumentException">No column, all columns, one twice, one out of range, or another number of values.</exception>
    public Gaussian Conditional(ReadOnlySpan<int> columns, ReadOnlySpan<double> values)
    {
        CheckColumns(columns);
        if (values.Length != columns.Length || columns.Length == Dimension)
        {
            throw new ArgumentException($"Expected as many values as columns, and fewer than {Dimension} of them, found {values.Length} values and {columns.Length} columns.", nameof(values));
        }
        int[] given = columns.ToArray();
        int[] rest = [.. Enumerable.Range(0, Dimension).Where(column => !given.Contains(column))];
        (int a, int b) = (rest.Length, given.Length);

        // The factor of the joint covariance with the given columns first holds everything: L = [L_bb 0; L_ab L_aa].
        int[] order = [.. given, .. rest];
        double[] lower = Pick(order, order);
        if (!Cholesky.Factor(lower, Dimension))
        {
            throw new NumericalException("Expected a covariance that stays positive definite in another order of columns, found one that is singular to rounding.");
        }
        double[] deviation = new double[b];
        for (int i = 0; i < b; i++)
        {
            deviation[i] = values[i] - _mean[given[i]];
        }
        double[] corner = Block(lower, 0, b, 0, b);
        Cholesky.Solve(corner, deviation);
        double[] mean = Pick(_mean, rest);
        for (int i = 0; i < a; i++)
        {
            for (int j = 0; j < b; j++)
            {
                mean[i] += lower[(b + i) * Dimension + j] * deviation[j];
            }
        }
        return new Gaussian(mean, Cholesky.Square(Block(lower, b, a, b, a), a));
    }

    private double[] Block(double[] matrix, int row, int rows, int column, int columns)
    {
        double[] block = new double[rows * columns];
        for (int i = 0; i < rows; i++)
        {
            matrix.AsSpan((row + i) * Dimension + column, columns).CopyTo(block.AsSpan(i * columns));
        }
        return block;
    }

    private double[] Pick(ReadOnlySpan<int> rows, ReadOnlySpan<int> columns)
    {
        double[] picked = new double[rows.Length * columns.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            for (int j = 0; j < columns.Length; j++)
            {
                picked[i * columns.Length + j] = Covariance.Matrix[rows[i] * Dimension + columns[j]];
            }
        }
        return picked;
    }

    private static double[] Pick(double[] values, ReadOnlySpan<int> columns)
    {
        double[] picked = new double[columns.Length];
        for (int i = 0; i < picked.Length; i++)
        {
            picked[i] = values[columns[i]];
        }
        return picked;
    }

    private void CheckColumns(ReadOnlySpan<int> columns)
    {
        HashSet<int> seen = [];
        foreach (int column in columns)
        {
            if (column < 0 || column >= Dimension || !seen.Add(column))
            {
                throw new ArgumentException($"Expected different columns in [0, {Dimension}), found {column}.", nameof(columns));
            }
        }
        if (columns.IsEmpty)
        {
            throw new ArgumentException("Expected at least one column, found none.", nameof(columns));
        }
    }

    /// <summary>Where the cells of a row lie in the marginal distributions of their columns; missing cells nowhere.</summary>
    internal bool TryTails(ReadOnlySpan<double> row, Span<TailProbabilities> tails)
    {
        for (int column = 0; column < row.Length; column++)
        {
            double deviation = Math.Sqrt(Covariance.Matrix[column * Dimension + column]);
            tails[column] = double.IsNaN(row[column]) ? TailProbabilities.Missing : TailProbabilities.OfNormal((row[column] - Mean[column]) / deviation);
        }
        return true;
    }
}
