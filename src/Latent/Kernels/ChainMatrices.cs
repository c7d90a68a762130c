namespace Latent.Kernels;

/// <summary>
/// The initial and transition probabilities of a chain of hidden states, padded with zeros to the width of the registers: to 4 states, or to
/// a multiple of 8. One matrix for all steps, or one for each of some, the matrix of the move into a step.
/// </summary>
internal sealed class ChainMatrices
{
    // 2⁻³⁰⁰.
    private const double LeastMixing = 4.909093465297727e-91;

    /// <summary>Copies the probabilities.</summary>
    /// <param name="initial">π, one per state.</param>
    /// <param name="transition">A, row-major: from × to.</param>
    public ChainMatrices(ReadOnlySpan<double> initial, ReadOnlySpan<double> transition)
    {
        States = initial.Length;
        Width = WidthOf(States);
        Initial = new AlignedBuffer(Width);
        Forward = new AlignedBuffer(Width * Width);
        Backward = new AlignedBuffer(Width * Width);
        initial.CopyTo(Initial.Span);
        for (int from = 0; from < States; from++)
        {
            for (int to = 0; to < States; to++)
            {
                Forward.Span[from * Width + to] = transition[from * States + to];
                Backward.Span[to * Width + from] = transition[from * States + to];
            }
        }
        Mixes = transition.IndexOfAnyExceptInRange(LeastMixing, double.MaxValue) < 0;
    }

    /// <summary>Room for the matrices of consecutive steps, zero so far.</summary>
    /// <param name="states">S.</param>
    /// <param name="steps">How many.</param>
    public ChainMatrices(int states, int steps)
    {
        States = states;
        Width = WidthOf(states);
        Stride = Width * Width;
        Initial = new AlignedBuffer(Width);
        Forward = new AlignedBuffer(checked(steps * Stride));
        Backward = new AlignedBuffer(steps * Stride);
    }

    /// <summary>The number of states S.</summary>
    public int States { get; }

    /// <summary>States with their padding.</summary>
    public int Width { get; }

    /// <summary>The distance between the matrices of two steps; 0 where there is one for all.</summary>
    public int Stride { get; }

    /// <summary>π.</summary>
    public AlignedBuffer Initial { get; }

    /// <summary>A, row-major with <see cref="Width"/> columns.</summary>
    public AlignedBuffer Forward { get; }

    /// <summary>The transpose of A.</summary>
    public AlignedBuffer Backward { get; }

    /// <summary>
    /// Whether every state follows every other with a probability of at least 2⁻³⁰⁰: what a state that underflows loses is then nothing beside what it gains
    /// from the others a step later, so that the forward recursion alone is exact.
    /// </summary>
    public bool Mixes { get; }

    /// <summary>The width of so many states.</summary>
    public static int WidthOf(int states) => states <= 4 ? 4 : (states + Lanes.Count - 1) & -Lanes.Count;

    /// <summary>The registers for a width: four states fill no more than four lanes.</summary>
    public static SimdLevel LevelOf(int width, SimdLevel level) => width == 4 && level == SimdLevel.Vector512 ? SimdLevel.Vector256 : level;
}
