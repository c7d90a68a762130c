namespace Latent.Families;

/// <summary>A family of named numbers, its type of component forgotten.</summary>
internal interface INamedParameters
{
    /// <summary>Their names.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>A component.</summary>
    object Create(ReadOnlySpan<double> parameters);
}
