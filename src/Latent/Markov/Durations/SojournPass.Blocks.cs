using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <content>A sequence by blocks, in doubles or in logarithms.</content>
internal sealed partial class SojournPass<TComponent>
{
    /// <summary>Forward, then block by block back; null where doubles underflow. In logarithms a result that is not finite leaves the sums alone.</summary>
    private double? Alone(
        HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int start, int length, double weight, double power, SojournStatistic statistic, PosteriorVisitor? visitor, bool logarithms)
    {
        int block = BlockOf(length);
        Reserve(block);
        int blocks = (length + block - 1) / block;
        if (_kept.Length < blocks * _row)
        {
            _kept = new double[checked(blocks * _row)];
        }
        if (_totals.Length < blocks)
        {
            _totals = new double[blocks];
        }
        if (logarithms)
        {
            _logarithms.Load(chain, _tables!);
        }
        double total = 0;
        double greatest = 0;
        long exponents = 0;
        for (int index = 0; index < blocks; index++)
        {
            int done = index * block;
            int count = Math.Min(block, length - done);
            _tiles.Densities(parameters, chunk, start + done, count, _densities.Span, _greatest.Span, logarithms, power);
            if (!Forward(chain, count, done, Before(index), ref total, ref exponents, logarithms))
            {
                return null;
            }
            greatest += Sum(_greatest.Span[..count]);
            _alpha.Span.Slice((count - 1) * _row, _row).CopyTo(_kept.AsSpan(index * _row));
            _totals[index] = total;
        }
        double logLikelihood = logarithms ? total : Elementary.Log(total) + exponents * LogTwo + greatest;
        for (int index = blocks - 1; index >= 0 && double.IsFinite(logLikelihood); index--)
        {
            int done = index * block;
            int count = Math.Min(block, length - done);
            if (index < blocks - 1)
            {
                _tiles.Densities(parameters, chunk, start + done, count, _densities.Span, _greatest.Span, logarithms, power);
                total = index == 0 ? 0 : _totals[index - 1];
                Forward(chain, count, done, Before(index), ref total, ref exponents, logarithms);
            }
            if (logarithms)
            {
                Retreat(count, done, length - 1, weight, statistic);
            }
            else if (!Backward(chain, _densities.Span, _posteriors.Span, count, done, length - 1, weight))
            {
                return null;
            }
            Visit(parameters, chunk, start + done, count, done == 0, statistic, visitor);
        }
        return logLikelihood;
    }

    private ReadOnlySpan<double> Before(int block) => block == 0 ? [] : _kept.AsSpan((block - 1) * _row, _row);

    /// <summary>α of a block.</summary>
    private bool Forward(ChainMatrices chain, int count, int done, ReadOnlySpan<double> before, ref double total, ref long exponents, bool logarithms)
    {
        if (!logarithms)
        {
            return Forward(chain, _densities.Span, count, done, before, ref total, ref exponents);
        }
        ReadOnlySpan<double> old = before;
        for (int t = 0; t < count; t++)
        {
            Span<double> row = _alpha.Span.Slice(t * _row, _row);
            total = _logarithms.Advance(old, _densities.Span.Slice(t * _width, _width), done + t, row);
            old = row;
        }
        return true;
    }

    /// <summary>β of a block in logarithms.</summary>
    private void Retreat(int count, int done, int last, double weight, SojournStatistic statistic)
    {
        for (int t = count - 1; t >= 0; t--)
        {
            Span<double> posteriors = _posteriors.Span.Slice(t * _width, _width);
            posteriors.Clear();
            _logarithms.Retreat(
                _alpha.Span.Slice(t * _row, _row), done + t == last ? [] : _later.Span, _after.Span, done + t, weight, _beta.Span, posteriors,
                statistic.IsEmpty ? _pairs.Span : statistic.Chain.Transition, statistic.Stays);
            _densities.Span.Slice(t * _width, _width).CopyTo(_after.Span);
            (_later, _beta) = (_beta, _later);
        }
    }

    /// <summary>Hands posteriors to the visitor, or adds them to the statistic where there is none.</summary>
    private void Visit(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, bool first, SojournStatistic statistic, PosteriorVisitor? visitor)
    {
        ReadOnlySpan<double> posteriors = _posteriors.Span[..(count * _width)];
        if (visitor is not null)
        {
            visitor(start, count, posteriors, _width);
            return;
        }
        _tiles.Accumulate(parameters, chunk, start, count, posteriors, statistic.Chain.Occupancy, statistic.Chain.Emissions);
        if (first)
        {
            statistic.Chain.AddInitial(posteriors[.._states]);
        }
    }

    /// <summary>Steps of a block: what the cache holds, or the square root of the length where the borders would take more memory than the blocks.</summary>
    private int BlockOf(int length)
    {
        if ((long)length / _capacity * _row <= MostKept)
        {
            return _capacity;
        }
        int root = ((int)Math.Sqrt(length) + RowTile.Capacity) / RowTile.Capacity * RowTile.Capacity;
        return Math.Max(_capacity, root);
    }
}
