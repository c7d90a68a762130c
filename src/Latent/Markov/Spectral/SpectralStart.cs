using Latent.Data;
using Latent.Mixtures;
using Latent.Mixtures.Starts;
using MathNet.Numerics.LinearAlgebra;

namespace Latent.Markov;

/// <summary>From the moments of sequences to a start of any family: each value belongs to the states as the moments say.</summary>
internal static class SpectralStart
{
    // A part is left to all alike, so that nothing starts at zero.
    private const double Shared = 0.05;

    /// <summary>The start.</summary>
    /// <param name="model">The model, whose mask the transitions keep to.</param>
    /// <param name="sequences">The sequences.</param>
    /// <param name="context">The start's randomness, and the way from responsibilities to components.</param>
    /// <exception cref="DegenerateStartException">The data have no such moments.</exception>
    public static HiddenMarkov<TComponent> Make<TComponent>(HiddenMarkovModel<TComponent> model, SequenceSource sequences, StartContext<TComponent> context)
    {
        int states = model.States;
        if (model.First is not null)
        {
            throw new DegenerateStartException("Expected states with emissions of their own for a spectral start, found some that share one. Use another start.");
        }
        SpectralMoments moments = SpectralMoments.Of(sequences, states);
        (Matrix<double> emissions, Matrix<double> moves) = moments.Solve(states, context.Random);
        double[] shares = [.. moves.RowSums()];
        Mixture<TComponent> mixture = context.FromAssignment(new ByValue(moments.Values, emissions, shares));
        double[] initial = new double[states];
        double[] transition = new double[states * states];
        for (int from = 0; from < states; from++)
        {
            initial[from] = model.Structure.AllowsInitial(from) ? Mix(shares[from], 1.0 / states) : 0;
            for (int to = 0; to < states; to++)
            {
                double share = shares[from] > 0 ? moves[from, to] / shares[from] : 1.0 / states;
                transition[from * states + to] = model.Structure.Allows(from, to, states) ? Mix(share, 1.0 / states) : 0;
            }
        }
        HiddenMarkov<TComponent> start = new(initial, transition, mixture.Components.AsSpan());
        return model.Structure.Stationary && StationaryChain.Distribution(start.Transition.AsSpan(), states) is { } stationary
            ? new HiddenMarkov<TComponent>(stationary, start.Transition.AsSpan(), mixture.Components.AsSpan())
            : start;
    }

    private static double Mix(double share, double equal) => (1 - Shared) * share + Shared * equal;

    /// <summary>P(state | value) ∝ P(value | state)·P(state).</summary>
    private sealed class ByValue(double[] values, Matrix<double> emissions, double[] shares) : IAssignment
    {
        public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
        {
            for (int row = 0; row < count; row++)
            {
                int value = Array.BinarySearch(values, chunk[start + row, 0]);
                double sum = 0;
                for (int state = 0; state < shares.Length; state++)
                {
                    sum += emissions[value, state] * shares[state];
                }
                for (int state = 0; state < shares.Length; state++)
                {
                    double share = sum > 0 ? emissions[value, state] * shares[state] / sum : 1.0 / shares.Length;
                    responsibilities[state * RowTile.Capacity + row] = Mix(share, 1.0 / shares.Length);
                }
            }
        }
    }
}
