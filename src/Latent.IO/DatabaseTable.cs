using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text;
using Latent.Data;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Latent.IO;

/// <summary>Reads the rows of a query as a table, once and in the order that the database gives them.</summary>
public static class DatabaseTable
{
    private const string Sqlite = "sqlite:";
    private const string Postgres = "postgres:";

    /// <summary>Whether a path names a database: <c>sqlite:FILE</c> or <c>postgres:CONNECTION</c>.</summary>
    public static bool IsDatabase(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase) || path.StartsWith(Postgres, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>
    /// The rows of a query over any connection. A null is missing, numbers and truth values are numbers, text is read as in a CSV file. What does not
    /// fit into <see cref="DataOptions.Memory"/> goes to a temporary file.
    /// </summary>
    /// <param name="connection">The database; opened here unless it is open.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">The query and the parts of the columns.</param>
    /// <exception cref="DataFormatException">The database cannot be reached, refuses the query, breaks off, or a value cannot be used.</exception>
    /// <exception cref="ArgumentException">There is no query.</exception>
    public static RowTable Read(DbConnection connection, string name, DataOptions options)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        if (options.Query is not { Length: > 0 } query)
        {
            throw new ArgumentException($"Expected a query for {name}, found none. Give one (--query \"SELECT …\").", nameof(options));
        }
        long rows = -1;
        try
        {
            if (connection.State != ConnectionState.Open)
            {
                connection.Open();
            }
            using DbCommand command = connection.CreateCommand();
            command.CommandText = query;
            command.CommandTimeout = 0;
            using DbDataReader reader = command.ExecuteReader(CommandBehavior.SequentialAccess);
            rows = 0;
            using var table = new QueryRows(name, reader, options);
            while (reader.Read())
            {
                table.Add();
                rows++;
            }
            return rows > 0
                ? table.Finish()
                : throw new DataFormatException(name, "at least one row of data", "a query without rows", "check its conditions");
        }
        catch (Exception cause) when (cause is DbException or IOException and not UnwritableException or TimeoutException or InvalidOperationException)
        {
            string found = $"an error ({Reason(cause).ReplaceLineEndings(" ").TrimEnd('.')})";
            throw rows < 0
                ? new DataFormatException(name, "a database that answers the query", found, "check the address and the query", cause: cause)
                : new DataFormatException(name, "rows to the end of the query", $"{found} after {rows} rows", "check the database and the connection, and run again", cause: cause);
        }
    }

    // Of a connection that breaks the driver says no more than where it was; the cause says what happened.
    private static string Reason(Exception cause) => cause is NpgsqlException { InnerException: IOException inner } ? inner.Message : cause.Message;

