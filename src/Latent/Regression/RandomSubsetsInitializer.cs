using Latent.Mixtures;

namespace Latent.Regression;

/// <summary>
/// Each component from a few rows of its own, drawn at random: with few enough, some start has components each of whose rows belong together, as in the elemental
/// sets of robust regression [RousseeuwLeroy1987]. Finds crossing lines, which partitions by nearness do not.
/// </summary>
public sealed record RandomSubsetsInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "subsets";

    /// <summary>Rows per component and column; at least two more than columns are taken.</summary>
    public double RowsPerColumn { get; init; } = 1.5;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        ArgumentNullException.ThrowIfNull(context);
        int rows = checked((int)context.Rows.Rows);
        int components = context.Model.Components;
        int wanted = (int)Math.Max(context.Model.Columns + 2, Math.Ceiling(RowsPerColumn * context.Model.Columns));
        int each = Math.Max(1, Math.Min(wanted, rows / components));
        int[] labels = new int[rows];
        Array.Fill(labels, -1);
        for (int drawn = 0; drawn < each * components; drawn++)
        {
            int row;
            do
            {
                row = (int)context.Random.NextInt64(rows);
            }
            while (labels[row] >= 0);
            labels[row] = drawn % components;
        }
        return context.FromLabels(labels);
    }
}
