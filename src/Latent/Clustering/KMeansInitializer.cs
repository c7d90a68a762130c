namespace Latent.Clustering;

/// <summary>How a start of k-means chooses its centers.</summary>
public enum KMeansInitializer
{
    /// <summary>Greedy k-means++: the best of 2 + ⌊ln k⌋ rows drawn in proportion to their squared distance from the centers so far.</summary>
    PlusPlus,

    /// <summary>Different rows, drawn in proportion to their weights.</summary>
    RandomRows,
}