    internal static RowTable Read(string[] paths, DataOptions options)
    {
        if (paths.Length > 1)
        {
            throw new ArgumentException($"Expected one database by itself, found {paths.Length} sources. Read them one at a time, or join them in the query.", nameof(paths));
        }
        string path = paths[0];
        bool isSqlite = path.StartsWith(Sqlite, StringComparison.OrdinalIgnoreCase);
        string address = path[(isSqlite ? Sqlite : Postgres).Length..];
        if (isSqlite && !File.Exists(address))
        {
            throw new DataFormatException(path, "a file", "none of that name", "check the path");
        }
        try
        {
            using DbConnection connection = isSqlite
                ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = address, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString())
                : new NpgsqlConnection(ToConnectionString(address));
            return Read(connection, isSqlite ? path : "postgres", options);
        }
        catch (ArgumentException cause) when (!isSqlite && options.Query is not null)
        {
            throw new DataFormatException("postgres", "a connection such as Host=db;Database=x;Username=me", $"another ({cause.Message.ReplaceLineEndings(" ").TrimEnd('.')})", "correct it", cause: cause);
        }
    }

    // Both "Host=…;Database=…" and the address postgres://user:password@host:port/database are in use.
    internal static string ToConnectionString(string address)
    {
        if (!address.StartsWith("//", StringComparison.Ordinal) || !Uri.TryCreate("postgres:" + address, UriKind.Absolute, out Uri? uri))
        {
            return address;
        }
        string[] user = uri.UserInfo.Split(':', 2);
        var builder = new NpgsqlConnectionStringBuilder { Host = uri.Host, Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')) };
        if (uri.Port > 0)
        {
            builder.Port = uri.Port;
        }
        if (user[0].Length > 0)
        {
            builder.Username = Uri.UnescapeDataString(user[0]);
        }
        if (user.Length > 1)
        {
            builder.Password = Uri.UnescapeDataString(user[1]);
        }
        return builder.ToString();
    }

    /// <summary>The rows of one query while they are read.</summary>
    private sealed class QueryRows : IDisposable
    {
        private readonly string _name;
        private readonly DbDataReader _reader;
        private readonly DataOptions _options;
        private readonly CellText _cells;
        private readonly TablePlan _plan;
        private readonly SideColumns _side;
        private readonly RowSpool? _rows;
        private readonly LevelSet?[] _levels;
        private readonly object?[] _values;

        public QueryRows(string name, DbDataReader reader, DataOptions options)
        {
            _name = name;
            _reader = reader;
            _options = options;
            _cells = new CellText(options.Missing);
            _plan = new TablePlan(name, [.. Enumerable.Range(0, reader.FieldCount).Select(reader.GetName)], options);
            _side = new SideColumns(_plan);
            _rows = _plan.Data.Length > 0 ? new RowSpool(_plan.Data.Length, SpoolOptions.Of(options)) : null;
            _levels = new LevelSet?[_plan.Data.Length];
            _values = new object?[reader.FieldCount];
        }

        public void Add()
        {
            for (int column = 0; column < _values.Length; column++)
            {
                object value = _reader.GetValue(column);
                _values[column] = value is DBNull ? null : value;
            }
            _side.NextRow(_name, _side.Rows + 1);
            if (_rows is not null)
            {
                Span<double> row = _rows.Add();
                for (int column = 0; column < row.Length; column++)
                {
                    row[column] = double.NaN;
                    row[column] = Cell(column, _values[_plan.Data[column]]);
                }
            }
            AddSide();
        }

        public RowTable Finish()
        {
            RowSource? rows = _rows?.ToRows(TableSchema.Of(_plan, _rows, _levels));
            return _side.ToTable(rows, [_name], _rows?.Storage);
        }

        public void Dispose() => _rows?.Dispose();

        private double Cell(int column, object? value)
        {
            if (value is null)
            {
                return double.NaN;
            }
            if (value is not string text)
            {
                double number = Number(column, value);
                return _levels[column] is { } known && !double.IsNaN(number) ? known.Code(number) : number;
            }
            byte[] utf8 = Encoding.UTF8.GetBytes(text);
            if (_cells.IsMissing(utf8))
            {
                return double.NaN;
            }
            if (_levels[column] is null && CellText.TryNumber(utf8, out double parsed) && double.IsFinite(parsed))
            {
                return parsed;
            }
            if (_options.TextCells == TextCells.Refuse)
            {
                throw Bad(column, "a number", DataFormatException.Quote(text), "name it as a missing value (--missing), or leave the column out (--drop)");
            }
            if (_levels[column] is null)
            {
                LevelSet levels = _levels[column] = new LevelSet();
                _rows!.Transform(column, code => double.IsNaN(code) ? code : levels.Code(code));
            }
            return CellText.TryNumber(utf8, out double level) ? _levels[column]!.Code(level) : _levels[column]!.Code(utf8);
        }

        private double Number(int column, object value)
        {
            double number = value switch
            {
                double real => real,
                float or long or int or short or byte or sbyte or ushort or uint or ulong or decimal or bool => Convert.ToDouble(value, CultureInfo.InvariantCulture),
                _ => throw Bad(column, "a number", $"a value of type {value.GetType().Name}", "convert it in the query, such as with EXTRACT or CAST"),
            };
            return double.IsInfinity(number) ? throw Bad(column, "a finite number", "an infinite one", "correct it, or select NULL there") : number;
        }

        private DataFormatException Bad(int column, string expected, string found, string remedy) =>
            new(_name, expected, $"{found} in row {_side.Rows}", remedy, column: _plan.Names[_plan.Data[column]]);

        private void AddSide()
        {
            if (_plan.Weights >= 0)
            {
                string text = Text(_plan.Weights);
                _side.Weight(double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) && weight >= 0 && double.IsFinite(weight)
                    ? weight
                    : throw new DataFormatException(_name, "a weight that is finite and not negative", $"'{text}' in row {_side.Rows}", "correct it; weight 0 leaves the row out", column: _plan.Names[_plan.Weights]));
            }
            if (_plan.Id >= 0)
            {
                _side.Id(Text(_plan.Id));
            }
            if (_plan.Labels >= 0)
            {
                _side.Label(Utf8(_plan.Labels));
            }
            if (_plan.Sequence >= 0)
            {
                ReadOnlySpan<byte> sequence = Utf8(_plan.Sequence);
                _side.Sequence(sequence.IsEmpty
                    ? throw new DataFormatException(_name, "the sequence of the row", $"none in row {_side.Rows}", "fill it, or leave the row out", column: _plan.Names[_plan.Sequence])
                    : sequence);
            }
            for (int index = 0; index < _plan.Text.Length; index++)
            {
                _side.Text(index, Utf8(_plan.Text[index]));
            }
        }

        private ReadOnlySpan<byte> Utf8(int column) => _cells.Present(Encoding.UTF8.GetBytes(Text(column)));

        private string Text(int column) => Convert.ToString(_values[column], CultureInfo.InvariantCulture) ?? "";
    }
}
