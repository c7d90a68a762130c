using CsvHelper;
using Latent.Data;

namespace Latent.IO;

/// <summary>Writes a table of text again with its missing cells filled: every other cell, of data or not, keeps its text.</summary>
public static class FilledTable
{
    /// <summary>Writes the table that files hold, its missing cells of data replaced.</summary>
    /// <param name="paths">The files, as they were read: delimited text, all with one header.</param>
    /// <param name="options">The options that they were read with.</param>
    /// <param name="rows">The rows that were read; NaN says which cells are missing.</param>
    /// <param name="values">Rows × columns of data, row-major; only those of missing cells are used.</param>
    /// <param name="stream">Where the table goes; it stays open.</param>
    /// <exception cref="DataFormatException">A file cannot be read, is no text, or has changed since it was read.</exception>
    /// <exception cref="ArgumentException">There are other than rows × columns values.</exception>
    public static void Write(IEnumerable<string> paths, DataOptions options, IRowSource rows, ReadOnlySpan<double> values, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(rows);
        if (values.Length != rows.Rows * rows.Columns)
        {
            throw new ArgumentException($"Expected {rows.Rows} × {rows.Columns} values, found {values.Length}.", nameof(values));
        }
        using Filler filler = new(options, rows, values.ToArray(), stream);
        foreach (InputFile file in InputFile.Resolve(paths))
        {
            filler.Read(file);
        }
        filler.End();
    }

    private sealed class Filler(DataOptions options, IRowSource rows, double[] values, Stream stream) : IDisposable
    {
        private readonly double[] _row = new double[rows.Columns];
        private CsvTableWriter? _writer;
        private TablePlan? _plan;
        private string _file = "";
        private long _next;

        public void Dispose() => _writer?.Dispose();

        public void Read(InputFile file)
        {
            _file = file.Name;
            if (file.IsNpy)
            {
                throw new DataFormatException(_file, "delimited text to write again", "a NumPy array", "write the values as an array");
            }
            InputFile.Guard(_file, () =>
            {
                using CsvReader csv = CsvReader.Create(file.Open(options.StandardInput), CsvTableReader.Options(options, file), leaveOpen: false);
                Read(csv);
                return true;
            });
        }

        public void End()
        {
            if (_next != rows.Rows)
            {
                throw Changed();
            }
        }

        // As the reader has it: empty lines are skipped, except between the rows of a single column.
        private void Read(CsvReader csv)
        {
            bool begun = false;
            int blank = 0;
            while (csv.Read())
            {
                if (csv.FieldCount == 1 && csv.RawRecord.IsEmpty)
                {
                    blank++;
                    continue;
                }
                if (!begun)
                {
                    begun = true;
                    blank = 0;
                    if (Begin(csv))
                    {
                        continue;
                    }
                }
                for (; blank > 0; blank--)
                {
                    if (_plan!.Names.Length == 1 && _plan.Data.Length == 1)
                    {
                        WriteRow(null);
                    }
                }
                WriteRow(csv);
            }
        }

        private bool Begin(CsvReader csv)
        {
            bool hasHeader = options.HasHeader ?? true;
            string[] header = new string[csv.FieldCount];
            for (int field = 0; field < header.Length; field++)
            {
                header[field] = hasHeader ? csv.GetString(field).Trim() : FormattableString.Invariant($"x{field + 1}");
            }
            _plan ??= new TablePlan(_file, [.. header.Select(name => name.Length == 0 ? null : name)], options);
            _writer ??= new CsvTableWriter(stream, hasHeader ? header : null, (char)csv.Separator);
            return hasHeader;
        }

        private void WriteRow(CsvReader? csv)
        {
            if (_next >= rows.Rows || (csv is not null && csv.FieldCount != _plan!.Names.Length))
            {
                throw Changed();
            }
            rows.CopyRow(_next, _row);
            for (int field = 0; field < _plan!.Names.Length; field++)
            {
                int column = Array.IndexOf(_plan.Data, field);
                if (column >= 0 && double.IsNaN(_row[column]))
                {
                    _writer!.Write(values[_next * rows.Columns + column]);
                }
                else
                {
                    _writer!.Write(csv?.GetString(field));
                }
            }
            _writer!.EndRow();
            _next++;
        }

        private DataFormatException Changed() => new(_file, "the rows that were read", "others", "leave the file alone while it is in use, and run again");
    }
}
