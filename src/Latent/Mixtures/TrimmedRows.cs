using System.Collections.Immutable;

namespace Latent.Mixtures;

/// <summary>The rows that a fit of trimmed likelihood has left out.</summary>
/// <param name="Rows">Their places in the data, from 0, in order; one that is left out in part is among them.</param>
/// <param name="Weight">The sum of the weights that were left out.</param>
public sealed record TrimmedRows(ImmutableArray<long> Rows, double Weight)
{
    /// <summary>No row.</summary>
    public static TrimmedRows None { get; } = new([], 0);

    /// <summary>The share that was asked for.</summary>
    public double Share { get; init; }

    /// <summary>The same rows by their places in a table of which these were some.</summary>
    internal TrimmedRows In(int[]? places) => places is null ? this : this with { Rows = [.. Rows.Select(row => (long)places[row]).Order()] };
}
