using Latent.Data;

namespace Latent.Clustering;

/// <summary>A copy of rows in standard units, (x − mean)·scale, with a missing cell at its column's mean, zero.</summary>
internal sealed class StandardizedRows : IDataSource<RowChunk>
{
    private readonly RowChunk[] _chunks;
    private readonly double[] _means;
    private readonly double[] _scales;

    public StandardizedRows(IRowSource rows, ReadOnlySpan<double> means, ReadOnlySpan<double> scales)
    {
        _means = means.ToArray();
        _scales = scales.ToArray();
        _chunks = new RowChunk[rows.ChunkCount];
        for (int index = 0; index < _chunks.Length; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            double[] values = new double[chunk.Rows * chunk.Columns];
            for (int row = 0; row < chunk.Rows; row++)
            {
                Span<double> target = values.AsSpan(row * chunk.Columns, chunk.Columns);
                chunk.CopyRow(row, target);
                for (int column = 0; column < target.Length; column++)
                {
                    double value = (target[column] - _means[column]) * _scales[column];
                    target[column] = double.IsNaN(value) ? 0 : value;
                }
            }
            _chunks[index] = new RowChunk(values, rows.Columns, chunk.Weights.ToArray(), chunk.FirstRow);
        }
    }

    public int ChunkCount => _chunks.Length;

    public RowChunk GetChunk(int index) => _chunks[index];

    /// <summary>A row in the units of the data; a column of scale zero is at its mean.</summary>
    public double[] Original(ReadOnlySpan<double> row)
    {
        double[] values = row.ToArray();
        for (int column = 0; column < values.Length; column++)
        {
            values[column] = _scales[column] == 0 ? _means[column] : values[column] / _scales[column] + _means[column];
        }
        return values;
    }
}
