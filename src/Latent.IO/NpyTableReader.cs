using System.Globalization;
using System.Numerics;
using System.Text;
using Latent.Data;

namespace Latent.IO;

/// <summary>Reads NumPy array files as one table: floating-point rows are mapped, all else is read as float64.</summary>
internal static unsafe class NpyTableReader
{
    public static RowTable Read(IReadOnlyList<InputFile> files, DataOptions options)
    {
        NpyHeader[] headers = [.. files.Select(file => ReadHeader(file.Name, file.Path))];
        CheckShapes(files, headers);
        string first = files[0].Name;
        Schema schema = Schema.Numbered(headers[0].Columns);
        var plan = new TablePlan(first, schema.Names, options);
        long memory = options.Memory ?? MemoryBudget.Default;
        bool mapped = options.MapFiles && headers.All(header => header.IsMappable);
        (RowSource rows, TableStorage storage) = mapped ? Map(files, headers, schema, memory, options.HoldWriters) : Copy(files, headers, schema, options);
        SideColumns side = ReadSide(rows, plan, files, headers);
        RowSource? data = plan.Data.Length == 0 ? null : Pick(rows, plan, memory);
        if (!ReferenceEquals(data, rows) && data is not PickedColumns)
        {
            (rows as IDisposable)?.Dispose();
        }
        return side.ToTable(data, [.. files.Select(file => file.Name)], storage);
    }

