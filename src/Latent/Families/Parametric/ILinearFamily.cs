using Latent.Data;

namespace Latent.Families;

/// <summary>A <see cref="LinearFamily{TComponent}"/> of whatever component: a product of such is one sum over all their functions.</summary>
internal interface ILinearFamily
{
    /// <inheritdoc cref="LinearFamily{TComponent}.Functions"/>
    int Functions { get; }

    /// <summary>Whether few functions are other than 0, so that a product does better to look them up by itself.</summary>
    bool IsSparse => false;

    /// <inheritdoc cref="LinearFamily{TComponent}.Describe"/>
    void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure);
}
