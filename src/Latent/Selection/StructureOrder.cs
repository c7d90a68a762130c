using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Which covariance structures are special cases of which.</summary>
internal static class StructureOrder
{
    /// <summary>A number that is larger for a structure than for every one that it contains.</summary>
    public static int Rank(CovarianceStructure structure) => Inner(structure).Length == 0 ? 0 : 1 + Inner(structure).Max(Rank);

    /// <summary>Those of some structures that one contains, but no other of them that it contains does.</summary>
    public static CovarianceStructure[] Largest(CovarianceStructure structure, IReadOnlyList<CovarianceStructure> among)
    {
        CovarianceStructure[] contained = [.. among.Where(other => Contains(structure, other))];
        return [.. contained.Where(inner => !Array.Exists(contained, other => Contains(other, inner)))];
    }

    private static bool Contains(CovarianceStructure outer, CovarianceStructure inner) => Array.Exists(Inner(outer), next => next == inner || Contains(next, inner));

    /// <summary>The structures one step below: one more part is shared, or aligned with the columns.</summary>
    private static CovarianceStructure[] Inner(CovarianceStructure structure) => structure switch
    {
        CovarianceStructure.Spherical or CovarianceStructure.EEI => [CovarianceStructure.EII],
        CovarianceStructure.VEI => [CovarianceStructure.Spherical, CovarianceStructure.EEI],
        CovarianceStructure.EVI or CovarianceStructure.Tied => [CovarianceStructure.EEI],
        CovarianceStructure.Diagonal => [CovarianceStructure.VEI, CovarianceStructure.EVI],
        CovarianceStructure.VEE => [CovarianceStructure.VEI, CovarianceStructure.Tied],
        CovarianceStructure.EVE => [CovarianceStructure.EVI, CovarianceStructure.Tied],
        CovarianceStructure.VVE => [CovarianceStructure.Diagonal, CovarianceStructure.VEE, CovarianceStructure.EVE],
        CovarianceStructure.EEV => [CovarianceStructure.Tied],
        CovarianceStructure.VEV => [CovarianceStructure.VEE, CovarianceStructure.EEV],
        CovarianceStructure.EVV => [CovarianceStructure.EVE, CovarianceStructure.EEV],
        CovarianceStructure.Full => [CovarianceStructure.VVE, CovarianceStructure.VEV, CovarianceStructure.EVV],
        _ => [],
    };
}
