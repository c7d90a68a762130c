namespace Latent.Families;

/// <content>What components share or hold, block by block.</content>
public sealed partial class ProductFamily : IJointFamily<Product>, IConstrainedFamily<Product>, IOrderedFamily
{
    /// <summary>Whether a block holds or bounds something in one component alone.</summary>
    public bool IsOrdered => Array.Exists(_parts, part => part.Family is IOrderedFamily { IsOrdered: true });

    /// <summary>Block by block, those together whose components share something.</summary>
    /// <inheritdoc/>
    public Product[] Estimate(ReadOnlySpan<double> statistics, ReadOnlySpan<Product> current)
    {
        object[][] parts = new object[_parts.Length][];
        for (int index = 0; index < parts.Length; index++)
        {
            ProductPart part = _parts[index];
            int length = part.StatisticLength;
            double[] own = new double[part.IsJoint ? current.Length * length : 0];
            parts[index] = new object[current.Length];
            for (int k = 0; k < current.Length; k++)
            {
                ReadOnlySpan<double> statistic = statistics.Slice(k * StatisticLength + _statistics[index], length);
                if (part.IsJoint)
                {
                    statistic.CopyTo(own.AsSpan(k * length));
                }
                else
                {
                    parts[index][k] = part.Estimate(statistic, current[k].Parts[index]);
                }
            }
            parts[index] = part.IsJoint ? part.Estimate(own, Column(current, index)) : parts[index];
        }
        return Joined(parts, current.Length);
    }

    /// <inheritdoc/>
    public int FreeParametersOf(int components) => _parts.Sum(part => part.FreeParametersOf(components));

    /// <inheritdoc/>
    public Product[] Constrain(ReadOnlySpan<double> weights, ReadOnlySpan<Product> components)
    {
        object[][] parts = new object[_parts.Length][];
        for (int index = 0; index < parts.Length; index++)
        {
            parts[index] = _parts[index].Constrain(weights, Column(components, index));
        }
        return Joined(parts, components.Length);
    }

    private Product[] Joined(object[][] parts, int components) => [.. Enumerable.Range(0, components).Select(k => Join(Array.ConvertAll(parts, column => column[k])))];
}