    public static NpyHeader ReadHeader(string name, string path) => InputFile.Guard(name, () =>
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return NpyHeader.Read(name, stream);
    });

    private static void CheckShapes(IReadOnlyList<InputFile> files, NpyHeader[] headers)
    {
        for (int index = 0; index < headers.Length; index++)
        {
            if (headers[index].Rows == 0)
            {
                throw new DataFormatException(files[index].Name, "at least one row of data", "an array without rows", "check that it was written completely");
            }
            if (headers[index].Columns != headers[0].Columns)
            {
                throw new DataFormatException(
                    files[index].Name, $"{headers[0].Columns} columns as in {files[0].Name}", headers[index].Columns.ToString(CultureInfo.InvariantCulture),
                    "read files of other columns by themselves");
            }
        }
    }

    // Columns are copied where they fit into memory, which makes every pass faster.
    private static RowSource Pick(RowSource rows, TablePlan plan, long memory)
    {
        if (plan.IsWhole || rows.Rows * plan.Data.Length * sizeof(double) <= memory)
        {
            return rows.Select([.. plan.DataNames]);
        }
        return new PickedColumns(rows, plan.Data, new Schema(plan.Data.Select(column => rows.Schema[column])));
    }

    private static (RowSource, TableStorage) Copy(IReadOnlyList<InputFile> files, NpyHeader[] headers, Schema schema, DataOptions options)
    {
        using var builder = new RowSpool(schema.Count, SpoolOptions.Of(options));
        for (int index = 0; index < headers.Length; index++)
        {
            NpyHeader header = headers[index];
            using MappedFile mapped = InputFile.Guard(files[index].Name, () => new MappedFile(files[index].Path));
            byte* start = mapped.Start + header.Offset;
            string name = files[index].Name;
            switch (header.Type)
            {
                case "f8": Copy((double*)start, header, builder, name); break;
                case "f4": Copy((float*)start, header, builder, name); break;
                case "f2": Copy((Half*)start, header, builder, name); break;
                case "i1": Copy((sbyte*)start, header, builder, name); break;
                case "i2": Copy((short*)start, header, builder, name); break;
                case "i4": Copy((int*)start, header, builder, name); break;
                case "i8": Copy((long*)start, header, builder, name); break;
                case "u2": Copy((ushort*)start, header, builder, name); break;
                case "u4": Copy((uint*)start, header, builder, name); break;
                case "u8": Copy((ulong*)start, header, builder, name); break;
                default: Copy(start, header, builder, name); break;
            }
        }
        return (builder.ToRows(schema), builder.Storage);
    }

    private static void Copy<T>(T* cells, NpyHeader header, RowSpool builder, string file) where T : unmanaged, INumberBase<T>
    {
        long rowStride = header.IsFortran ? 1 : header.Columns;
        long columnStride = header.IsFortran ? header.Rows : 1;
        for (long row = 0; row < header.Rows; row++)
        {
            Span<double> target = builder.Add();
            T* source = cells + row * rowStride;
            for (int column = 0; column < target.Length; column++)
            {
                double cell = double.CreateTruncating(source[column * columnStride]);
                target[column] = double.IsInfinity(cell) ? throw Infinite(file, row, column, header.Rows) : cell;
            }
        }
    }

    private static (RowSource, TableStorage) Map(IReadOnlyList<InputFile> files, NpyHeader[] headers, Schema schema, long memory, bool holdWriters)
    {
        var parts = new RowSource[files.Count];
        for (int index = 0; index < parts.Length; index++)
        {
            parts[index] = MappedNpySource.Open(files[index].Path, headers[index], memory / parts.Length, holdWriters);
        }
        RowSource rows = parts.Length == 1 ? parts[0] : new JoinedRows(schema, parts);
        CellSummary summary = rows.Summary;
        if (summary.InfiniteRow < 0)
        {
            return (rows, new TableStorage(TablePlace.MappedFiles, files.Sum(file => new FileInfo(file.Path).Length), memory));
        }
        ((IDisposable)rows).Dispose();
        int found = 0;
        long row = summary.InfiniteRow;
        for (; row >= headers[found].Rows; found++)
        {
            row -= headers[found].Rows;
        }
        throw Infinite(files[found].Name, row, summary.InfiniteColumn, headers[found].Rows);
    }

    private static DataFormatException Infinite(string file, long row, int column, long rows) => new(
        file, "a finite number, or NaN where one is missing", $"an infinite one in row {row + 1} (of 1 to {rows})",
        "correct it, or set it to NaN", column: $"x{column + 1}");

    private static SideColumns ReadSide(RowSource rows, TablePlan plan, IReadOnlyList<InputFile> files, NpyHeader[] headers)
    {
        var side = new SideColumns(plan);
        bool plain = plan.Weights < 0 && plan.Id < 0 && plan.Sequence < 0 && plan.Labels < 0 && plan.Text.Length == 0;
        long start = 0;
        for (int index = 0; index < headers.Length; index++)
        {
            if (plain)
            {
                side.SkipRows(files[index].Name, headers[index].Rows);
            }
            for (long row = 0; row < headers[index].Rows && !plain; row++)
            {
                AddSide(rows, start + row, row + 1, files[index].Name, plan, side);
            }
            start += headers[index].Rows;
        }
        return side;
    }

    private static void AddSide(RowSource rows, long row, long number, string file, TablePlan plan, SideColumns side)
    {
        RowChunk cells = rows.GetRows(row, 1);
        side.NextRow(file, number);
        if (plan.Weights >= 0)
        {
            double weight = cells[0, plan.Weights];
            if (!(weight >= 0))
            {
                throw new DataFormatException(
                    file, "a weight that is finite and not negative", string.Create(CultureInfo.InvariantCulture, $"{weight} in row {number}"), "correct it; weight 0 leaves the row out", column: plan.Names[plan.Weights]);
            }
            side.Weight(weight);
        }
        if (plan.Id >= 0)
        {
            side.Id(Text(cells[0, plan.Id]));
        }
        if (plan.Labels >= 0)
        {
            side.Label(Bytes(cells[0, plan.Labels]));
        }
        if (plan.Sequence >= 0)
        {
            byte[] sequence = Bytes(cells[0, plan.Sequence]);
            side.Sequence(sequence.Length > 0
                ? sequence
                : throw new DataFormatException(file, "the sequence of the row", $"NaN in row {number}", "fill it, or remove the row", column: plan.Names[plan.Sequence]));
        }
        for (int index = 0; index < plan.Text.Length; index++)
        {
            side.Text(index, Bytes(cells[0, plan.Text[index]]));
        }
    }

    private static byte[] Bytes(double value) => Encoding.UTF8.GetBytes(Text(value));

    private static string Text(double value) => double.IsNaN(value) ? "" : value.ToString(CultureInfo.InvariantCulture);
}
