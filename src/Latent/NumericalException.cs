namespace Latent;

/// <summary>The numbers of the data or of the start leave the range in which a model can be computed: a named end instead of a NaN.</summary>
public sealed class NumericalException : ArithmeticException
{
    /// <summary>Creates the error.</summary>
    public NumericalException(string message)
        : base(message)
    {
    }
}
