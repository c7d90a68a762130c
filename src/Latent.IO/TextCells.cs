namespace Latent.IO;

/// <summary>What to do with text in a column of data.</summary>
public enum TextCells
{
    /// <summary>Text is an error that names its row and column: for models of numbers.</summary>
    Refuse,

    /// <summary>A column that holds any text becomes categorical; the others stay numbers.</summary>
    Categories,

    /// <summary>Every column becomes categorical, its levels the distinct values: for latent class models.</summary>
    AllCategories,
}
