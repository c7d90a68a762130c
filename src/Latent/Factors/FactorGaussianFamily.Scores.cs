using Latent.Data;
using Latent.Families;
using Latent.Numerics;

namespace Latent.Factors;

/// <content>
/// Natural parameters: means, loadings in the turn of <see cref="FactorGaussian.Canonical"/>, which the data determine unless two factors explain as much, and uniquenesses. With z = Σ_oo⁻¹(x − μ)_o, the
/// expected factors f = Λᵀz and their posterior covariance V: ∂/∂μ = z, ∂/∂Λ = zfᵀ − Ψ⁻¹ΛV, ∂/∂ψⱼ = ½(zⱼ² − Pⱼⱼ), Pⱼⱼ = 1/ψⱼ − λⱼᵀVλⱼ/ψⱼ²; 0 in missing cells.
/// </content>
public sealed partial class FactorGaussianFamily : IScoreFamily<FactorGaussian>
{
    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
    [
        .. columns.Select(column => new NaturalParameter($"mean[{component}, {column}]")),
        .. columns.SelectMany(column => Enumerable.Range(1, Factors).Select(factor => new NaturalParameter($"loading[{component}, {column}, {factor}]"))),
        .. Sharing switch
        {
            UniquenessSharing.Common => columns.Select(column => new NaturalParameter($"uniqueness[{column}]", ParameterScale.Log)),
            UniquenessSharing.Isotropic => [new NaturalParameter($"uniqueness[{component}]", ParameterScale.Log)],
            _ => columns.Select(column => new NaturalParameter($"uniqueness[{component}, {column}]", ParameterScale.Log)),
        },
    ];

    /// <inheritdoc/>
    public void WriteNaturalParameters(FactorGaussian component, Span<double> values)
    {
        ArgumentNullException.ThrowIfNull(component);
        FactorParameters own = component.Canonical.Parameters;
        own.Mean.CopyTo(values);
        own.Loadings.CopyTo(values[Columns..]);
        own.Uniquenesses[..Noises(1)].CopyTo(values[(Columns + own.Loadings.Length)..]);
    }

    /// <inheritdoc/>
    public void WriteScores(FactorGaussian component, RowTile tile, Span<double> scores)
    {
        ArgumentNullException.ThrowIfNull(component);
        FactorGaussian turned = component.Canonical;
        double[] scratch = new double[ScratchLength(RowTile.Capacity)];
        LogDensity(turned, tile, scratch, new double[RowTile.Capacity]);
        if (FilledTile.Of(this, tile) is not { } filled)
        {
            WriteScores(turned, tile, [], Cholesky.InvertLower(turned.Lower, Factors), 0, tile.PaddedRows, scratch, scores);
            return;
        }
        for (int run = 0; run < filled.Missing.Count; run++)
        {
            MissingCells missing = filled.Missing.Pattern(run);
            WriteScores(turned, filled, missing.Columns, turned.FrameOf(missing).Inverse, filled.Missing.Start(run), filled.Missing.Start(run + 1), scratch, scores);
        }
    }

    /// <summary>The scores of rows of one pattern.</summary>
    /// <param name="component">The component.</param>
    /// <param name="tile">The rows, missing cells at the mean.</param>
    /// <param name="missing">The missing columns, ascending.</param>
    /// <param name="inverse">W, lower triangular: WᵀW is the posterior covariance of the factors.</param>
    /// <param name="start">The first row.</param>
    /// <param name="end">After the last.</param>
    /// <param name="whitened">ĝ of each row.</param>
    /// <param name="scores">Receives the scores.</param>
    private void WriteScores(FactorGaussian component, RowTile tile, int[] missing, double[] inverse, int start, int end, ReadOnlySpan<double> whitened, Span<double> scores)
    {
        const int stride = RowTile.Capacity;
        (int d, int q) = (Columns, Factors);
        bool isIsotropic = Sharing == UniquenessSharing.Isotropic;
        int noise = d + d * q;
        foreach (int column in missing)
        {
            Clear(scores, column);
            for (int k = 0; k < q; k++)
            {
                Clear(scores, d + column * q + k);
            }
            if (!isIsotropic)
            {
                Clear(scores, noise + column);
            }
        }
        if (isIsotropic)
        {
            Clear(scores, noise);
        }
        double[] factors = new double[q * stride];
        Unwhiten(component.Lower, whitened, start, end, factors);
        double[] spread = new double[q];
        foreach (int column in Enumerable.Range(0, d).Except(missing))
        {
            double uniqueness = component.Parameters.Uniquenesses[column];
            ReadOnlySpan<double> loadings = component.Parameters.Row(column);
            double precision = 1 / uniqueness - Posterior(inverse, loadings, uniqueness, spread);
            ReadOnlySpan<double> cells = tile.Column(column);
            Span<double> means = scores.Slice(column * stride, stride);
            Span<double> noises = scores.Slice((isIsotropic ? noise : noise + column) * stride, stride);
            for (int row = start; row < end; row++)
            {
                double residual = cells[row] - component.Mean[column];
                for (int k = 0; k < q; k++)
                {
                    residual = Math.FusedMultiplyAdd(-loadings[k], factors[k * stride + row], residual);
                }
                double z = residual / uniqueness;
                means[row] = z;
                noises[row] = (isIsotropic ? noises[row] : 0) + 0.5 * (z * z - precision);
                for (int k = 0; k < q; k++)
                {
                    scores[(d + column * q + k) * stride + row] = Math.FusedMultiplyAdd(z, factors[k * stride + row], -spread[k]);
                }
            }
        }

        void Clear(Span<double> target, int parameter) => target[(parameter * stride + start)..(parameter * stride + end)].Clear();
    }

    /// <summary>f = L⁻ᵀĝ.</summary>
    private void Unwhiten(double[] lower, ReadOnlySpan<double> whitened, int start, int end, double[] factors)
    {
        for (int row = start; row < end; row++)
        {
            for (int i = Factors - 1; i >= 0; i--)
            {
                double value = whitened[i * RowTile.Capacity + row];
                for (int k = i + 1; k < Factors; k++)
                {
                    value = Math.FusedMultiplyAdd(-lower[k * Factors + i], factors[k * RowTile.Capacity + row], value);
                }
                factors[i * RowTile.Capacity + row] = value / lower[i * Factors + i];
            }
        }
    }

    /// <summary>Writes Vλ/ψ, V = WᵀW, and returns λᵀVλ/ψ².</summary>
    private static double Posterior(double[] inverse, ReadOnlySpan<double> loadings, double uniqueness, double[] spread)
    {
        int q = spread.Length;
        double square = 0;
        Array.Clear(spread);
        for (int i = 0; i < q; i++)
        {
            double along = GramSchmidt.Dot(inverse.AsSpan(i * q, i + 1), loadings[..(i + 1)]) / uniqueness;
            square = Math.FusedMultiplyAdd(along, along, square);
            for (int k = 0; k <= i; k++)
            {
                spread[k] = Math.FusedMultiplyAdd(inverse[i * q + k], along, spread[k]);
            }
        }
        return square;
    }
}
