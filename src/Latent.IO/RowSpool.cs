using System.Runtime.InteropServices;
using Latent.Data;

namespace Latent.IO;

/// <summary>
/// Collects rows one at a time: in memory while they fit there, else in a file, so that a reader never needs to know how many there will be.
/// </summary>
internal sealed class RowSpool : IDisposable
{
    private readonly SpoolOptions _options;
    private readonly long _rowsInMemory;
    private RowBuilder? _memory;
    private SpoolFile? _file;
    private double[] _block = [];
    private int _rowsInBlock;

    /// <summary>A spool of rows of <paramref name="columns"/> values.</summary>
    public RowSpool(int columns, SpoolOptions options)
    {
        Columns = columns;
        _options = options;
        _rowsInMemory = Math.Max(1, options.Memory / (sizeof(double) * (long)columns) / RowSource.ChunkRows) * RowSource.ChunkRows;
        if (options.Path is null)
        {
            _memory = new RowBuilder(columns);
        }
        else
        {
            OpenFile();
        }
    }

    /// <summary>Values per row.</summary>
    public int Columns { get; }

    /// <summary>The file that the rows went to, once they are all there; null for memory.</summary>
    public SpoolFile? File => _file;

    /// <summary>Where the rows are.</summary>
    public TableStorage Storage => new(
        _memory is not null ? TablePlace.Memory : _options.Path is null ? TablePlace.TemporaryFile : TablePlace.Cache,
        Rows * Columns * sizeof(double), _options.Memory, _options.Path);

    /// <summary>Rows so far.</summary>
    public long Rows { get; private set; }

    /// <summary>Adds a row and returns it to be filled at once.</summary>
    public Span<double> Add()
    {
        Rows++;
        if (_memory is not null)
        {
            if (Rows <= _rowsInMemory)
            {
                return _memory.Add();
            }
            OpenFile();
        }
        if (_rowsInBlock == RowSource.ChunkRows)
        {
            Flush();
        }
        return _block.AsSpan(_rowsInBlock++ * Columns, Columns);
    }

    /// <summary>Replaces every value so far of one column.</summary>
    public void Transform(int column, Func<double, double> map)
    {
        _memory?.Transform(column, map);
        _file?.Transform(column, Columns, map);
        Span<double> cells = _block.AsSpan(0, _rowsInBlock * Columns);
        for (int cell = column; cell < cells.Length; cell += Columns)
        {
            cells[cell] = map(cells[cell]);
        }
    }

    /// <summary>The rows as a source; add nothing afterwards.</summary>
    public RowSource ToRows(Schema schema)
    {
        if (_memory is not null)
        {
            return _memory.ToRows(schema);
        }
        Flush();
        return _file!.ToRows(schema, Rows, _options.Memory);
    }

    /// <summary>Removes what was written, unless it was made into rows.</summary>
    public void Dispose() => _file?.Dispose();

    private void OpenFile()
    {
        _file = SpoolFile.Create(_options);
        _block = new double[RowSource.ChunkRows * Columns];
        if (_memory is { Rows: > 0 } memory)
        {
            RowSource rows = memory.ToRows(Schema.Numbered(Columns));
            for (int index = 0; index < rows.ChunkCount; index++)
            {
                _file.Append(MemoryMarshal.AsBytes(rows.GetChunk(index).Values));
            }
        }
        _memory = null;
    }

    private void Flush()
    {
        if (_rowsInBlock > 0)
        {
            _file!.Append(MemoryMarshal.AsBytes(_block.AsSpan(0, _rowsInBlock * Columns)));
            _rowsInBlock = 0;
        }
    }
}

/// <summary>What a spool may use.</summary>
/// <param name="Memory">The most bytes of rows in memory.</param>
/// <param name="Path">A file that is to stay, and that all rows go to; null for memory and, where that is too small, a temporary file.</param>
/// <param name="Create">Opens a new file for writing and reading.</param>
internal sealed record SpoolOptions(long Memory, string? Path, Func<string, Stream> Create)
{
    public static SpoolOptions Of(DataOptions options, string? path = null) => new(options.Memory ?? MemoryBudget.Default, path, options.CreateFile);
}
