using Latent.Data;
using Latent.Families;

namespace Latent.Markov;

public sealed partial class HiddenMarkovModel<TComponent> : IStepwiseModel<HiddenMarkov<TComponent>, SequenceChunk>
{
    /// <summary>The steps of the sequences, or the sum of their weights.</summary>
    public double Mass(SequenceChunk chunk) => RowMass.Of(chunk.Steps);

    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistic, HiddenMarkov<TComponent> from, HiddenMarkov<TComponent> to)
    {
        if (Family is not IStepwiseFamily<TComponent> family)
        {
            throw new NotSupportedException($"Expected a family for stepwise EM, found {Family.GetType().Name}, whose statistics cannot be moved. Use batch EM.");
        }
        if (!ReferenceEquals(from, to))
        {
            family.MoveOrigin(statistic[MarkovStatistic.LengthOf(States)..ChainLength], from.Emissions.AsSpan(), to.Emissions.AsSpan());
        }
    }
}
