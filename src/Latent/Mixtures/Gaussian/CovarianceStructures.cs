using Latent.Families;

namespace Latent.Mixtures;

/// <summary>The covariance structures by name.</summary>
public static class CovarianceStructures
{
    private static readonly (CovarianceStructure Structure, string Name)[] _named =
    [
        (CovarianceStructure.EII, "EII"),
        (CovarianceStructure.Spherical, "VII"),
        (CovarianceStructure.EEI, "EEI"),
        (CovarianceStructure.VEI, "VEI"),
        (CovarianceStructure.EVI, "EVI"),
        (CovarianceStructure.Diagonal, "VVI"),
        (CovarianceStructure.Tied, "EEE"),
        (CovarianceStructure.VEE, "VEE"),
        (CovarianceStructure.EVE, "EVE"),
        (CovarianceStructure.VVE, "VVE"),
        (CovarianceStructure.EEV, "EEV"),
        (CovarianceStructure.VEV, "VEV"),
        (CovarianceStructure.EVV, "EVV"),
        (CovarianceStructure.Full, "VVV"),
    ];

    /// <summary>Spherical, diagonal, tied and full: the structures that most programs have.</summary>
    public static IReadOnlyList<CovarianceStructure> Common { get; } =
        [CovarianceStructure.Spherical, CovarianceStructure.Diagonal, CovarianceStructure.Tied, CovarianceStructure.Full];

    /// <summary>The names of the structures of one column, whose variances are one for all components (E, which is EII) or one for each (V, which is VII).</summary>
    public static IReadOnlyList<string> OneColumnNames { get; } = ["E", "V"];

    /// <summary>All fourteen, in the order of mclust.</summary>
    public static IReadOnlyList<CovarianceStructure> All { get; } = Array.ConvertAll(_named, entry => entry.Structure);

    /// <summary>What the structure shares, part by part.</summary>
    public static CovarianceDecomposition Decomposition(this CovarianceStructure structure) =>
        CovarianceDecomposition.Named(Array.Find(_named, entry => entry.Structure == structure).Name
            ?? throw new ArgumentOutOfRangeException(nameof(structure), structure, "Expected a covariance structure."));

    /// <summary>The name of a structure for so many columns: of three letters, or E or V for one.</summary>
    /// <param name="structure">The structure.</param>
    /// <param name="columns">The number of columns.</param>
    public static string NameOf(CovarianceStructure structure, int columns)
    {
        string name = structure.Decomposition().Name;
        return columns == 1 ? name[..1] : name;
    }

    /// <summary>The structure of a name of three letters, or of one for data of one column.</summary>
    /// <param name="name">One of <see cref="CovarianceDecomposition.Names"/> or <see cref="OneColumnNames"/>.</param>
    /// <exception cref="ArgumentException">There is no such name.</exception>
    public static CovarianceStructure Named(string name) => _named.FirstOrDefault(entry => entry.Name == (name is "E" or "V" ? name + "II" : name)) is { Name: not null } found
        ? found.Structure
        : throw new ArgumentException($"Expected one of {string.Join(", ", CovarianceDecomposition.Names)}, or E or V for one column, found '{name}'.", nameof(name));
}
