using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <content>What the recursions read of a stretch of steps, and sequences by segments, in doubles and in logarithms.</content>
internal sealed partial class ForwardBackward<TComponent>
{
    /// <summary>The matrices of the parameters, raised to a power; where each step has its own, what they are made from is loaded.</summary>
    private ChainMatrices Load(HiddenMarkov<TComponent> parameters, double power)
    {
        _steps?.Load(parameters);
        return _steps?.Matrices ?? (power == 1 ? parameters.Chain : HiddenMarkovModel<TComponent>.Raise(parameters, power));
    }

    /// <summary>The densities of consecutive steps, and the matrices of the moves into them where each step has its own.</summary>
    private void Prepare(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, double power)
    {
        _tiles.Densities(parameters, chunk, start, count, _densities.Span, _greatest.Span, logarithms: false, power);
        _steps?.Prepare(chunk.Covariates, start, count);
    }

    /// <summary>The same in logarithms.</summary>
    private void PrepareLogarithms(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int start, int count, double power)
    {
        _tiles.Densities(parameters, chunk, start, count, _densities.Span, _greatest.Span, logarithms: true, power);
        _logarithms.At(chunk, start);
    }

    /// <summary>Adds the moves into consecutive steps, the first of them at a place among those that are prepared.</summary>
    private void AddPairs(ReadOnlySpan<double> before, ReadOnlySpan<double> after, int count, int held)
    {
        if (_steps is null)
        {
            ChainProducts.Add(before, after, count, _width, _pairs.Span, Simd.Level);
        }
        else
        {
            _steps.Add(before, after, count, held);
        }
    }

    /// <summary>The log-likelihood by the scaled forward recursion; null where it underflows. Leaves α and densities of the last segment in the buffers.</summary>
    private double? Forward(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int start, int length, double power, double[]? checkpoints)
    {
        double sum = 0;
        long exponents = 0;
        Span<double> before = _after.Span;
        for (int done = 0, segment = 0; done < length; done += _capacity, segment++)
        {
            int count = Math.Min(_capacity, length - done);
            Prepare(parameters, chunk, start + done, count, power);
            Span<double> alpha = _alpha.Span[..(count * _width)];
            if (!ChainKernel.Run(chain, 0, _densities.Span, count, done, before, alpha, _scales.Span, [], [], out long exponent, Simd.Level))
            {
                return null;
            }
            sum += Sum(_greatest.Span[..count]);
            exponents += exponent;
            alpha[^_width..].CopyTo(before);
            if (checkpoints is not null)
            {
                before.CopyTo(checkpoints.AsSpan(segment * _width, _width));
            }
        }
        return End(before) + exponents * LogTwo + sum;
    }

    /// <summary>Forward, then segment by segment back; null where something underflows.</summary>
    private double? Segments(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int start, int length, double weight, double power, MarkovStatistic statistic, PosteriorVisitor? visitor)
    {
        int segments = (length + _capacity - 1) / _capacity;
        Reserve(ref _checkpoints, segments * _width);
        if (Forward(parameters, chain, chunk, start, length, power, _checkpoints) is not { } logLikelihood)
        {
            return null;
        }
        Span<double> after = [];
        for (int segment = segments - 1; segment >= 0; segment--)
        {
            int done = segment * _capacity;
            int count = Math.Min(_capacity, length - done);
            ReadOnlySpan<double> before = segment == 0 ? [] : _checkpoints.AsSpan((segment - 1) * _width, _width);
            Span<double> alpha = _alpha.Span[..(count * _width)];
            Span<double> beta = _beta.Span[..((count + 1) * _width)];
            if (segment < segments - 1)
            {
                Prepare(parameters, chunk, start + done, count, power);
            }
            if (!ChainKernel.Run(chain, 0, _densities.Span, count, done, before, alpha, _scales.Span, after, beta, out _, Simd.Level)
                || !ChainKernel.Combine(_width, _densities.Span, count, alpha, _scales.Span, beta, weight, _after.Span, Simd.Level))
            {
                return null;
            }
            after = _after.Span;
            if (segment > 0)
            {
                AddPairs(before, beta, 1, 0);
            }
            AddPairs(alpha, beta[_width..], count - 1, 1);
            Visit(parameters, chunk, start + done, count, segment == 0, statistic, visitor);
        }
        return logLikelihood;
    }

    private double LogForward(HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int start, int length, double power, double[]? checkpoints)
    {
        _logarithms.Load(parameters, chain);
        Span<double> before = _after.Span;
        for (int done = 0, segment = 0; done < length; done += _capacity, segment++)
        {
            int count = Math.Min(_capacity, length - done);
            PrepareLogarithms(parameters, chunk, start + done, count, power);
            _logarithms.Forward(_densities.Span, count, done == 0 ? [] : before, _alpha.Span);
            _alpha.Span.Slice((count - 1) * _width, _width).CopyTo(before);
            if (checkpoints is not null)
            {
                before.CopyTo(checkpoints.AsSpan(segment * _width, _width));
            }
        }
        return LogChain.LogSum(before[.._states]);
    }

    /// <summary>The same in logarithms, which never underflow.</summary>
    private double LogSegments(
        HiddenMarkov<TComponent> parameters, ChainMatrices chain, in SequenceChunk chunk, int start, int length, double weight, double power, MarkovStatistic statistic, Span<double> transition, LogitStatistic logits, PosteriorVisitor? visitor)
    {
        int segments = (length + _capacity - 1) / _capacity;
        Reserve(ref _checkpoints, segments * _width);
        double logLikelihood = LogForward(parameters, chain, chunk, start, length, power, _checkpoints);
        if (!double.IsFinite(logLikelihood))
        {
            return logLikelihood;
        }
        Span<double> after = [];
        for (int segment = segments - 1; segment >= 0; segment--)
        {
            int done = segment * _capacity;
            int count = Math.Min(_capacity, length - done);
            ReadOnlySpan<double> before = segment == 0 ? [] : _checkpoints.AsSpan((segment - 1) * _width, _width);
            PrepareLogarithms(parameters, chunk, start + done, count, power);
            _logarithms.Forward(_densities.Span, count, before, _alpha.Span);
            _logarithms.Backward(_densities.Span, count, after, _beta.Span);
            _logarithms.Combine(_densities.Span, count, before, _alpha.Span, _beta.Span, weight, _after.Span, transition, logits);
            after = _after.Span;
            Visit(parameters, chunk, start + done, count, segment == 0, statistic, visitor);
        }
        return logLikelihood;
    }

    private static void Reserve(ref double[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new double[length];
        }
    }

    private void Hold(MarkovStatistic statistic, ReadOnlySpan<double> pairs)
    {
        Reserve(ref _held, statistic.All.Length + pairs.Length);
        statistic.All.CopyTo(_held);
        pairs.CopyTo(_held.AsSpan(statistic.All.Length));
    }

    private void Restore(MarkovStatistic statistic, Span<double> pairs)
    {
        _held.AsSpan(0, statistic.All.Length).CopyTo(statistic.All);
        _held.AsSpan(statistic.All.Length, pairs.Length).CopyTo(pairs);
    }
}
