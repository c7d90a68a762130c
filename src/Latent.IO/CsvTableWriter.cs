using CsvHelper;
using Latent.Data;

namespace Latent.IO;

/// <summary>
/// Writes a table as CSV: RFC 4180 quotes, lines that end with a line feed, numbers in the shortest text that reads back
/// as the same bits, missing values as empty fields.
/// </summary>
public sealed class CsvTableWriter : IDisposable
{
    private readonly CsvWriter _writer;

    /// <summary>A writer that begins with a header, if there is one; the stream stays open.</summary>
    /// <param name="stream">Where the table goes.</param>
    /// <param name="header">The names of the columns; null for a table without a line of names.</param>
    /// <param name="delimiter">The character between fields (ASCII).</param>
    public CsvTableWriter(Stream stream, IEnumerable<string>? header, char delimiter = ',')
    {
        _writer = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n", Separator = delimiter }, leaveOpen: true);
        if (header is null)
        {
            return;
        }
        foreach (string name in header)
        {
            _writer.WriteField(name);
        }
        _writer.EndRecord();
    }

    /// <summary>Writes a number; NaN as an empty field.</summary>
    public void Write(double value)
    {
        if (double.IsNaN(value))
        {
            _writer.WriteField("");
        }
        else
        {
            _writer.WriteField(value);
        }
    }

    /// <summary>Writes a float32; NaN as an empty field.</summary>
    public void Write(float value)
    {
        if (float.IsNaN(value))
        {
            _writer.WriteField("");
        }
        else
        {
            _writer.WriteField(value);
        }
    }

    /// <summary>Writes a whole number.</summary>
    public void Write(long value) => _writer.WriteField(value);

    /// <summary>Writes a text; null as an empty field.</summary>
    public void Write(string? text) => _writer.WriteField(text ?? "");

    /// <summary>Ends the row.</summary>
    /// <exception cref="InvalidOperationException">The row has another number of fields than the header.</exception>
    public void EndRow() => _writer.EndRecord();

    /// <summary>Writes what is still in the buffer.</summary>
    public void Dispose() => _writer.Dispose();

    /// <summary>Writes a whole source: its names, then its rows, categories by the names of their levels. Weights are not written.</summary>
    public static void Write(Stream stream, IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        using var writer = new CsvTableWriter(stream, rows.Schema.Names);
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++)
            {
                for (int column = 0; column < chunk.Columns; column++)
                {
                    writer.WriteCell(chunk, row, column, rows.Schema[column]);
                }
                writer.EndRow();
            }
        }
    }

    private void WriteCell(in RowChunk chunk, int row, int column, Column meaning)
    {
        double value = chunk[row, column];
        if (meaning.Kind == ColumnKind.Categorical)
        {
            Write(double.IsNaN(value) ? null : meaning.Levels[(int)value]);
        }
        else if (chunk.IsSingle)
        {
            Write((float)value);
        }
        else
        {
            Write(value);
        }
    }
}
