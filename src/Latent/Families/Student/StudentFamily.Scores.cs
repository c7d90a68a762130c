using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <content>
/// Scores: with z = Σ_oo⁻¹(x − μ)_o of the p observed cells, 0 in the others, δ = zᵀ(x − μ) and u = (ν+p)/(ν+δ), ∂/∂μ = uz and ∂/∂Σ as for normal components with u·zzᵀ in place of zzᵀ;
/// ∂/∂ν = ½(ψ((ν+p)/2) − ψ(ν/2) − p/ν − log(1+δ/ν) + uδ/ν).
/// </content>
public sealed partial class StudentFamily : IScoreFamily<StudentT>
{
    /// <inheritdoc/>
    public void WriteScores(StudentT component, RowTile tile, Span<double> scores)
    {
        ArgumentNullException.ThrowIfNull(component);
        const int stride = RowTile.Capacity;
        _normal.WriteScores(component.Location, tile, scores);
        double[] z = new double[Columns];
        for (int row = 0; row < tile.PaddedRows; row++)
        {
            int observed = 0;
            double square = 0;
            for (int j = 0; j < Columns; j++)
            {
                z[j] = scores[j * stride + row];
                double cell = tile.Column(j)[row];
                if (!double.IsNaN(cell))
                {
                    observed++;
                    square = Math.FusedMultiplyAdd(z[j], cell - component.Mean[j], square);
                }
            }
            double weight = (component.Freedom + observed) / (component.Freedom + square);
            int index = Columns;
            for (int i = 0; i < Columns; i++)
            {
                scores[i * stride + row] = weight * z[i];
                for (int j = 0; j <= i; j++, index++)
                {
                    scores[index * stride + row] += (weight - 1) * z[i] * z[j] * (i == j ? 0.5 : 1);
                }
            }
            if (Sharing != FreedomSharing.Fixed)
            {
                scores[index * stride + row] = FreedomScore(component.Freedom, observed, square, weight);
            }
        }
    }

    private static double FreedomScore(double freedom, int observed, double square, double weight) => 0.5 *
        (GammaFunctions.Digamma(0.5 * (freedom + observed)) - GammaFunctions.Digamma(0.5 * freedom) - observed / freedom
            - Elementary.Log(1 + square / freedom) + weight * square / freedom);
}
