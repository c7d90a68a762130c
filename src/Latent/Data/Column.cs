namespace Latent.Data;

/// <summary>The name and meaning of one column.</summary>
public sealed class Column : IEquatable<Column>
{
    private Column(string name, ColumnKind kind, IReadOnlyList<string> levels)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        Name = name;
        Kind = kind;
        Levels = levels;
    }

    /// <summary>The name, not blank.</summary>
    public string Name { get; }

    /// <summary>Numbers or categories.</summary>
    public ColumnKind Kind { get; }

    /// <summary>The names of the categories, by code; empty for a numeric column.</summary>
    public IReadOnlyList<string> Levels { get; }

    /// <summary>A column of numbers.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public static Column Numeric(string name) => new(name, ColumnKind.Numeric, []);

    /// <summary>A column of the codes 0, 1, … of <paramref name="levels"/>.</summary>
    /// <exception cref="ArgumentException">The name is blank, or a level appears twice.</exception>
    public static Column Categorical(string name, params IEnumerable<string> levels)
    {
        string[] all = [.. levels];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (string level in all)
        {
            if (!seen.Add(level))
            {
                throw new ArgumentException($"Expected distinct levels in column '{name}', found '{level}' twice.", nameof(levels));
            }
        }
        return new Column(name, ColumnKind.Categorical, Array.AsReadOnly(all));
    }

    /// <summary>The same column under another name.</summary>
    /// <exception cref="ArgumentException">The name is blank.</exception>
    public Column WithName(string name) => new(name, Kind, Levels);

    /// <inheritdoc/>
    public bool Equals(Column? other) =>
        other is not null && Name == other.Name && Kind == other.Kind && Levels.SequenceEqual(other.Levels, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Column);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Kind, Levels.Count);

    /// <summary>The name, and the number of levels of a categorical column.</summary>
    public override string ToString() => Kind == ColumnKind.Numeric ? Name : $"{Name} ({Levels.Count} levels)";
}
