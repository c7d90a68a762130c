namespace Latent;

/// <summary>Optional ability of a model: to say which parts of its parameters a degeneracy policy holds.</summary>
/// <typeparam name="TParameters">The model's parameters.</typeparam>
public interface IDegeneracyReport<in TParameters>
{
    /// <summary>One entry per component that is held or empty now: its index and what was done, in words.</summary>
    IEnumerable<(int Component, string Message)> Degeneracies(TParameters parameters);
}
