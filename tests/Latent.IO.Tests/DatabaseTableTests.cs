using Microsoft.Data.Sqlite;

namespace Latent.IO.Tests;

/// <summary>Rows of a query.</summary>
public sealed class DatabaseTableTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Database => "sqlite:" + _folder["x.db"];

    [Fact]
    public void NumbersNullsWeightsAndNames()
    {
        Make("CREATE TABLE t(name TEXT, a REAL, b INTEGER, w REAL)", "INSERT INTO t VALUES('one', 1.5, 2, 1), ('two', NULL, 3, 0.5), ('three', 0.1, NULL, 2)");
        using RowTable table = DataFiles.Read(Database, new DataOptions { Query = "SELECT * FROM t ORDER BY rowid", Weights = "w", Id = "name" });
        Assert.Equal(["a", "b"], table.Rows.Schema.Names);
        Tables.SameBits([1.5, 2, double.NaN, 3, 0.1, double.NaN], Tables.Cells(table.Rows));
        Assert.Equal([1, 0.5, 2], table.Rows.Weights.ToArray());
        Assert.Equal(["one", "two", "three"], table.Ids!);
        Assert.Equal([Database], table.Files);
    }

    [Fact]
    public void TextIsAnErrorOrACategory()
    {
        Make("CREATE TABLE t(a REAL, c)", "INSERT INTO t VALUES(1, 'red'), (2, 'blue'), (3, '7'), (4, 'NA'), (5, 8)");
        DataOptions options = new() { Query = "SELECT * FROM t", Missing = ["NA"] };
        string message = Assert.Throws<DataFormatException>(() => DataFiles.Read(Database, options)).Message;
        Assert.Contains("column 'c'", message);
        Assert.Contains("'red' in row 1", message);
        using RowTable table = DataFiles.Read(Database, options with { TextCells = TextCells.Categories });
        Assert.Equal(["7", "8", "blue", "red"], table.Rows.Schema[1].Levels);
        Tables.SameBits([1, 3, 2, 2, 3, 0, 4, double.NaN, 5, 1], Tables.Cells(table.Rows));
    }

    [Fact]
    public void ManyRowsGoToATemporaryFile()
    {
        Make("CREATE TABLE t(a REAL)");
        using RowTable table = DataFiles.Read(Database, new DataOptions
        {
            Query = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9000) SELECT x, x * 0.5 AS half FROM n",
            Memory = 1,
        });
        Assert.Equal(TablePlace.TemporaryFile, table.Storage.Place);
        Assert.Equal(9000, table.RowCount);
        Assert.Equal(4500, table.Rows.GetRows(8999, 1)[0, 1]);
    }

    [Fact]
    public void AQueryThatBreaksOffIsNamedWithTheRowsSoFar()
    {
        Make("CREATE TABLE t(a REAL)");
        string message = Assert.Throws<DataFormatException>(() => DataFiles.Read(Database, new DataOptions
        {
            Query = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 9000) SELECT CASE WHEN x = 5000 THEN abs(-9223372036854775807 - 1) ELSE x END AS a FROM n",
        })).Message;
        Assert.Contains("after 4999 rows", message);
        Assert.Contains("integer overflow", message);
    }

    [Theory]
    [InlineData("SELECT * FROM absent", "no such table")]
    [InlineData("SELECT 1 AS a WHERE 0", "a query without rows")]
    [InlineData("SELECT 1e999 AS a", "an infinite one in row 1")]
    [InlineData("SELECT x'00' AS a", "a value of type Byte[]")]
    public void WhatCannotBeUsedIsNamed(string query, string found)
    {
        Make("CREATE TABLE t(a REAL)");
        string message = Assert.Throws<DataFormatException>(() => DataFiles.Read(Database, new DataOptions { Query = query })).Message;
        Assert.Contains(found, message);
        Assert.DoesNotContain('\n', message);
    }

    [Fact]
    public void ADatabaseIsNotWrittenTo()
    {
        Make("CREATE TABLE t(a REAL)", "INSERT INTO t VALUES(1)");
        Assert.Throws<DataFormatException>(() => DataFiles.Read(Database, new DataOptions { Query = "DELETE FROM t RETURNING a" }));
        using RowTable table = DataFiles.Read(Database, new DataOptions { Query = "SELECT a FROM t" });
        Assert.Equal(1, table.RowCount);
    }

    [Fact]
    public void WhatIsMissingIsSaid()
    {
        Assert.Contains("none of that name", Assert.Throws<DataFormatException>(() => DataFiles.Read(Database, new DataOptions { Query = "SELECT 1" })).Message);
        Make("CREATE TABLE t(a REAL)");
        Assert.Contains("--query", Assert.Throws<ArgumentException>(() => DataFiles.Read(Database)).Message);
        Assert.Contains("one database", Assert.Throws<ArgumentException>(() => DataFiles.Read([Database, Database], new DataOptions { Query = "SELECT 1" })).Message);
        Assert.Contains("a query of a database", Assert.Throws<ArgumentException>(() => DataFiles.Read(_folder.Write("x.csv", "a\n1\n"), new DataOptions { Query = "SELECT 1" })).Message);
    }

    [Fact]
    public void AServerThatIsNotThereIsNamedWithoutThePassword()
    {
        string message = Assert.Throws<DataFormatException>(
            () => DataFiles.Read("postgres:Host=127.0.0.1;Port=9;Username=me;Password=secret;Timeout=2", new DataOptions { Query = "SELECT 1" })).Message;
        Assert.StartsWith("postgres", message);
        Assert.Contains("127.0.0.1:9", message);
        Assert.DoesNotContain("secret", message);
    }

    [Fact]
    public void AddressesAreConnections()
    {
        Assert.Equal("Host=db;Database=\"x y\";Port=5433;Username=me;Password=p@ss", DatabaseTable.ToConnectionString("//me:p%40ss@db:5433/x%20y"));
        Assert.Equal("Host=db", DatabaseTable.ToConnectionString("Host=db"));
    }

    public void Dispose() => _folder.Dispose();

    private void Make(params string[] statements)
    {
        using SqliteConnection connection = new($"Data Source={_folder["x.db"]};Pooling=False");
        connection.Open();
        foreach (string statement in statements)
        {
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = statement;
            command.ExecuteNonQuery();
        }
    }
}
