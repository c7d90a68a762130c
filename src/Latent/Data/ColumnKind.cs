namespace Latent.Data;

/// <summary>What the values of a column mean.</summary>
public enum ColumnKind
{
    /// <summary>Numbers; NaN is a missing cell.</summary>
    Numeric,

    /// <summary>Codes 0, 1, … of the column's levels; NaN is a missing cell.</summary>
    Categorical,
}
