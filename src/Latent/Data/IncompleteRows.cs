namespace Latent.Data;

/// <summary>Rows with missing cells made ready for many passes: those with nothing observed left out, the others in the order of their patterns.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Places">The place in the table of each row; null: as it was.</param>
/// <param name="Empty">Rows in which nothing is observed.</param>
internal sealed record IncompleteRows(IRowSource Rows, int[]? Places, long Empty)
{
    /// <summary>Doubles that a copy may have; larger tables stay where they are and in their order.</summary>
    private const long MostValues = 1L << 27;

    /// <summary>Prepares a table. The result depends on the data alone.</summary>
    public static IncompleteRows Of(IRowSource rows)
    {
        if (rows.Rows * rows.Columns > MostValues)
        {
            return new IncompleteRows(rows, null, 0);
        }
        MissingPatterns patterns = MissingPatterns.Of(rows);
        List<int> places = [];
        long empty = 0;
        for (int pattern = 0; pattern < patterns.Count; pattern++)
        {
            if (patterns.Observed(pattern).IsEmpty)
            {
                empty = patterns.Rows(pattern).Length;
                continue;
            }
            places.AddRange(patterns.Rows(pattern));
        }
        int columns = rows.Columns;
        double[] values = new double[places.Count * columns];
        double[] weights = new double[rows.HasWeights ? places.Count : 0];
        int[] target = new int[rows.Rows];
        Array.Fill(target, -1);
        for (int i = 0; i < places.Count; i++)
        {
            target[places[i]] = i;
        }
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                int to = target[chunk.FirstRow + row];
                if (to < 0)
                {
                    continue;
                }
                chunk.CopyRow(row, values.AsSpan(to * columns, columns));
                if (rows.HasWeights)
                {
                    weights[to] = chunk.Weights[row];
                }
            }
        }
        RowSource sorted = RowSource.From(values.AsMemory(), columns).WithSchema(rows.Schema);
        sorted = rows.Known.IsEmpty ? sorted : sorted.WithKnown(rows.Known.Take(places));
        return new IncompleteRows(rows.HasWeights ? sorted.WithWeights(weights) : sorted, [.. places], empty);
    }

    /// <summary>What belongs to the rows of the table, for the rows here.</summary>
    public IReadOnlyList<T>? Of<T>(IReadOnlyList<T>? ofTable) =>
        ofTable is null || Places is null || ofTable.Count < Places.Length ? ofTable : Array.ConvertAll(Places, place => ofTable[place]);
}
