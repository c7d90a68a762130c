namespace Latent.Families;

/// <summary>
/// A distribution that a few numbers determine, and with them everything it computes: written down and read back, it is the same to the bit. Immutable and valid.
/// </summary>
public abstract class Distribution
{
    private readonly double[] _parameters;

    /// <summary>A distribution.</summary>
    /// <param name="parameters">Its parameters, finite.</param>
    /// <param name="coefficients">η of <see cref="CanonicalFamily{TComponent}"/>, the log-normalizer first; empty outside exponential families.</param>
    /// <exception cref="ArgumentException">A parameter is not finite.</exception>
    protected Distribution(ReadOnlySpan<double> parameters, params double[] coefficients)
    {
        foreach (double parameter in parameters)
        {
            if (!double.IsFinite(parameter))
            {
                throw new ArgumentException($"Expected finite parameters of a distribution, found {parameter}.", nameof(parameters));
            }
        }
        _parameters = parameters.ToArray();
        Coefficients = coefficients;
    }

    /// <summary>The parameters, in the family's order.</summary>
    public ReadOnlySpan<double> Parameters => _parameters;

    /// <summary>η, the factors of the family's functions of the data.</summary>
    internal double[] Coefficients { get; }

    /// <summary>An error unless the value is positive and finite.</summary>
    protected static double Positive(double value, string name) => value > 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"Expected a positive, finite {name}, found {value:R}.", name);

    /// <summary>An error unless the value is zero or more, and finite.</summary>
    protected static double NotNegative(double value, string name) => value >= 0 && double.IsFinite(value)
        ? value
        : throw new ArgumentException($"Expected a finite {name} of zero or more, found {value:R}.", name);

    /// <summary>An error unless the value is a probability.</summary>
    protected static double Probability(double value, string name) => value is >= 0 and <= 1
        ? value
        : throw new ArgumentException($"Expected a {name} from 0 to 1, found {value:R}.", name);
}
