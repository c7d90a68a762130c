using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>log A of the moves into steps: one table for all, or one that is made anew for each step from the covariates of the step before.</summary>
internal sealed class LogTransitions(int states)
{
    private readonly double[] _table = new double[states * states];
    private double[] _possible = [];
    private double[] _terms = [];
    private double[] _cells = [];
    private TransitionLogits? _logits;
    private RowChunk _covariates;
    private int _start;

    /// <summary>The terms of the move that was asked for last; none where moves do not depend on any.</summary>
    public ReadOnlySpan<double> Terms => _terms;

    /// <summary>Takes probabilities, or what they depend on.</summary>
    /// <param name="transition">A, row-major.</param>
    /// <param name="width">The distance between its rows.</param>
    /// <param name="logits">What its probabilities depend on; null: nothing.</param>
    public void Load(ReadOnlySpan<double> transition, int width, TransitionLogits? logits)
    {
        _logits = logits;
        _possible = logits is null ? [] : transition.ToArray();
        _terms = new double[logits?.Covariates.Terms ?? 0];
        _cells = new double[Math.Max(0, _terms.Length - 1)];
        for (int at = 0; at < _table.Length && logits is null; at++)
        {
            _table[at] = Elementary.Log(transition[at / states * width + at % states]);
        }
    }

    /// <summary>Says where in a chunk the steps begin that will be asked for.</summary>
    public void At(in SequenceChunk chunk, int start)
    {
        _covariates = chunk.Covariates;
        _start = start;
    }

    /// <summary>log A of the move into a step, row-major: from × to; valid until the next step is asked for.</summary>
    public ReadOnlySpan<double> Into(int step)
    {
        if (_logits is not null)
        {
            _covariates.CopyRow(_start + step - 1, _cells);
            _logits.Terms(_cells, _terms);
            _logits.LogProbabilities(_terms, _possible, _table);
        }
        return _table;
    }
}
