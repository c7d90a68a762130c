using Latent.Engine.Acceleration;

namespace Latent;

/// <summary>
/// A way to use the passes of a fixed-point map: plain iteration or one of the published accelerators. A value that holds
/// settings; the same value may serve any number of iterations.
/// </summary>
/// <remarks>See docs/design/acceleration.md for what each costs on problems of record.</remarks>
public abstract record Accelerator
{
    private protected Accelerator()
    {
    }

    /// <summary>Plain EM: every pass is one step.</summary>
    public static Accelerator None { get; } = new PlainEm();

    /// <summary>The default: <see cref="SquaremAnderson"/>.</summary>
    public static Accelerator Default { get; } = new SquaremAnderson();

    /// <summary>Starts a run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    internal abstract AcceleratorRun Start(RunContext context);

    /// <summary>The same way after so many plain passes, which count as its own.</summary>
    internal virtual Accelerator After(int passes) => this;

    private protected static void Require(bool condition, string name, double value, string expected)
    {
        if (!condition)
        {
            throw new ArgumentOutOfRangeException(name, value, $"Expected {name} {expected}, found {value}.");
        }
    }
}
