namespace Latent;

/// <summary>A start cannot be made from the data: too few distinct rows, or a component without rows. The start is dropped; others go on.</summary>
public sealed class DegenerateStartException : InvalidOperationException
{
    /// <summary>Creates the error.</summary>
    public DegenerateStartException(string message)
        : base(message)
    {
    }
}
