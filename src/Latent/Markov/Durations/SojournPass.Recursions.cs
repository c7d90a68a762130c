using Latent.Kernels;

namespace Latent.Markov;

/// <content>
/// The recursions in doubles over a block of steps. α and β hold one value per state and age. Densities are relative to the greatest of their step; every vector is brought to a sum in [1, 2) by an exact
/// power of two, which the density of the next step takes with it.
/// </content>
internal sealed partial class SojournPass<TComponent>
{
    /// <summary>A vector that falls further than this in one step may have lost what matters: 2⁻⁵⁰⁰.</summary>
    private const double LeastFall = 3.054936363499605e-151;

    /// <summary>Σ αβ below which something may have been lost to underflow: 2⁻⁴⁰⁰.</summary>
    private const double LeastTotal = 3.8725919148493183e-121;

    /// <summary>α of consecutive steps; false where it underflows.</summary>
    /// <param name="chain">π and A.</param>
    /// <param name="densities">b, steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="done">Steps of the sequence before these.</param>
    /// <param name="before">α of the step before; not read at the start of the sequence.</param>
    /// <param name="total">Its sum; receives that of the last step.</param>
    /// <param name="exponents">Receives, added, the logarithms of the scales to the base 2.</param>
    private bool Forward(ChainMatrices chain, ReadOnlySpan<double> densities, int count, int done, ReadOnlySpan<double> before, ref double total, ref long exponents)
    {
        SojournTables tables = _tables!;
        ReadOnlySpan<double> old = before;
        for (int t = 0; t < count; t++)
        {
            int step = done + t;
            Span<double> row = _alpha.Span.Slice(t * _row, _row);
            ReadOnlySpan<double> own = densities.Slice(t * _width, _width);
            double scale = 1;
            if (step == 0)
            {
                total = 0;
                for (int state = 0; state < _states; state++)
                {
                    Span<double> target = row.Slice(state * tables.Stride, tables.Stride);
                    target[..tables.Reach(0)].Clear();
                    target[0] = chain.Initial.Span[state] * own[state];
                    total += target[0];
                }
            }
            else
            {
                int shift = Math.ILogB(total);
                scale = Math.ScaleB(1, -shift);
                exponents += shift;
                total = Advance(chain, old, own, scale, step, row);
            }
            if (!(total >= LeastFall))
            {
                return false;
            }
            _scales[t] = scale;
            old = row;
        }
        return true;
    }

    /// <summary>One step; returns the sum of α.</summary>
    private double Advance(ChainMatrices chain, ReadOnlySpan<double> old, ReadOnlySpan<double> densities, double scale, int step, Span<double> row)
    {
        SojournTables tables = _tables!;
        int ages = tables.Ages;
        int before = tables.Reach(step - 1);
        int reach = tables.Reach(step);
        double total = 0;
        for (int state = 0; state < _states; state++)
        {
            Span<double> target = row.Slice(state * tables.Stride, tables.Stride);
            (_ended[state], double stayed) = SojournKernel.Advance(
                old.Slice(state * tables.Stride, tables.Stride), tables.EndsOf(state), tables.StaysOf(state), before, densities[state] * scale, target);
            if (reach > before)
            {
                target[(before + 1)..reach].Clear();
            }
            total += stayed;
        }
        for (int state = 0; state < _states; state++)
        {
            ReadOnlySpan<double> into = chain.Backward.Span.Slice(state * _width, _width);
            double entering = 0;
            for (int from = 0; from < _states; from++)
            {
                entering = Math.FusedMultiplyAdd(_ended[from], into[from], entering);
            }
            Span<double> target = row.Slice(state * tables.Stride, tables.Stride);
            target[0] = entering * densities[state] * scale;
            total += target[0];
            if (step >= ages)
            {
                // Whoever is older than D stays at D.
                target[ages - 1] += target[ages];
                target[ages] = 0;
            }
        }
        return total;
    }

