using Latent.Data;

namespace Latent.Families;

/// <content>Coordinates, names and scores: those of the blocks, one after another.</content>
public sealed partial class ProductFamily : ICoordinateFamily<Product>, IScoreFamily<Product>
{
    private int[]? _parameters;

    /// <summary>The number of natural parameters of each block.</summary>
    private int[] ParameterCounts => _parameters ??=
        [.. _parts.Select((part, index) => part.NaturalParameters(1, [.. Enumerable.Range(1, part.Columns).Select(column => $"{index} {column}")]).Count)];

    /// <inheritdoc/>
    public int CoordinateCount(int components) => _parts.Sum(part => part.CoordinateCount(components));

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<Product> components, Span<double> point)
    {
        for (int index = 0; index < _parts.Length; index++)
        {
            _parts[index].WriteCoordinates(Column(components, index), Next(ref point, _parts[index].CoordinateCount(components.Length)));
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<Product> like, Span<Product> components)
    {
        object[][] found = new object[_parts.Length][];
        for (int index = 0; index < _parts.Length; index++)
        {
            int count = _parts[index].CoordinateCount(like.Length);
            if (_parts[index].ReadCoordinates(point[..count], Column(like, index)) is not { } column)
            {
                return false;
            }
            found[index] = column;
            point = point[count..];
        }
        Joined(found, components.Length).CopyTo(components);
        return true;
    }

    /// <inheritdoc/>
    public IReadOnlyList<NaturalParameter> NaturalParameters(int component, IReadOnlyList<string> columns) =>
        [.. _parts.SelectMany((part, index) => part.NaturalParameters(component, [.. columns.Skip(_firstColumns[index]).Take(part.Columns)]))];

    /// <inheritdoc/>
    public void WriteNaturalParameters(Product component, Span<double> values)
    {
        for (int index = 0; index < _parts.Length; index++)
        {
            _parts[index].WriteNaturalParameters(component.Parts[index], Next(ref values, ParameterCounts[index]));
        }
    }

    /// <inheritdoc/>
    public void WriteScores(Product component, RowTile tile, Span<double> scores)
    {
        for (int index = 0; index < _parts.Length; index++)
        {
            BlockTile block = new(_firstColumns[index], _parts[index].Columns);
            block.Load(tile);
            Span<double> own = Next(ref scores, ParameterCounts[index] * RowTile.Capacity);
            own.Clear();
            if (block.AllMissing)
            {
                continue;
            }
            _parts[index].WriteScores(component.Parts[index], block.Tile, own);
            for (int place = 0; place < own.Length && block.AnyMissing; place++)
            {
                int row = place % RowTile.Capacity;
                own[place] = row < block.Observed.Length && block.Observed[row] == 0 ? 0 : own[place];
            }
        }
    }

    private static object[] Column(ReadOnlySpan<Product> components, int index)
    {
        object[] column = new object[components.Length];
        for (int k = 0; k < column.Length; k++)
        {
            column[k] = components[k].Parts[index];
        }
        return column;
    }

    private static Span<double> Next(ref Span<double> values, int count)
    {
        Span<double> own = values[..count];
        values = values[count..];
        return own;
    }
}
