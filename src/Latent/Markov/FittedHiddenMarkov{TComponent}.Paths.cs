using Latent.Data;
using Latent.Engine;

namespace Latent.Markov;

/// <content>The most probable paths.</content>
public sealed partial class FittedHiddenMarkov<TComponent>
{
    /// <inheritdoc/>
    public override StatePath[] Viterbi(SequenceSource sequences, int threads = 0)
    {
        if (For(sequences) is { } other)
        {
            return other.Viterbi(sequences, threads);
        }
        StatePath[] result = new StatePath[Checked(sequences).Sequences];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            Viterbi<TComponent>? decoder = null;
            IChainPass<TComponent>? pass = Model.RentPass(Parameters);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                int[] path = new int[chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]];
                double best = Require(pass?.Path(Parameters, chunk, sequence, path) ?? (decoder ??= Model.RentDecoder()).Path(Parameters, chunk, sequence, path), chunk, sequence);
                result[chunk.FirstSequence + sequence] = new StatePath(path, best);
            }
            Model.Return(decoder);
            Model.Return(pass);
        });
        return result;
    }

    /// <summary>The joint log-probability of each sequence and its most probable path, without the paths.</summary>
    internal double[] PathLogProbabilities(SequenceSource sequences, int threads)
    {
        double[] result = new double[sequences.Sequences];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            Viterbi<TComponent>? decoder = null;
            IChainPass<TComponent>? pass = Model.RentPass(Parameters);
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                double best = pass?.Path(Parameters, chunk, sequence, new int[chunk.Offsets[sequence + 1] - chunk.Offsets[sequence]])
                    ?? (decoder ??= Model.RentDecoder()).LogProbability(Parameters, chunk, sequence);
                result[chunk.FirstSequence + sequence] = Require(best, chunk, sequence);
            }
            Model.Return(pass);
            Model.Return(decoder);
        });
        return result;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<StatePath> BestPaths(SequenceSource sequences, int sequence, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sequence, Checked(sequences).Sequences);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        int index = 0;
        while (sequences.GetChunk(index) is var candidate && sequence >= candidate.FirstSequence + candidate.Sequences)
        {
            index++;
        }
        if (For(sequences) is { } other)
        {
            return other.BestPaths(sequences, sequence, count);
        }
        RequirePlain("best paths");
        SequenceChunk chunk = sequences.GetChunk(index);
        int own = (int)(sequence - chunk.FirstSequence);
        double[] densities = [];
        Visit(chunk, own, int.MaxValue, (_, rows, values, width) =>
        {
            densities = new double[rows * States];
            for (int t = 0; t < rows; t++)
            {
                values.Slice(t * width, States).CopyTo(densities.AsSpan(t * States));
            }
        });
        return Parameters.Durations.IsEmpty
            ? Markov.BestPaths.Find(Logarithms(Initial), Logarithms(Transition), densities, count)
            : SojournExpansion.BestPaths(Initial.AsSpan(), Transition.AsSpan(), Parameters.Sojourns, densities, count);
    }
}
