namespace Latent.Markov;

/// <summary>Which transitions of a hidden Markov model there can be, and whether it starts in equilibrium.</summary>
public sealed record ChainStructure
{
    private enum Shape
    {
        Free,
        LeftRight,
        Cyclic,
        Banded,
    }

    private ChainStructure(Shape form, int reach)
    {
        Form = form;
        Reach = reach;
    }

    /// <summary>Every state can follow every other.</summary>
    public static ChainStructure Free { get; } = new(Shape.Free, 0);

    /// <summary>States follow each other around a circle: from each one can stay, or go to the next; after the last comes the first.</summary>
    public static ChainStructure Cyclic { get; } = new(Shape.Cyclic, 1);

    /// <summary>
    /// Whether the initial distribution is the stationary one of the transitions, rather than free parameters. The M-step then maximises over both together.
    /// </summary>
    public bool Stationary { get; init; }

    private Shape Form { get; }

    private int Reach { get; }

    /// <summary>The chain starts in the first state and never goes back: from each state one can stay, or go up to <paramref name="reach"/> states on.</summary>
    public static ChainStructure LeftRight(int reach = 1) => new(Shape.LeftRight, AtLeastOne(reach));

    /// <summary>Moves go up to <paramref name="reach"/> states up or down.</summary>
    public static ChainStructure Banded(int reach = 1) => new(Shape.Banded, AtLeastOne(reach));

    /// <summary>Whether state <paramref name="to"/> can follow <paramref name="from"/>.</summary>
    public bool Allows(int from, int to, int states) => Form switch
    {
        Shape.LeftRight => to >= from && to - from <= Reach,
        Shape.Cyclic => to == from || to == (from + 1) % states,
        Shape.Banded => Math.Abs(to - from) <= Reach,
        _ => true,
    };

    /// <summary>Whether a sequence can start in this state.</summary>
    public bool AllowsInitial(int state) => Form != Shape.LeftRight || state == 0;

    /// <summary>Free parameters of the initial distribution and of the transitions.</summary>
    public int FreeParameters(int states)
    {
        int initial = Enumerable.Range(0, states).Count(AllowsInitial) - 1;
        int transition = 0;
        for (int from = 0; from < states; from++)
        {
            transition += Enumerable.Range(0, states).Count(to => Allows(from, to, states)) - 1;
        }
        return transition + (Stationary ? 0 : initial);
    }

    private static int AtLeastOne(int reach)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(reach);
        return reach;
    }
}
