using System.Globalization;
using System.Text;
using CsvHelper;
using Latent.Data;

namespace Latent.IO;

/// <summary>Reads delimited text files of one header, one after the other, as one table.</summary>
internal sealed class CsvTableReader(DataOptions options, SpoolOptions spool) : IDisposable
{
    private const int LargestRecord = 256 << 20;

    private readonly CellText _cells = new(options.Missing);
    private readonly List<string> _files = [];
    private string _file = "";
    private bool _begun;
    private TablePlan? _plan;
    private SideColumns? _side;
    private RowSpool? _rows;
    private LevelSet?[] _levels = [];

    /// <summary>Adds the rows of one file.</summary>
    public void Read(InputFile file)
    {
        _file = file.Name;
        _begun = false;
        _files.Add(file.Name);
        InputFile.Guard(_file, () =>
        {
            FileStamp? stamp = file.IsStandardInput ? null : FileStamp.Of(file.Path);
            using Stream stream = file.Open(options.StandardInput);
            using CsvReader csv = CsvReader.Create(stream, Options(options, file), leaveOpen: false);
            long before = _side?.Rows ?? 0;
            try
            {
                ReadRecords(csv);
            }
            catch (CsvFormatException cause)
            {
                throw Malformed(cause);
            }
            if (stamp is { } opened && FileStamp.Of(file.Path) is var now && now != opened)
            {
                throw opened.Changed(_file, now);
            }
            return (_side?.Rows ?? 0) > before ? true : throw NoRows();
        });
    }

    /// <summary>The file that the rows went to, where they did.</summary>
    public SpoolFile? Spooled => _rows?.File;

    /// <summary>The table of all files.</summary>
    public RowTable Finish()
    {
        RowSource? rows = _rows?.ToRows(TableSchema.Of(_plan!, _rows, _levels));
        return _side!.ToTable(rows, _files, _rows?.Storage);
    }

    /// <summary>Removes what was written of rows that did not become a table.</summary>
    public void Dispose() => _rows?.Dispose();

    /// <summary>How the text of a file is split into records and fields.</summary>
    public static CsvReaderOptions Options(DataOptions options, InputFile file) => new()
    {
        Separator = options.Delimiter ?? (file.IsTabbed ? '\t' : null),
        HasHeader = false,
        SkipEmptyLines = false,
        TrimWhitespace = options.Delimiter is not (' ' or '\t') && !file.IsTabbed,
        TrackLineNumbers = true,
        MalformedData = CsvMalformedDataHandling.Throw,
        MaxRecordSize = LargestRecord,
    };

    // An empty line is skipped, except between the rows of a single column: there it is a missing value.
    private void ReadRecords(CsvReader csv)
    {
        int blank = 0;
        while (csv.Read())
        {
            if (csv.FieldCount == 1 && csv.RawRecord.IsEmpty)
            {
                blank++;
                continue;
            }
            if (!_begun)
            {
                _begun = true;
                blank = 0;
                if (Begin(csv))
                {
                    continue;
                }
            }
            for (; blank > 0; blank--)
            {
                AddBlank(csv.LineNumber - blank);
            }
            AddRow(csv);
        }
    }

