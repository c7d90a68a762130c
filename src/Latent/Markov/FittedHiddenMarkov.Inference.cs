using Latent.Data;

namespace Latent.Markov;

/// <content>How sure the parameters are, and how well the model fits.</content>
public abstract partial class FittedHiddenMarkov
{
    /// <summary>Standard errors and confidence intervals of initial and transition probabilities and of the emissions.</summary>
    /// <param name="sequences">The sequences of the fit, each one observation. Weights count as frequencies.</param>
    /// <param name="options">
    /// Settings; null for the defaults: observed information, 95 %. Sandwich and outer products compare sequences with each other, and ask for more of them than
    /// there are parameters; the observed information does with one long sequence.
    /// </param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <remarks>
    /// A probability that has gone to zero (fewer than 10⁻³ such steps are expected) is on the edge: it is taken as 0, has no standard error, and the others are given
    /// that it is. Of a <see cref="ChainStructure.Stationary"/> model the initial probabilities follow from the transitions, and so do their standard errors.
    /// </remarks>
    /// <exception cref="ArgumentException">The sequences have other columns, or are too few for the method.</exception>
    /// <exception cref="NotSupportedException">The family has no coordinates, or no scores although the method needs them.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public abstract ParameterEstimates StandardErrors(SequenceSource sequences, StandardErrorOptions? options = null, CancellationToken cancellation = default);

    /// <summary>
    /// Standard errors and percentile intervals by refitting sequences drawn from this model, as long as those of the data, with the same steps and cells missing and the same
    /// states known; a sequence of weight 3 is drawn three times. States of a replicate are put in order by their posteriors on the data.
    /// </summary>
    /// <param name="sequences">The sequences of the fit.</param>
    /// <param name="options">Settings; null for the defaults, but <see cref="BootstrapKind.Parametric"/>, the only kind.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="ArgumentException">The sequences have other columns, or have no weight.</exception>
    /// <exception cref="NotSupportedException">Another kind, or the family cannot be drawn from.</exception>
    /// <exception cref="NumericalException">Fewer than two replicates could be fitted.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public abstract BootstrapResult Bootstrap(SequenceSource sequences, BootstrapOptions? options = null, CancellationToken cancellation = default);

    /// <summary>How far each step is from what the model expects there, as a standard normal variable.</summary>
    /// <param name="sequences">Sequences with the model's columns.</param>
    /// <param name="kind">Whether a step is compared with what all others say of it (the default), or with the forecast from those before it.</param>
    /// <param name="threads">Threads to use; 0 for all processors. The result has the same bits whatever the number.</param>
    /// <remarks>The first step's forecast is from the initial distribution. Where a step's state is known, so is its distribution.</remarks>
    /// <exception cref="ArgumentException">The sequences have other columns.</exception>
    /// <exception cref="NotSupportedException">The family has no distribution function, as for directions.</exception>
    /// <exception cref="NumericalException">A sequence is impossible under the model.</exception>
    public abstract PseudoResiduals PseudoResiduals(SequenceSource sequences, PseudoResidualKind kind = PseudoResidualKind.Ordinary, int threads = 0);
}