    /// <summary>β of the same steps, from the last to the first, with posteriors and sums; false where it underflows.</summary>
    /// <param name="chain">A.</param>
    /// <param name="densities">b, steps × width.</param>
    /// <param name="posteriors">Receives w·γ, steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="done">Steps of the sequence before these.</param>
    /// <param name="last">The last step of the sequence.</param>
    /// <param name="weight">w.</param>
    private bool Backward(ChainMatrices chain, ReadOnlySpan<double> densities, Span<double> posteriors, int count, int done, int last, double weight)
    {
        for (int t = count - 1; t >= 0; t--)
        {
            ReadOnlySpan<double> alpha = _alpha.Span.Slice(t * _row, _row);
            Span<double> own = posteriors.Slice(t * _width, _width);
            own.Clear();
            double total = done + t == last ? Begin(alpha, last, own) : Retreat(chain, alpha, done + t, weight, own);
            if (!(total >= LeastTotal && _betaTotal >= LeastFall))
            {
                return false;
            }
            for (int state = 0; state < _states; state++)
            {
                own[state] = weight * (own[state] / total);
            }
            _afterTotal = total;
            _afterScale = _scales[t];
            densities.Slice(t * _width, _width).CopyTo(_after.Span);
            (_later, _beta) = (_beta, _later);
        }
        return true;
    }

    /// <summary>At the end of a sequence β = 1: the last stay may go on.</summary>
    private double Begin(ReadOnlySpan<double> alpha, int last, Span<double> posteriors)
    {
        SojournTables tables = _tables!;
        int reach = tables.Reach(last);
        double total = 0;
        for (int state = 0; state < _states; state++)
        {
            posteriors[state] = LaneSum.Of(alpha.Slice(state * tables.Stride, reach));
            _beta.Span.Slice(state * tables.Stride, Math.Min(reach + 1, tables.Stride)).Fill(1);
            total += posteriors[state];
        }
        _betaTotal = 1;
        return total;
    }

    private double Retreat(ChainMatrices chain, ReadOnlySpan<double> alpha, int step, double weight, Span<double> posteriors)
    {
        SojournTables tables = _tables!;
        int reach = tables.Reach(step);
        double scale = Math.ScaleB(1, -Math.ILogB(_betaTotal));
        double factor = weight * (_afterScale / (_afterTotal * scale));
        for (int to = 0; to < _states; to++)
        {
            _entering[to] = _after.Span[to] * _later.Span[to * tables.Stride];
        }
        double total = 0;
        double betaTotal = 0;
        for (int state = 0; state < _states; state++)
        {
            ReadOnlySpan<double> outOf = chain.Forward.Span.Slice(state * _width, _width);
            double leaving = 0;
            for (int to = 0; to < _states; to++)
            {
                leaving = Math.FusedMultiplyAdd(outOf[to], _entering[to], leaving);
            }
            int at = state * tables.Stride;
            Span<double> beta = _beta.Span.Slice(at, tables.Stride);
            (posteriors[state], double ended, double sum) = SojournKernel.Retreat(
                alpha.Slice(at, tables.Stride), tables.EndsOf(state), tables.StaysOf(state), _later.Span.Slice(at, tables.Stride), reach,
                leaving * scale, _after.Span[state] * scale, factor, beta, _ends.Span.Slice(state * tables.Padded, tables.Padded), _stays.Span.Slice(state * tables.Padded, tables.Padded));
            // What comes after D is D again.
            int edge = Math.Min(reach, tables.Ages);
            beta[edge] = beta[edge - 1];
            total += posteriors[state];
            betaTotal += sum;
            Span<double> pairs = _pairs.Span.Slice(state * _width, _width);
            double left = ended * (factor * scale);
            for (int to = 0; to < _states; to++)
            {
                pairs[to] = Math.FusedMultiplyAdd(left, _entering[to], pairs[to]);
            }
        }
        _betaTotal = betaTotal;
        return total;
    }
}
