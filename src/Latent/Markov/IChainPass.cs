using Latent.Data;

namespace Latent.Markov;

/// <summary>Receives log αₜ of a step, log p(x₁ … xₜ) and the same of the step before.</summary>
internal delegate void FilterVisitor(int step, ReadOnlySpan<double> logAlpha, double total, double before);

/// <summary>The recursions of a chain that is more than one matrix, with the buffers of one thread: everything that a model asks of its chain.</summary>
/// <typeparam name="TComponent">The parameters of one state's emission.</typeparam>
internal interface IChainPass<TComponent>
{
    /// <summary>The E-step of a chunk: adds the expected statistic and returns the log-likelihood; −∞ when a sequence is impossible, NaN when a density is none.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="chunk">The chunk.</param>
    /// <param name="statistic">The sums so far.</param>
    /// <param name="power">The power that the probability of every path is raised to; +∞ gives all to the best path, whose log-probability is returned.</param>
    double Expect(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, Span<double> statistic, double power);

    /// <summary>The log-likelihood of one sequence.</summary>
    double LogLikelihood(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence);

    /// <summary>The posteriors of every step of one sequence, from its last part to its first. Returns the log-likelihood; where it is not finite, there are none.</summary>
    double Posteriors(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, PosteriorVisitor visitor);

    /// <summary>log α of every step of one sequence, in order, and of so many steps after it of which nothing is seen.</summary>
    void Filter(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, int ahead, FilterVisitor visitor);

    /// <summary>The best path of one sequence and its joint log-probability with what was seen; −∞ when no path is possible.</summary>
    double Path(HiddenMarkov<TComponent> parameters, in SequenceChunk chunk, int sequence, Span<int> path);
}
