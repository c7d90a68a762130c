using Latent.Data;
using Latent.Families;

namespace Latent.Factors;

/// <content>
/// Rows with missing cells (NaN): the density is that of the observed ones, and the statistic that of the rows completed by expectation, which is maximum likelihood where cells are missing at
/// random [LittleRubin2002]. A missing cell stands at the mean for the scores of the factors, to which it then adds nothing, and at μⱼ + bⱼᵀĝ for the moments, bⱼ = L⁻¹λⱼ; there E(δⱼ²) has
/// bⱼᵀGbⱼ + ψⱼ besides, E(δⱼg) has Gbⱼ, and E(ggᵀ) has G where complete rows have I (see <see cref="FactorFrame"/>).
/// </content>
public sealed partial class FactorGaussianFamily : ISupportFamily
{
    /// <inheritdoc/>
    public bool TakesMissing => true;

    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row) => null;

    private static void PlaceAtMean(FactorGaussian component, RowTile filled)
    {
        MissingRuns runs = filled.Missing;
        for (int run = 0; run < runs.Count; run++)
        {
            foreach (int column in runs.Pattern(run).Columns)
            {
                filled.Column(column)[runs.Start(run)..runs.Start(run + 1)].Fill(component.Mean[column]);
            }
        }
    }

    /// <summary>From t to ĝ = Gt in the scratch, and from the density at ‖t‖² to that at tᵀGt.</summary>
    private void Observe(FactorGaussian component, MissingRuns runs, Span<double> scores, Span<double> logDensity)
    {
        int q = Factors;
        Span<double> own = stackalloc double[q];
        for (int run = 0; run < runs.Count; run++)
        {
            if (runs.Pattern(run).Columns.Length == 0)
            {
                continue;
            }
            FactorFrame frame = component.FrameOf(runs.Pattern(run));
            for (int row = runs.Start(run); row < runs.Start(run + 1); row++)
            {
                double gained = 0;
                for (int k = 0; k < q; k++)
                {
                    own[k] = scores[k * RowTile.Capacity + row];
                    gained = Math.FusedMultiplyAdd(-own[k], own[k], gained);
                }
                for (int k = 0; k < q; k++)
                {
                    double score = 0;
                    for (int i = 0; i < q; i++)
                    {
                        score = Math.FusedMultiplyAdd(frame.Covariance[k * q + i], own[i], score);
                    }
                    gained = Math.FusedMultiplyAdd(own[k], score, gained);
                    scores[k * RowTile.Capacity + row] = score;
                }
                // Nothing observed says nothing, to the bit.
                logDensity[row] = frame.IsEmpty ? 0 : Math.FusedMultiplyAdd(0.5, gained, logDensity[row] + frame.LogFactor);
            }
        }
    }

    /// <summary>Puts E(x | x_o) in place of the missing cells.</summary>
    private void Complete(FactorGaussian component, RowTile filled, ReadOnlySpan<double> scores)
    {
        int q = Factors;
        MissingRuns runs = filled.Missing;
        for (int run = 0; run < runs.Count; run++)
        {
            foreach (int column in runs.Pattern(run).Columns)
            {
                Span<double> cells = filled.Column(column);
                double uniqueness = component.Parameters.Uniquenesses[column];
                for (int row = runs.Start(run); row < runs.Start(run + 1); row++)
                {
                    double value = 0;
                    for (int k = 0; k < q; k++)
                    {
                        value = Math.FusedMultiplyAdd(component.Projection[column * q + k], scores[k * RowTile.Capacity + row], value);
                    }
                    cells[row] = Math.FusedMultiplyAdd(uniqueness, value, component.Mean[column]);
                }
            }
        }
    }

    /// <summary>Adds what missing cells and factors vary about their expectations, beyond the factors of complete rows.</summary>
    private void AddConditional(FactorGaussian component, MissingRuns runs, ReadOnlySpan<double> weights, Span<double> squares, Span<double> triangle, Span<double> cross)
    {
        int q = Factors;
        for (int run = 0; run < runs.Count; run++)
        {
            int[] missing = runs.Pattern(run).Columns;
            double weight = 0;
            for (int row = runs.Start(run); row < runs.Start(run + 1) && missing.Length > 0; row++)
            {
                weight += weights[row];
            }
            if (!(weight > 0))
            {
                continue;
            }
            double[] covariance = component.FrameOf(runs.Pattern(run)).Covariance;
            int position = 0;
            for (int i = 0; i < q; i++)
            {
                for (int k = 0; k <= i; k++, position++)
                {
                    triangle[position] = Math.FusedMultiplyAdd(weight, covariance[i * q + k] - (i == k ? 1 : 0), triangle[position]);
                }
            }
            foreach (int column in missing)
            {
                double uniqueness = component.Parameters.Uniquenesses[column];
                ReadOnlySpan<double> projection = component.Projection.AsSpan(column * q, q);
                double spread = uniqueness;
                for (int k = 0; k < q; k++)
                {
                    double product = 0;
                    for (int i = 0; i < q; i++)
                    {
                        product = Math.FusedMultiplyAdd(covariance[k * q + i], uniqueness * projection[i], product);
                    }
                    spread = Math.FusedMultiplyAdd(uniqueness * projection[k], product, spread);
                    cross[column * q + k] = Math.FusedMultiplyAdd(weight, product, cross[column * q + k]);
                }
                squares[column] = Math.FusedMultiplyAdd(weight, spread, squares[column]);
            }
        }
    }
}
