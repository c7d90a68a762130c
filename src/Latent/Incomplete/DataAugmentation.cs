using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Incomplete;

/// <summary>
/// Draws of the parameters from their posterior [TannerWong1987]: by turns the missing cells (and the components of rows) given the parameters, and the parameters given all cells.
/// </summary>
/// <remarks>
/// <para>Given n rows of a component with mean x̄ and scatter S: Σ ~ inverse Wishart(n − 1 + p, S + κD), μ ~ N(x̄, Σ/n). A single distribution has Jeffreys' prior,
/// p = 0, plus the ridge: κ rows of variances D. Components of a mixture have a weak prior of their own, p = d + 2 rows about the estimate's covariance, since
/// a component may have few rows or none; weights are Dirichlet with one row each.</para>
/// <para>Diagonal and spherical structures draw variances by scaled inverse chi-squared; a tied one pools the scatter.</para>
/// </remarks>
internal sealed class DataAugmentation(IRowSource rows, MissingPatterns patterns, NormalComponents estimate, CovarianceStructure structure, double ridge)
{
    private readonly int _d = estimate.Dimension;
    private readonly int _k = estimate.Count;
    private readonly double[] _frequencies = RowReplicates.Frequencies(rows);
    private readonly CellLimits _none = new(rows.Schema, new ImputationOptions());

    /// <summary>The parameters after the burn-in, from the estimate on.</summary>
    public NormalComponents Draw(ulong seed, ImputationOptions options, CancellationToken cancellation)
    {
        RandomGenerator random = new(seed);
        int[] labels = new int[rows.Rows];
        NormalComponents current = estimate;
        for (int step = 0; step < options.BurnIn; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            double[] completed = current.Draw(rows, patterns, _none, random.NextUInt64(), EmOptions.ThreadsOrAll(options.Threads), labels);
            current = DrawParameters(completed, labels, random);
        }
        return current;
    }

    private NormalComponents DrawParameters(double[] completed, int[] labels, RandomGenerator random)
    {
        double[] counts = new double[_k];
        double[][] means = new double[_k][];
        double[][] scatters = new double[_k][];
        for (int k = 0; k < _k; k++)
        {
            means[k] = new double[_d];
            scatters[k] = new double[_d * _d];
        }
        Moments(completed, labels, counts, means, scatters);
        double[] weights = new double[_k];
        double total = 0;
        for (int k = 0; k < _k; k++)
        {
            weights[k] = _k == 1 ? 1 : RowReplicates.Gamma(counts[k] + 1, random);
            total += weights[k];
        }
        double[][] covariances = structure == CovarianceStructure.Tied && _k > 1 ? Pooled(counts, scatters, random) : new double[_k][];
        Gaussian[] components = new Gaussian[_k];
        for (int k = 0; k < _k; k++)
        {
            weights[k] /= total;
            double prior = _k == 1 ? ridge : _d + 2;
            covariances[k] ??= DrawCovariance(scatters[k], estimate.Component(k), prior, counts[k] - 1 + prior, random);
            Covariance covariance = Covariance.FromMatrix(covariances[k], _d);

            // A component without rows keeps the estimate's mean, as uncertain as one row leaves it.
            double[] mean = counts[k] > 0 ? means[k] : estimate.Component(k).Mean.ToArray();
            double[] step = new double[_d];
            new Gaussian(new double[_d], covariance).Sample(random, step);
            double scale = Math.Sqrt(Math.Max(1, counts[k]));
            for (int j = 0; j < _d; j++)
            {
                mean[j] += step[j] / scale;
            }
            components[k] = new Gaussian(mean, covariance);
        }
        return new NormalComponents(weights, components);
    }

    private double[][] Pooled(double[] counts, double[][] scatters, RandomGenerator random)
    {
        double[] sum = new double[_d * _d];
        double n = 0;
        for (int k = 0; k < _k; k++)
        {
            n += Math.Max(0, counts[k] - 1);
            for (int cell = 0; cell < sum.Length; cell++)
            {
                sum[cell] += scatters[k][cell];
            }
        }
        double[] shared = DrawCovariance(sum, estimate.Component(0), _d + 2, n + _d + 2, random);
        return [.. Enumerable.Repeat(shared, _k)];
    }

