using System.Collections;

namespace Latent.Data;

/// <summary>The columns of a table, in order: their names (distinct), kinds and levels.</summary>
public sealed class Schema : IReadOnlyList<Column>, IEquatable<Schema>
{
    private readonly Column[] _columns;
    private readonly Dictionary<string, int> _index;

    /// <summary>A schema of the given columns.</summary>
    /// <exception cref="ArgumentException">There is no column, or two have the same name.</exception>
    public Schema(params IEnumerable<Column> columns)
    {
        _columns = [.. columns];
        if (_columns.Length == 0)
        {
            throw new ArgumentException("Expected at least one column, found none.", nameof(columns));
        }
        _index = new Dictionary<string, int>(_columns.Length, StringComparer.Ordinal);
        for (int column = 0; column < _columns.Length; column++)
        {
            if (!_index.TryAdd(_columns[column].Name, column))
            {
                throw new ArgumentException(
                    $"Expected distinct column names, found '{_columns[column].Name}' twice; rename one of them.", nameof(columns));
            }
        }
        Names = Array.AsReadOnly(Array.ConvertAll(_columns, column => column.Name));
    }

    /// <summary>The number of columns, at least one.</summary>
    public int Count => _columns.Length;

    /// <summary>The names of the columns, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Whether any column is categorical.</summary>
    public bool HasCategories => Array.Exists(_columns, column => column.Kind == ColumnKind.Categorical);

    /// <summary>The column at <paramref name="index"/>.</summary>
    public Column this[int index] => _columns[index];

    /// <summary>Numeric columns of the given names.</summary>
    /// <exception cref="ArgumentException">There is no name, one is blank, or two are the same.</exception>
    public static Schema Numeric(params IEnumerable<string> names) => new(names.Select(Column.Numeric));

    /// <summary>Numeric columns named x1, x2, … as of data without names.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="columns"/> is below one.</exception>
    public static Schema Numbered(int columns)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(columns);
        return new Schema(Enumerable.Range(1, columns).Select(number => Column.Numeric($"x{number}")));
    }

    /// <summary>The position of the column called <paramref name="name"/>, or −1.</summary>
    public int IndexOf(string name) => _index.GetValueOrDefault(name, -1);

    /// <summary>The position of the column called <paramref name="name"/>.</summary>
    /// <exception cref="ArgumentException">No column has that name.</exception>
    public int Require(string name)
    {
        int index = IndexOf(name);
        return index >= 0
            ? index
            : throw new ArgumentException($"Expected one of the columns {string.Join(", ", Names)}, found '{name}'.", nameof(name));
    }

    /// <inheritdoc/>
    public IEnumerator<Column> GetEnumerator() => ((IEnumerable<Column>)_columns).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(Schema? other) => other is not null && _columns.AsSpan().SequenceEqual(other._columns);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Schema);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_columns.Length, _columns[0], _columns[^1]);

    /// <summary>The columns, separated by commas.</summary>
    public override string ToString() => string.Join(", ", (IEnumerable<Column>)_columns);
}
