namespace Latent.Mixtures;

/// <summary>
/// What becomes of a component that collapses on a few rows, where the likelihood has no bound, or that loses all its rows. Whatever is done is an event in
/// <see cref="EmResult.Degeneracies"/>, with the iteration after which it happened.
/// </summary>
public enum DegeneracyPolicy
{
    /// <summary>It is held: the family's floor keeps its parameters where the likelihood is bounded, and an empty component keeps weight 0. The objective never falls.</summary>
    Regularise,

    /// <summary>The fit fails: of several starts those that end sound are preferred; where none does, a <see cref="NumericalException"/> names the component.</summary>
    Throw,

    /// <summary>
    /// It begins anew: the K-th part of the rows that the mixture explains worst becomes its first rows, and the fit goes on from there. After as many tries as there are
    /// components it is held instead.
    /// </summary>
    Reseed,

    /// <summary>It goes: the fit goes on with one component less, and the result has fewer components than were asked for.</summary>
    Drop,
}
