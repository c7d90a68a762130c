namespace Latent.Mixtures.LatentClasses;

/// <summary>Questions to rows.</summary>
internal static class SpanExtensions
{
    /// <summary>Whether a cell is missing.</summary>
    public static bool ContainsAnyNaN(this Span<double> cells)
    {
        bool found = false;
        foreach (double cell in cells)
        {
            found |= double.IsNaN(cell);
        }
        return found;
    }
}
