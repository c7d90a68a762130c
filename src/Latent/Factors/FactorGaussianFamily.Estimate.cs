using Latent.Families;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Factors;

/// <content>
/// The M-step: each column is regressed on the factors and a constant. It is expanded by a free mean and covariance of each component's factors, which are then taken into mean and loadings
/// [LiuRubinWu1998]: the same likelihood, never lower, in larger steps.
/// </content>
public sealed partial class FactorGaussianFamily
{
    /// <inheritdoc/>
    /// <exception cref="NumericalException">The moments are not finite, or a uniqueness is zero and there is no floor.</exception>
    public FactorGaussian[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<FactorGaussian> current)
    {
        double[] rows = new double[current.Length];
        double[][] means = new double[current.Length][];
        double[][] loadings = new double[current.Length][];
        double[][] residuals = new double[current.Length][];
        for (int k = 0; k < current.Length; k++)
        {
            ReadOnlySpan<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            rows[k] = own[0];
            loadings[k] = current[k].Parameters.Loadings.ToArray();
            residuals[k] = new double[Columns];
            means[k] = own[0] > 0 ? Regress(own, current[k], loadings[k], residuals[k]) : current[k].Mean.ToArray();
        }
        if (!rows.Any(row => row > 0))
        {
            return current.ToArray();
        }
        FactorGaussian[] components = new FactorGaussian[current.Length];
        double[] pooled = [.. Enumerable.Range(0, Columns).Select(j => residuals.Sum(residual => residual[j]))];
        for (int k = 0; k < components.Length; k++)
        {
            components[k] = Sharing == UniquenessSharing.Common ? Bounded(means[k], loadings[k], pooled, rows.Sum())
                : rows[k] > 0 ? Bounded(means[k], loadings[k], residuals[k], rows[k])
                : current[k];
        }
        return components;
    }

    /// <summary>Components whose uniquenesses are shared as they must be, and at least at their floor.</summary>
    /// <inheritdoc/>
    public FactorGaussian[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<FactorGaussian> components)
    {
        FactorGaussian[] constrained = new FactorGaussian[components.Length];
        double[] pooled = new double[Columns];
        double total = 0;
        for (int k = 0; k < components.Length; k++)
        {
            total += weights[k];
            for (int j = 0; j < Columns; j++)
            {
                pooled[j] += weights[k] * components[k].Parameters.Uniquenesses[j];
            }
        }
        for (int k = 0; k < components.Length; k++)
        {
            FactorParameters own = components[k].Parameters;
            FactorGaussian moved = Sharing == UniquenessSharing.Common
                ? Bounded(own.Mean.ToArray(), own.Loadings.ToArray(), pooled, total)
                : Bounded(own.Mean.ToArray(), own.Loadings.ToArray(), own.Uniquenesses.ToArray(), 1);
            constrained[k] = moved.Parameters.Uniquenesses.SequenceEqual(own.Uniquenesses) ? components[k] : moved;
        }
        return constrained;
    }

    /// <summary>The component whose uniquenesses are residuals per row, or their mean, under the floor.</summary>
    private FactorGaussian Bounded(double[] mean, double[] loadings, double[] residuals, double rows)
    {
        double[] uniquenesses = new double[Columns];
        bool held = false;
        if (Sharing == UniquenessSharing.Isotropic)
        {
            (double uniqueness, held) = GaussianConstants.Raise(residuals.Average() / rows, Floor.LeastCommon());
            Array.Fill(uniquenesses, uniqueness);
        }
        for (int j = 0; j < Columns && Sharing != UniquenessSharing.Isotropic; j++)
        {
            (uniquenesses[j], bool raised) = GaussianConstants.Raise(residuals[j] / rows, Floor.Least(j));
            held |= raised;
        }
        return new FactorGaussian(new FactorParameters(mean, loadings, uniquenesses), held);
    }

