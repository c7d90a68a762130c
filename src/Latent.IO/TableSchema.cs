using Latent.Data;

namespace Latent.IO;

/// <summary>The columns of a table whose texts were numbered while it was read.</summary>
internal static class TableSchema
{
    /// <summary>Numeric columns, and categorical ones with their levels sorted: their codes in <paramref name="rows"/> are replaced by places.</summary>
    public static Schema Of(TablePlan plan, RowSpool rows, LevelSet?[] levelSets)
    {
        var columns = new Column[rows.Columns];
        for (int column = 0; column < columns.Length; column++)
        {
            string name = plan.Names[plan.Data[column]];
            if (levelSets[column] is { } set)
            {
                (string[] levels, int[] place) = set.Sort();
                rows.Transform(column, code => double.IsNaN(code) ? code : place[(int)code]);
                columns[column] = Column.Categorical(name, levels);
            }
            else
            {
                columns[column] = Column.Numeric(name);
            }
        }
        return new Schema(columns);
    }
}