    private void Moments(double[] completed, int[] labels, double[] counts, double[][] means, double[][] scatters)
    {
        for (int row = 0; row < labels.Length; row++)
        {
            double weight = _frequencies[row];
            int k = labels[row];
            counts[k] += weight;
            for (int j = 0; j < _d; j++)
            {
                means[k][j] = Math.FusedMultiplyAdd(weight, completed[row * _d + j] - estimate.Component(k).Mean[j], means[k][j]);
            }
        }
        for (int k = 0; k < _k; k++)
        {
            for (int j = 0; j < _d; j++)
            {
                means[k][j] = estimate.Component(k).Mean[j] + (counts[k] > 0 ? means[k][j] / counts[k] : 0);
            }
        }
        double[] deviation = new double[_d];
        for (int row = 0; row < labels.Length; row++)
        {
            double weight = _frequencies[row];
            double[] scatter = scatters[labels[row]];
            for (int j = 0; j < _d; j++)
            {
                deviation[j] = completed[row * _d + j] - means[labels[row]][j];
            }
            for (int i = 0; i < _d && weight > 0; i++)
            {
                double weighted = weight * deviation[i];
                for (int j = 0; j <= i; j++)
                {
                    scatter[i * _d + j] = Math.FusedMultiplyAdd(weighted, deviation[j], scatter[i * _d + j]);
                }
            }
        }
    }

    /// <summary>A covariance from its posterior, both triangles.</summary>
    /// <param name="scatter">S, its lower triangle.</param>
    /// <param name="about">The estimate whose covariance (or, for a ridge, variances alone) the prior's rows have.</param>
    /// <param name="prior">The prior's rows.</param>
    /// <param name="freedom">Degrees of freedom.</param>
    /// <param name="random">The generator.</param>
    private double[] DrawCovariance(double[] scatter, Gaussian about, double prior, double freedom, RandomGenerator random)
    {
        double[] scale = [.. scatter];
        for (int i = 0; i < _d; i++)
        {
            for (int j = _k == 1 ? i : 0; j <= i; j++)
            {
                scale[i * _d + j] += prior * about.Covariance.Matrix[i * _d + j];
            }
        }
        double[] drawn = new double[_d * _d];
        if (structure is CovarianceStructure.Diagonal or CovarianceStructure.Spherical)
        {
            bool one = structure == CovarianceStructure.Spherical;
            double sum = Enumerable.Range(0, _d).Sum(i => scale[i * _d + i]);
            double common = one ? sum / ChiSquared(freedom * _d, random) : 0;
            for (int i = 0; i < _d; i++)
            {
                drawn[i * _d + i] = one ? common : scale[i * _d + i] / ChiSquared(freedom, random);
            }
            return drawn;
        }
        if (!(freedom > _d - 1) || !Cholesky.Factor(scale, _d, 1e-14))
        {
            throw new NumericalException($"Expected more rows than columns to draw a covariance from its posterior, found {freedom + 1:g4} rows of {_d} columns, or columns that depend on each other. Fit with a ridge, or impute by bootstrap.");
        }
        return InverseWishart(scale, freedom, random);
    }

    /// <summary>L·A⁻ᵀ·A⁻¹·Lᵀ with A·Aᵀ ~ Wishart(ν, I) by Bartlett's decomposition [Anderson2003, sec. 7.2].</summary>
    private double[] InverseWishart(double[] lower, double freedom, RandomGenerator random)
    {
        double[] bartlett = new double[_d * _d];
        for (int i = 0; i < _d; i++)
        {
            for (int j = 0; j < i; j++)
            {
                bartlett[i * _d + j] = random.NextGaussian();
            }
            bartlett[i * _d + i] = Math.Sqrt(ChiSquared(freedom - i, random));
        }
        double[] inverse = Cholesky.InvertLower(bartlett, _d);
        double[] product = new double[_d * _d];
        for (int i = 0; i < _d; i++)
        {
            for (int j = 0; j < _d; j++)
            {
                double sum = 0;
                for (int k = 0; k <= i; k++)
                {
                    // L·A⁻ᵀ: element (k, j) of A⁻ᵀ is element (j, k) of A⁻¹.
                    sum = Math.FusedMultiplyAdd(lower[i * _d + k], k <= j ? inverse[j * _d + k] : 0, sum);
                }
                product[i * _d + j] = sum;
            }
        }
        double[] covariance = new double[_d * _d];
        for (int i = 0; i < _d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < _d; k++)
                {
                    sum = Math.FusedMultiplyAdd(product[i * _d + k], product[j * _d + k], sum);
                }
                covariance[i * _d + j] = covariance[j * _d + i] = sum;
            }
        }
        return covariance;
    }

    private static double ChiSquared(double freedom, RandomGenerator random) => 2 * RowReplicates.Gamma(freedom / 2, random);
}
