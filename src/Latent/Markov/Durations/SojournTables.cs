using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Markov;

/// <summary>The hazards of all states in the form that the recursions read: state after state, ages padded with zeros.</summary>
internal sealed class SojournTables
{
    private SojournTables(int states, int ages)
    {
        States = states;
        Ages = ages;
        Padded = (ages + Lanes.Count - 1) & -Lanes.Count;
        Ends = new AlignedBuffer(states * Padded);
        Stays = new AlignedBuffer(states * Padded);
    }

    /// <summary>The tables of durations, one per state.</summary>
    /// <param name="durations">The durations.</param>
    /// <param name="absorbing">Whether each state is never left, whatever its duration.</param>
    public SojournTables(ReadOnlySpan<Duration> durations, Func<int, bool> absorbing)
        : this(durations.Length, durations[0].Ends.Length)
    {
        for (int state = 0; state < States; state++)
        {
            Duration duration = durations[state];
            if (absorbing(state))
            {
                Stays.Span.Slice(state * Padded, Ages).Fill(1);
                continue;
            }
            duration.Ends.CopyTo(Ends.Span[(state * Padded)..]);
            duration.Stays.CopyTo(Stays.Span[(state * Padded)..]);
        }
    }

    public int States { get; }

    /// <summary>D.</summary>
    public int Ages { get; }

    /// <summary>D, rounded up to a multiple of 8.</summary>
    public int Padded { get; }

    /// <summary>Values of one state in a row of α or β: ages, and room for one that moves up.</summary>
    public int Stride => Padded + Lanes.Count;

    public AlignedBuffer Ends { get; }

    public AlignedBuffer Stays { get; }

    /// <summary>Ages that can be reached <paramref name="steps"/> steps after the start of a sequence, rounded up to a multiple of 8.</summary>
    public int Reach(int steps) => (int)Math.Min(Padded, (steps + 1L + Lanes.Count - 1) & -Lanes.Count);

    /// <summary>Every probability raised to a power.</summary>
    public SojournTables Raise(double power)
    {
        SojournTables raised = new(States, Ages);
        for (int index = 0; index < Ends.Length; index++)
        {
            raised.Ends.Span[index] = Ends.Span[index] > 0 ? Elementary.Exp(power * Elementary.Log(Ends.Span[index])) : 0;
            raised.Stays.Span[index] = Stays.Span[index] > 0 ? Elementary.Exp(power * Elementary.Log(Stays.Span[index])) : 0;
        }
        return raised;
    }

    /// <summary>Draws whether a stay of an age, from 0, goes on.</summary>
    public bool Lasts(int state, int age, RandomGenerator random)
    {
        int at = state * Padded + Math.Min(age, Ages - 1);
        return Stays.Span[at] >= 1 || random.NextDouble() < Stays.Span[at];
    }

    /// <summary>The hazards of a state.</summary>
    public ReadOnlySpan<double> EndsOf(int state) => Ends.Span.Slice(state * Padded, Padded);

    /// <summary>Their complements.</summary>
    public ReadOnlySpan<double> StaysOf(int state) => Stays.Span.Slice(state * Padded, Padded);
}
