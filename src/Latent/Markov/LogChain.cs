using Latent.Data;
using Latent.Kernels;

namespace Latent.Markov;

/// <summary>
/// The recursions in logarithms, for sequences whose paths lie further apart than doubles reach: slow, and never out of range. −∞ stands for what is
/// impossible.
/// </summary>
internal sealed class LogChain(int states, int width)
{
    private const int MostOnStack = 128;

    private readonly double[] _initial = new double[states];
    private readonly LogTransitions _transitions = new(states);
    private readonly double[] _moves = new double[states];
    private readonly double[] _terms = new double[states];

    /// <summary>Takes the logarithms of a chain.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="chain">Their probabilities, perhaps raised to a power; of a chain that depends on covariates the initial ones alone are read.</param>
    public void Load<TComponent>(HiddenMarkov<TComponent> parameters, ChainMatrices chain)
    {
        Elementary.Log(chain.Initial.Span[..states], _initial);
        _transitions.Load(parameters.Logits is null ? chain.Forward.Span : parameters.Transition.AsSpan(), parameters.Logits is null ? width : states, parameters.Logits);
    }

    /// <summary>Says where in a chunk the steps of the next calls begin.</summary>
    public void At(in SequenceChunk chunk, int start) => _transitions.At(chunk, start);

    /// <summary>log αₜ(j) = log bₜ(j) + log Σᵢ exp(log αₜ₋₁(i) + log Aᵢⱼ).</summary>
    /// <param name="densities">log b, steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="before">log α of the step before; empty at the start of the sequence.</param>
    /// <param name="alpha">Receives log α, steps × width.</param>
    public void Forward(ReadOnlySpan<double> densities, int count, ReadOnlySpan<double> before, Span<double> alpha)
    {
        ReadOnlySpan<double> previous = before;
        for (int t = 0; t < count; t++)
        {
            Span<double> own = alpha.Slice(t * width, width);
            own.Clear();
            Predict(previous, t, own);
            for (int to = 0; to < states; to++)
            {
                own[to] += densities[t * width + to];
            }
            previous = own;
        }
    }

    /// <summary>log Σᵢ exp(log αₜ₋₁(i) + log Aᵢⱼ): αₜ without what is seen at t. At the start of a sequence log π.</summary>
    /// <param name="before">log α of the step before; empty at the start of the sequence.</param>
    /// <param name="step">The step, among those at hand.</param>
    /// <param name="predicted">Receives one value per state.</param>
    public void Predict(ReadOnlySpan<double> before, int step, Span<double> predicted)
    {
        ReadOnlySpan<double> transition = before.IsEmpty ? [] : _transitions.Into(step);
        for (int to = 0; to < states; to++)
        {
            for (int from = 0; from < states && !before.IsEmpty; from++)
            {
                _terms[from] = before[from] + transition[from * states + to];
            }
            predicted[to] = before.IsEmpty ? _initial[to] : LogSum(_terms);
        }
    }

    /// <summary>log βₜ(i) = log Σⱼ exp(log Aᵢⱼ + log bₜ₊₁(j) + log βₜ₊₁(j)).</summary>
    /// <param name="densities">log b, steps × width.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="after">log b + log β of the step after; empty at the end of the sequence.</param>
    /// <param name="beta">Receives log β, steps × width.</param>
    public void Backward(ReadOnlySpan<double> densities, int count, ReadOnlySpan<double> after, Span<double> beta)
    {
        Span<double> next = stackalloc double[Math.Min(states, MostOnStack)];
        next = states > MostOnStack ? new double[states] : next;
        for (int t = count - 1; t >= 0; t--)
        {
            Span<double> own = beta.Slice(t * width, width);
            own.Clear();
            bool last = t == count - 1;
            if (last && after.IsEmpty)
            {
                continue;
            }
            for (int to = 0; to < states; to++)
            {
                next[to] = last ? after[to] : densities[(t + 1) * width + to] + beta[(t + 1) * width + to];
            }
            ReadOnlySpan<double> transition = _transitions.Into(t + 1);
            for (int from = 0; from < states; from++)
            {
                for (int to = 0; to < states; to++)
                {
                    _terms[to] = transition[from * states + to] + next[to];
                }
                own[from] = LogSum(_terms);
            }
        }
    }

    /// <summary>Posteriors, which replace the densities, and expected transitions, which are added.</summary>
    /// <param name="densities">log b in, w·γ out.</param>
    /// <param name="count">The number of steps.</param>
    /// <param name="before">log α of the step before; empty at the start of the sequence.</param>
    /// <param name="alpha">log α.</param>
    /// <param name="beta">log β.</param>
    /// <param name="weight">w.</param>
    /// <param name="first">Receives log b + log β of the first step.</param>
    /// <param name="sums">The sums so far, states × states.</param>
    /// <param name="logits">The sums so far of a chain that depends on covariates, which has those of the transitions too.</param>
    public void Combine(
        Span<double> densities, int count, ReadOnlySpan<double> before, ReadOnlySpan<double> alpha, ReadOnlySpan<double> beta, double weight, Span<double> first, Span<double> sums, LogitStatistic logits)
    {
        for (int t = 0; t < count; t++)
        {
            Span<double> own = densities.Slice(t * width, width);
            ReadOnlySpan<double> previous = t == 0 ? before : alpha.Slice((t - 1) * width, width);
            for (int state = 0; state < states; state++)
            {
                _terms[state] = alpha[t * width + state] + beta[t * width + state];
                own[state] += beta[t * width + state];
            }
            double total = LogSum(_terms);
            ReadOnlySpan<double> transition = previous.IsEmpty ? [] : _transitions.Into(t);
            for (int from = 0; from < states && !previous.IsEmpty; from++)
            {
                for (int to = 0; to < states; to++)
                {
                    _moves[to] = weight * Elementary.Exp(previous[from] + transition[from * states + to] + own[to] - total);
                }
                if (!logits.IsEmpty)
                {
                    logits.AddMoves(from, _moves, transition.Slice(from * states, states), _transitions.Terms);
                    continue;
                }
                for (int to = 0; to < states; to++)
                {
                    sums[from * states + to] += _moves[to];
                }
            }
            if (t == 0)
            {
                own.CopyTo(first);
            }
            for (int state = 0; state < states; state++)
            {
                own[state] = weight * Elementary.Exp(_terms[state] - total);
            }
        }
    }

    /// <summary>log Σ exp of the values; −∞ when all are, NaN when one is.</summary>
    public static double LogSum(ReadOnlySpan<double> values)
    {
        double most = double.NegativeInfinity;
        foreach (double value in values)
        {
            most = Math.Max(most, value);
        }
        if (!double.IsFinite(most))
        {
            return most;
        }
        double sum = 0;
        foreach (double value in values)
        {
            sum += Elementary.Exp(value - most);
        }
        return most + Elementary.Log(sum);
    }
}
