using Latent.Data;

namespace Latent.Mixtures.LatentClasses;

/// <summary>Items as codes of categories.</summary>
internal static class ItemCodes
{
    private const int MostLevels = 10_000;

    /// <summary>The same rows with every column categorical; the same object where they all are.</summary>
    /// <exception cref="ArgumentException">A numeric column has more than 10,000 distinct values.</exception>
    public static IRowSource Of(IRowSource items, Func<string, bool>? chosen = null)
    {
        bool[] numeric = [.. items.Schema.Select(column => column.Kind == ColumnKind.Numeric && chosen?.Invoke(column.Name) != false)];
        if (Array.IndexOf(numeric, true) < 0)
        {
            return items;
        }
        SortedSet<double>[] values = Array.ConvertAll(numeric, _ => new SortedSet<double>());
        double[] cells = new double[checked(items.Rows * items.Columns)];
        for (long row = 0; row < items.Rows; row++)
        {
            Span<double> target = cells.AsSpan((int)row * items.Columns, items.Columns);
            items.CopyRow(row, target);
            for (int column = 0; column < target.Length; column++)
            {
                if (numeric[column] && !double.IsNaN(target[column]) && values[column].Add(target[column]) && values[column].Count > MostLevels)
                {
                    throw new ArgumentException($"Expected categories in column '{items.Schema[column].Name}', found more than {MostLevels} different numbers. Leave the column out, or group its values.", nameof(items));
                }
            }
        }
        Dictionary<double, int>[] codes = Array.ConvertAll(values, set => set.Select((value, code) => (value, code)).ToDictionary(pair => pair.value, pair => pair.code));
        for (int place = 0; place < cells.Length; place++)
        {
            int column = place % items.Columns;
            cells[place] = numeric[column] && !double.IsNaN(cells[place]) ? codes[column][cells[place]] : cells[place];
        }
        Schema schema = new(items.Schema.Select((column, index) => numeric[index]
            ? Column.Categorical(column.Name, values[index].Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture)))
            : column));
        RowSource coded = RowSource.From(cells, items.Columns).WithSchema(schema);
        coded = items.Known.IsEmpty ? coded : coded.WithKnown(items.Known);
        return items.HasWeights ? coded.WithWeights(Weights(items)) : coded;
    }

    /// <summary>One weight per row.</summary>
    public static double[] Weights(IRowSource rows)
    {
        double[] weights = new double[rows.Rows];
        for (int row = 0; row < weights.Length; row++)
        {
            weights[row] = rows.Weight(row);
        }
        return weights;
    }
}
