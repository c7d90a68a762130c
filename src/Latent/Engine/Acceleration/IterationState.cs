using System.Collections.Immutable;

namespace Latent.Engine;

/// <summary>All that a <see cref="FixedPointIteration"/> knows, as flat arrays ready to be stored; restored, it goes on with the same bits.</summary>
/// <param name="Method">The method and its settings, as text: a state fits only the iteration it came from.</param>
/// <param name="Numbers">Points, images, objectives and steps. May hold NaN.</param>
/// <param name="Counters">Phases and counts.</param>
public sealed record IterationState(string Method, ImmutableArray<double> Numbers, ImmutableArray<long> Counters);
