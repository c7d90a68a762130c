namespace Latent.IO;

/// <summary>A column of text beside the data, as one level per row: labels, sequences, parts of a formula.</summary>
public sealed class TextColumn
{
    private readonly int[] _codes;

    /// <summary>A column from levels and codes.</summary>
    /// <param name="name">The column's name.</param>
    /// <param name="levels">The distinct texts.</param>
    /// <param name="codes">One per row: the position of its level, or −1 where the field is empty.</param>
    /// <exception cref="ArgumentException">A code is neither −1 nor the position of a level.</exception>
    public TextColumn(string name, IReadOnlyList<string> levels, int[] codes)
    {
        foreach (int code in codes)
        {
            if (code < -1 || code >= levels.Count)
            {
                throw new ArgumentException($"Expected codes from -1 to {levels.Count - 1}, found {code}.", nameof(codes));
            }
        }
        Name = name;
        Levels = levels;
        _codes = codes;
    }

    /// <summary>The column's name.</summary>
    public string Name { get; }

    /// <summary>The distinct texts: sorted, as numbers if all are numbers, else by character; sequences in order of appearance.</summary>
    public IReadOnlyList<string> Levels { get; }

    /// <summary>Per row the position of its level, or −1 where the field is empty.</summary>
    public ReadOnlySpan<int> Codes => _codes;

    /// <summary>The text of a row, or null where the field is empty.</summary>
    public string? this[int row] => _codes[row] < 0 ? null : Levels[_codes[row]];
}
