using Latent.Data;

namespace Latent.Regression;

/// <content>Counts with structural zeros.</content>
internal sealed partial class RegressionFitter
{
    // Fewer structural zeros than this are none.
    private const double None = 0.01;

    public ZeroInflatedRegressionFit FitZeroInflated(CancellationToken cancellation)
    {
        RegressionFamily family = Family(0);
        ZeroInflatedModel model = new(family, _concomitants, [.. _largest.AsSpan(_design.FirstConcomitant)]);
        EmResult<ZeroInflatedParameters> result = Em.Fit(model, _rows, ZeroInflatedStart(family), _options, cancellation);
        ZeroInflatedParameters found = result.Parameters;
        if (StructuralZeros(model, found) < None)
        {
            const string message = "the zero part has vanished, since there are no more zeros than the counts explain; its coefficients mean nothing. Fit the counts alone, without a zero part.";
            result = result with { Degeneracies = [.. result.Degeneracies, new Degeneracy(result.Iterations, 0, message)] };
        }
        return new ZeroInflatedRegressionFit(
            _design, Original([found.Count])[0], _concomitants.ToOriginal(found.Zero.AsSpan()), result, _summary, model.FreeParameters,
            (settings, token) => StandardErrors.Of(model, _rows, found, settings, token));
    }

    // Half the zeros structural, the same share everywhere; the counts' mean made up for it.
    private ZeroInflatedParameters ZeroInflatedStart(RegressionFamily family)
    {
        double zeros = 0;
        double positives = 0;
        double[] cells = new double[_rows.Columns];
        for (long row = 0; row < _rows.Rows; row++)
        {
            _rows.CopyRow(row, cells);
            (zeros, positives) = cells[_design.Columns.Response] == 0 ? (zeros + _rows.Weight(row), positives) : (zeros, positives + _rows.Weight(row));
        }
        if (!(zeros > 0) || !(positives > 0))
        {
            throw new ArgumentException(positives > 0
                ? $"Expected some zeros in a zero-inflated regression, found none among {_rows.Rows} rows. Fit the counts alone, without a zero part."
                : $"Expected some counts above 0 in a zero-inflated regression, found only zeros in {_rows.Rows} rows. They say nothing of the counts; choose another response.");
        }
        double share = 0.5 * zeros / (zeros + positives);
        double[] zero = new double[_concomitants.Count];
        if (_design.ConcomitantIntercept >= 0)
        {
            zero[_design.ConcomitantIntercept] = Math.Log(share / (1 - share));
        }
        RegressionComponent count = family.Reference(_summary);
        double[] coefficients = [.. count.Coefficients];
        if (_design.Intercept >= 0)
        {
            coefficients[_design.Intercept] -= Math.Log(1 - share);
        }
        return new ZeroInflatedParameters(zero, new RegressionComponent(coefficients, count.Dispersion));
    }

    private double StructuralZeros(ZeroInflatedModel model, ZeroInflatedParameters found)
    {
        double zeros = 0;
        for (int index = 0; index < _rows.ChunkCount; index++)
        {
            RowChunk chunk = _rows.GetChunk(index);
            double[] structural = new double[chunk.Rows];
            model.Evaluate(found, chunk, new double[chunk.Rows], structural, new double[chunk.Rows]);
            for (int row = 0; row < structural.Length; row++)
            {
                zeros += _rows.Weight(chunk.FirstRow + row) * structural[row];
            }
        }
        return zeros;
    }
}
