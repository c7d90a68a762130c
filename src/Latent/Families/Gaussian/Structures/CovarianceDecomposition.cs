namespace Latent.Families;

/// <summary>Whether components share a part of their covariances.</summary>
public enum CovarianceSharing
{
    /// <summary>The part is that of the unit matrix (I).</summary>
    Identity,

    /// <summary>One for all components (E).</summary>
    Equal,

    /// <summary>One for each component (V).</summary>
    Variable,
}

/// <summary>
/// What the components' covariances have in common, part by part: Σₖ = λₖ·Dₖ·Aₖ·Dₖᵀ with the volume λ = |Σ|^(1/d), the shape A, diagonal with |A| = 1,
/// and the orientation D, a rotation [CeleuxGovaert1995]. Fourteen combinations have a maximum of their own; mclust names each by three letters.
/// </summary>
public readonly record struct CovarianceDecomposition
{
    private CovarianceDecomposition(CovarianceSharing volume, CovarianceSharing shape, CovarianceSharing orientation) =>
        (Volume, Shape, Orientation) = (volume, shape, orientation);

    /// <summary>λ: equal or variable.</summary>
    public CovarianceSharing Volume { get; }

    /// <summary>A; the identity makes every component round.</summary>
    public CovarianceSharing Shape { get; }

    /// <summary>D; the identity leaves the axes along the columns.</summary>
    public CovarianceSharing Orientation { get; }

    /// <summary>The three letters: EII, VII, EEI, VEI, EVI, VVI, EEE, VEE, EVE, VVE, EEV, VEV, EVV or VVV.</summary>
    public string Name => string.Create(3, this, (letters, own) => (letters[0], letters[1], letters[2]) = (Letter(own.Volume), Letter(own.Shape), Letter(own.Orientation)));

    /// <summary>All fourteen names, from the fewest parameters to the most.</summary>
    public static IReadOnlyList<string> Names { get; } = ["EII", "VII", "EEI", "VEI", "EVI", "VVI", "EEE", "VEE", "EVE", "VVE", "EEV", "VEV", "EVV", "VVV"];

    /// <summary>Whether all components have the same covariance.</summary>
    public bool IsShared => Volume == CovarianceSharing.Equal && Shape != CovarianceSharing.Variable && Orientation != CovarianceSharing.Variable;

    /// <summary>Whether columns are without correlation in every component.</summary>
    public bool IsDiagonal => Orientation == CovarianceSharing.Identity;

    /// <summary>Whether axes are turned against the columns and stand apart from the shape (EVE, VVE, EEV, VEV): a column in other units is then another model.</summary>
    internal bool HasTurnedAxes => !IsDiagonal && Shape != Orientation;

    /// <summary>Whether an eigenvalue in one place of all components is the same but for the volume, or the same: A is not free.</summary>
    internal bool HasCommonShape => Shape == CovarianceSharing.Equal;

    /// <summary>The structure of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <exception cref="ArgumentException">There is no such name.</exception>
    public static CovarianceDecomposition Named(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Names.Contains(name)
            ? new CovarianceDecomposition(Part(name[0]), Part(name[1]), Part(name[2]))
            : throw new ArgumentException($"Expected one of {string.Join(", ", Names)}, found '{name}'.", nameof(name));
    }

    /// <summary>The free parameters of so many covariances of d columns, means and weights not counted.</summary>
    public int FreeParameters(int components, int columns)
    {
        int volumes = Count(Volume, components);
        return Shape == CovarianceSharing.Identity
            ? volumes
            : volumes + Count(Shape, components) * (columns - 1) + Count(Orientation, components) * (columns * (columns - 1) / 2);
    }

    /// <summary>The three letters.</summary>
    public override string ToString() => Name;

    private static int Count(CovarianceSharing sharing, int components) => sharing switch
    {
        CovarianceSharing.Identity => 0,
        CovarianceSharing.Equal => 1,
        _ => components,
    };

    private static char Letter(CovarianceSharing sharing) => "IEV"[(int)sharing];

    private static CovarianceSharing Part(char letter) => (CovarianceSharing)"IEV".IndexOf(letter, StringComparison.Ordinal);
}