    // Takes the first record as header, or notes that there is none.
    private bool Begin(CsvReader csv)
    {
        bool hasHeader = options.HasHeader ?? true;
        var names = new string?[csv.FieldCount];
        for (int column = 0; column < names.Length; column++)
        {
            string name = hasHeader ? csv.GetString(column).Trim() : string.Create(CultureInfo.InvariantCulture, $"x{column + 1}");
            names[column] = name.Length == 0 ? null : name;
        }
        if (options.HasHeader is null && names.All(name => double.TryParse(name, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            throw new DataFormatException(
                _file, "a first line of column names", $"only numbers ({DataFormatException.Quote(string.Join(",", names))})",
                "say that there is no header (--no-header) if they are data, else rename the columns", csv.LineNumber);
        }
        if (_plan is null)
        {
            Plan(names);
        }
        else if (!names.SequenceEqual(_plan.Header, StringComparer.Ordinal))
        {
            throw new DataFormatException(
                _file, $"the columns of {_files[0]} ({string.Join(", ", _plan.Names)})", string.Join(", ", names), "read files of other columns by themselves", csv.LineNumber);
        }
        return hasHeader;
    }

    private void Plan(string?[] names)
    {
        _plan = new TablePlan(_file, names, options);
        _side = new SideColumns(_plan);
        _rows = _plan.Data.Length > 0 ? new RowSpool(_plan.Data.Length, spool) : null;
        _levels = new LevelSet?[_plan.Data.Length];
    }

    private void AddBlank(long line)
    {
        if (_plan!.Names.Length == 1 && _plan.Data.Length == 1)
        {
            _side!.NextRow(_file, line);
            _rows!.Add()[0] = double.NaN;
        }
    }

    private void AddRow(CsvReader csv)
    {
        TablePlan plan = _plan!;
        if (csv.FieldCount != plan.Names.Length)
        {
            throw new DataFormatException(
                _file, $"{plan.Names.Length} fields as in the first line", $"{csv.FieldCount} separated by '{csv.Separator}'",
                "look for a separator missing or too many, quote texts that hold one, or name it (--delimiter)", csv.LineNumber);
        }
        _side!.NextRow(_file, csv.LineNumber);
        if (_rows is not null)
        {
            Span<double> row = _rows.Add();
            for (int column = 0; column < row.Length; column++)
            {
                row[column] = double.NaN;
                row[column] = Cell(csv, column);
            }
        }
        AddSide(csv, plan, _side);
    }

    private double Cell(CsvReader csv, int column)
    {
        ReadOnlySpan<byte> text = csv.GetSpan(_plan!.Data[column]);
        if (_levels[column] is null)
        {
            if (!_cells.IsToken(text) && CellText.TryNumber(csv, _plan.Data[column], text, out double value) && double.IsFinite(value))
            {
                return value;
            }
            return OddCell(csv, column, text);
        }
        return _cells.IsMissing(text) ? double.NaN : Category(_levels[column]!, text);
    }

    // Missing, infinite or text.
    private double OddCell(CsvReader csv, int column, ReadOnlySpan<byte> text)
    {
        if (_cells.IsMissing(text))
        {
            return double.NaN;
        }
        string name = _plan!.Names[_plan.Data[column]];
        string found = DataFormatException.Quote(Encoding.UTF8.GetString(text));
        if (CellText.IsInfinite(text))
        {
            throw new DataFormatException(
                _file, "a finite number", found, "correct it, or name it as a missing value (--missing)", csv.LineNumber, name);
        }
        if (options.TextCells == TextCells.Refuse)
        {
            throw new DataFormatException(
                _file, "a number", found, "correct it, name it as a missing value (--missing), or leave the column out (--drop)", csv.LineNumber, name);
        }
        LevelSet levels = _levels[column] = new LevelSet();
        _rows!.Transform(column, value => double.IsNaN(value) ? value : levels.Code(value));
        return Category(levels, text);
    }

    private void AddSide(CsvReader csv, TablePlan plan, SideColumns side)
    {
        if (plan.Weights >= 0)
        {
            side.Weight(Weight(csv, plan));
        }
        if (plan.Id >= 0)
        {
            side.Id(csv.GetString(plan.Id));
        }
        if (plan.Labels >= 0)
        {
            side.Label(_cells.Present(csv.GetSpan(plan.Labels)));
        }
        if (plan.Sequence >= 0)
        {
            ReadOnlySpan<byte> sequence = _cells.Present(csv.GetSpan(plan.Sequence));
            if (sequence.IsEmpty)
            {
                throw new DataFormatException(
                    _file, "the sequence of the row", "an empty field", "fill it, or remove the row", csv.LineNumber, plan.Names[plan.Sequence]);
            }
            side.Sequence(sequence);
        }
        for (int index = 0; index < plan.Text.Length; index++)
        {
            side.Text(index, _cells.Present(csv.GetSpan(plan.Text[index])));
        }
    }

    private double Weight(CsvReader csv, TablePlan plan)
    {
        ReadOnlySpan<byte> text = csv.GetSpan(plan.Weights);
        if (CellText.TryNumber(text, out double weight) && weight >= 0 && double.IsFinite(weight) && !_cells.IsToken(text))
        {
            return weight;
        }
        throw new DataFormatException(
            _file, "a weight that is finite and not negative", DataFormatException.Quote(Encoding.UTF8.GetString(text)),
            "correct it; weight 0 leaves the row out", csv.LineNumber, plan.Names[plan.Weights]);
    }

    // A number in a column of text is the level of its shortest exact text, wherever in the file it stands.
    private static double Category(LevelSet levels, ReadOnlySpan<byte> text) =>
        CellText.TryNumber(text, out double value) ? levels.Code(value) : levels.Code(text);

    private DataFormatException NoRows() => _begun
        ? new DataFormatException(_file, "at least one row of data", "only a header", "check that it was written completely")
        : new DataFormatException(_file, "a table", "an empty file", "check that it was written completely");

    private DataFormatException Malformed(CsvFormatException cause)
    {
        // The reader's message repeats the place: "Malformed CSV in record 3 (line 3): what (byte offset 13)."
        string found = cause.Message[(cause.Message.IndexOf("): ", StringComparison.Ordinal) is >= 0 and int start ? start + 3 : 0)..];
        int end = found.IndexOf(" (byte offset", StringComparison.Ordinal);
        return new DataFormatException(
            _file, "fields in matching quotes", end > 0 ? found[..end] : found.TrimEnd('.'), "close every quote, and double one that is part of a quoted text",
            cause.LineNumber > 0 ? cause.LineNumber : null, cause: cause);
    }
}
