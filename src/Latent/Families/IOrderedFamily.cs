namespace Latent.Families;

/// <summary>Optional ability of a family: its components may differ by their place, so that they cannot change places.</summary>
public interface IOrderedFamily
{
    /// <summary>Whether they do: something is held or bounded in one of them alone.</summary>
    bool IsOrdered { get; }
}
