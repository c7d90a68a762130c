using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Kernels;

namespace Latent.Markov;

/// <content>What is another for states that last as their durations say.</content>
public sealed partial class FittedHiddenMarkov<TComponent>
{
    /// <inheritdoc/>
    public override ImmutableArray<Duration> Durations => Parameters.Durations;

    /// <inheritdoc/>
    public override TransitionLogits? Logits => Parameters.Logits;

    /// <inheritdoc/>
    public override ImmutableArray<double>? Stationary
    {
        get
        {
            if (base.Stationary is not { } moves || Durations.IsEmpty)
            {
                return base.Stationary;
            }
            double[] times = [.. moves.Select((share, state) => share * (Parameters[state, state] == 1 ? 1 : Durations[state].Mean))];
            double total = times.Sum();
            return double.IsFinite(total) ? [.. times.Select(time => time / total)] : null;
        }
    }

    /// <inheritdoc/>
    public override double[] Forecast(SequenceSource sequences, int horizon = 1, int threads = 0)
    {
        RequirePlain("forecasts");
        if (Durations.IsEmpty)
        {
            return base.Forecast(sequences, horizon, threads);
        }
        if (For(sequences) is { } other)
        {
            return other.Forecast(sequences, horizon, threads);
        }
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        double[] result = new double[checked(Checked(sequences).Sequences * States)];
        Sweep.ForEach(sequences, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            IChainPass<TComponent> pass = Model.RentPass(Parameters)!;
            for (int sequence = 0; sequence < chunk.Sequences; sequence++)
            {
                int own = sequence;
                int last = chunk.Offsets[sequence + 1] - chunk.Offsets[sequence] + horizon - 1;
                pass.Filter(Parameters, chunk, sequence, horizon, (step, logAlpha, total, _) =>
                {
                    Require(total, chunk, own);
                    for (int state = 0; step == last && state < States; state++)
                    {
                        result[(chunk.FirstSequence + own) * States + state] = Elementary.Exp(logAlpha[state] - total);
                    }
                });
            }
            Model.Return(pass);
        });
        return result;
    }
}
