namespace Latent.Families;

/// <summary>Optional ability of a family: to say which rows it has a density for, so that a fit can refuse others by name before it starts.</summary>
public interface ISupportFamily
{
    /// <summary>Whether cells may be missing (NaN): they then have no part in the density.</summary>
    bool TakesMissing { get; }

    /// <summary>Null where the row has a density under some component; else the column that is to blame and what is expected there, as in "a count (0, 1, 2, …)".</summary>
    /// <param name="row">One value per column, finite or, where the family takes that, NaN.</param>
    (int Column, string Expected)? Misfit(ReadOnlySpan<double> row);
}
