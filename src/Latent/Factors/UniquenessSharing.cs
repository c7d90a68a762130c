namespace Latent.Factors;

/// <summary>What the uniquenesses Ψₖ of the components of a mixture of factor analysers may be.</summary>
public enum UniquenessSharing
{
    /// <summary>One for each column and component.</summary>
    Own,

    /// <summary>One for each column, the same in all components [GhahramaniHinton1996].</summary>
    Common,

    /// <summary>One for each component, the same in all columns: a mixture of probabilistic principal components [TippingBishop1999b].</summary>
    Isotropic,
}
