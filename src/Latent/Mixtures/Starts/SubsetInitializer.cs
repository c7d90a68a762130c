namespace Latent.Mixtures.Starts;

/// <summary>Disjoint random subsets of d + 2 rows, each the first rows of one component and the others left out: among many such starts some have no outlier at all.</summary>
internal sealed record SubsetInitializer : MixtureInitializer
{
    /// <inheritdoc/>
    public override string Name => "subsets";

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context)
    {
        int rows = checked((int)context.Rows.Rows);
        int components = context.Model.Components;
        int each = Math.Max(1, Math.Min(context.Model.Columns + 2, rows / components));
        int[] labels = new int[rows];
        Array.Fill(labels, -1);
        for (int drawn = 0; drawn < each * components;)
        {
            int row = (int)context.Random.NextInt64(rows);
            if (labels[row] < 0)
            {
                labels[row] = drawn++ % components;
            }
        }
        return context.FromLabels(labels);
    }
}