    /// <summary>
    /// With G = Σ r(u − ū)(u − ū)ᵀ + N·I = HHᵀ and hⱼ = H⁻¹Σ r(δⱼ − δ̄ⱼ)(u − ū): the mean μ + δ̄, the residual sum Σ r(δⱼ − δ̄ⱼ)² − ‖hⱼ‖², and the loadings hⱼᵀH⁻¹LᵀT,
    /// T the factor of the covariance L⁻ᵀ(G/N)L⁻¹ of the factors.
    /// </summary>
    private double[] Regress(ReadOnlySpan<double> statistic, FactorGaussian current, double[] loadings, double[] residuals)
    {
        (int d, int q) = (Columns, Factors);
        double n = statistic[0];
        ReadOnlySpan<double> sums = statistic.Slice(1, d);
        ReadOnlySpan<double> squares = statistic.Slice(1 + d, d);
        ReadOnlySpan<double> scores = statistic.Slice(1 + 2 * d, q);
        ReadOnlySpan<double> triangle = statistic.Slice(1 + 2 * d + q, q * (q + 1) / 2);
        ReadOnlySpan<double> cross = statistic[(1 + 2 * d + ScatterKernel.Length(q))..];
        double[] system = new double[q * q];
        double[] spread = new double[q * q];
        int position = 0;
        for (int i = 0; i < q; i++)
        {
            for (int k = 0; k <= i; k++)
            {
                system[i * q + k] = triangle[position++] - scores[i] * (scores[k] / n) + (i == k ? n : 0);
                spread[i * q + k] = spread[k * q + i] = system[i * q + k] / n;
            }
        }
        if (!Cholesky.Factor(system, q))
        {
            throw new NumericalException("Expected finite moments, found factors that overflow. Rescale the data, or use fewer factors.");
        }
        double[] turn = Expansion(spread, current.Lower);
        double[] inverse = Cholesky.InvertLower(system, q);
        double[] map = Product(inverse, turn);
        double[] step = new double[d];
        double[] explained = new double[q];
        for (int j = 0; j < d; j++)
        {
            step[j] = sums[j] / n;
            for (int k = 0; k < q; k++)
            {
                explained[k] = cross[j * q + k] - step[j] * scores[k];
            }
            Cholesky.Solve(system, explained);
            double residual = squares[j] - sums[j] * step[j];
            Span<double> own = loadings.AsSpan(j * q, q);
            own.Clear();
            for (int k = 0; k < q; k++)
            {
                residual -= explained[k] * explained[k];
                for (int i = 0; i < q; i++)
                {
                    own[i] = Math.FusedMultiplyAdd(explained[k], map[k * q + i], own[i]);
                }
            }
            residuals[j] = residual;
            if (!double.IsFinite(residual))
            {
                throw new NumericalException("Expected finite moments, found a column that overflows or a cell that is not a number. Rescale the data, or leave the cell out.");
            }
        }
        return GaussianConstants.Moved(current.Mean, step);
    }

    /// <summary>LᵀT with TTᵀ = L⁻ᵀRL⁻¹; Lᵀ alone where that covariance is singular to rounding.</summary>
    private double[] Expansion(double[] spread, double[] lower)
    {
        int q = Factors;
        double[] transposed = Transposed(lower);
        double[] inverse = Cholesky.InvertLower(lower, q);
        double[] covariance = Product(Product(Transposed(inverse), spread), inverse);
        return Cholesky.Factor(covariance, q) ? Product(transposed, covariance) : transposed;
    }

    private double[] Transposed(double[] matrix)
    {
        double[] transposed = new double[matrix.Length];
        for (int i = 0; i < Factors; i++)
        {
            for (int k = 0; k < Factors; k++)
            {
                transposed[k * Factors + i] = matrix[i * Factors + k];
            }
        }
        return transposed;
    }

    private double[] Product(double[] left, double[] right)
    {
        int q = Factors;
        double[] product = new double[q * q];
        for (int i = 0; i < q; i++)
        {
            for (int k = 0; k < q; k++)
            {
                for (int inner = 0; inner < q; inner++)
                {
                    product[i * q + k] = Math.FusedMultiplyAdd(left[i * q + inner], right[inner * q + k], product[i * q + k]);
                }
            }
        }
        return product;
    }
}
