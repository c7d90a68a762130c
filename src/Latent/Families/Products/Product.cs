using System.Collections.Immutable;

namespace Latent.Families;

/// <summary>One component of a <see cref="ProductFamily"/>: a distribution for each block of columns, independent of each other. Immutable.</summary>
public sealed class Product
{
    internal Product(ImmutableArray<object> parts, double[] coefficients)
    {
        Parts = parts;
        Coefficients = coefficients;
    }

    /// <summary>The blocks' distributions, in the order of the columns.</summary>
    public ImmutableArray<object> Parts { get; }

    /// <summary>The coefficients of all linear parts, one after another.</summary>
    internal double[] Coefficients { get; }

    /// <summary>The distribution of one block.</summary>
    /// <exception cref="InvalidCastException">It is of another type.</exception>
    public T Part<T>(int index) => (T)Parts[index];
}
