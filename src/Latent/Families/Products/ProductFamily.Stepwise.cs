namespace Latent.Families;

public sealed partial class ProductFamily : IStepwiseFamily<Product>
{
    /// <inheritdoc/>
    public void MoveOrigin(Span<double> statistics, ReadOnlySpan<Product> from, ReadOnlySpan<Product> to)
    {
        for (int k = 0; k < from.Length; k++)
        {
            Span<double> own = statistics.Slice(k * StatisticLength, StatisticLength);
            for (int index = 0; index < _parts.Length; index++)
            {
                _parts[index].MoveOrigin(StatisticOf(own, index), from[k].Parts[index], to[k].Parts[index]);
            }
        }
    }
}
