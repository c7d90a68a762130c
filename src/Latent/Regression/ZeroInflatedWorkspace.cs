using Latent.Data;
using Latent.Kernels;

namespace Latent.Regression;

/// <summary>The buffers of one thread: a tile, the densities of its counts, and what its zeros are.</summary>
internal sealed class ZeroInflatedWorkspace(RegressionFamily family)
{
    private const int Stride = RowTile.Capacity;

    private readonly RowTile _tile = new(family.Design.Width);
    private readonly AlignedBuffer _scratch = new(family.ScratchLength(Stride));
    private readonly AlignedBuffer _rows = new(6 * Stride);
    private readonly AlignedBuffer _derivatives = new(3 * Stride);

    /// <summary>log p(y) of each row.</summary>
    public Span<double> LogDensity => _rows.Span[.._tile.PaddedRows];

    /// <summary>r, the posterior probability of a structural zero.</summary>
    public Span<double> Structural => _rows.Span.Slice(Stride, _tile.PaddedRows);

    /// <summary>π(z), the probability before the count is seen.</summary>
    public Span<double> Prior => _rows.Span.Slice(2 * Stride, _tile.PaddedRows);

    private Span<double> Complement => _rows.Span.Slice(3 * Stride, _tile.PaddedRows);

    // 1 − r and r − π, each with the digits that a subtraction would lose.
    private Span<double> Ordinary => _rows.Span.Slice(4 * Stride, _tile.PaddedRows);

    private Span<double> Learned => _rows.Span.Slice(5 * Stride, _tile.PaddedRows);

    /// <summary>Evaluates rows of a chunk; returns Σ w·log p(y).</summary>
    public double Load(ZeroInflatedParameters parameters, in RowChunk chunk, int start, int count)
    {
        _tile.Load(chunk, start, count);
        Span<double> density = LogDensity;
        family.LogDensity(parameters.Count, _tile, _scratch.Span, density);
        Span<double> odds = Prior;
        odds.Clear();
        RegressionFamily.AddTerms(parameters.Zero.AsSpan(), _tile, family.Design.FirstConcomitant, odds);
        ReadOnlySpan<double> y = _tile.Column(family.Design.Columns.Response);
        ReadOnlySpan<double> weights = _tile.Weights;
        Span<double> weighted = _derivatives.Span[..odds.Length];
        for (int row = 0; row < odds.Length; row++)
        {
            double logOdds = odds[row];
            // log(1 + e^a), and both shares without cancellation.
            double small = Elementary.Exp(-Math.Abs(logOdds));
            double normalizer = Math.Max(logOdds, 0) + Elementary.LogOnePlus(small);
            (double share, double rest) = logOdds >= 0 ? (1 / (1 + small), small / (1 + small)) : (small / (1 + small), 1 / (1 + small));
            (Prior[row], Complement[row]) = (share, rest);
            if (y[row] == 0)
            {
                // 1 − P(0) = (1 − π)(1 − f(0)): where it is small, the logarithm of P(0) itself has lost its digits, and r − π = r(1 − P(0)).
                double positive = rest * -Elementary.ExpMinusOne(density[row]);
                double excess = logOdds - density[row];
                double ratio = Elementary.Exp(-Math.Abs(excess));
                (Structural[row], Ordinary[row]) = excess >= 0 ? (1 / (1 + ratio), ratio / (1 + ratio)) : (ratio / (1 + ratio), 1 / (1 + ratio));
                Learned[row] = Structural[row] * positive;
                density[row] = positive < 0.5 ? Elementary.LogOnePlus(-positive) : Math.Max(logOdds, density[row]) + Elementary.LogOnePlus(ratio) - normalizer;
            }
            else
            {
                (Structural[row], Ordinary[row], Learned[row]) = (0, 1, -share);
                density[row] -= normalizer;
            }
            weighted[row] = weights[row] > 0 ? weights[row] * density[row] : 0;
        }
        return LaneSum.Of(weighted);
    }

    /// <summary>Adds the statistics of both parts.</summary>
    public void Accumulate(ZeroInflatedParameters parameters, Span<double> zero, Span<double> count)
    {
        int rows = _tile.PaddedRows;
        ReadOnlySpan<double> weights = _tile.Weights;
        Span<double> slope = _derivatives.Span[..rows];
        Span<double> curvature = _derivatives.Span.Slice(Stride, rows);
        Span<double> rest = _derivatives.Span.Slice(2 * Stride, rows);
        for (int row = 0; row < rows; row++)
        {
            slope[row] = weights[row] * Learned[row];
            curvature[row] = weights[row] * Prior[row] * Complement[row];
            rest[row] = weights[row] * Ordinary[row];
        }
        RegressionFamily.AccumulateDerivatives(_tile, family.Design.FirstConcomitant, parameters.Zero.Length, slope, curvature, zero);
        family.Accumulate(parameters.Count, _tile, _scratch.Span, rest, count);
    }
}
