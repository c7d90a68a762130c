using Npgsql;

namespace Latent.Cli.Tests;

/// <summary>Fits through a query of a PostgreSQL server that the tests start for themselves.</summary>
public sealed class PostgresTests : TempFolder
{
    [PostgresFact]
    public async Task A_query_gives_the_fit_of_the_same_rows_in_a_file()
    {
        await using PostgresServer server = await PostgresServer.Start(At("server"));
        string rows = Data.Groups(5000, 2);
        string path = Write("x.csv", rows);
        await using (NpgsqlConnection connection = new(server.Connection))
        {
            await connection.OpenAsync();
            await using (NpgsqlCommand make = new("CREATE TABLE t(n serial, a float8, b float8)", connection))
            {
                await make.ExecuteNonQueryAsync();
            }
            await using TextWriter copy = await connection.BeginTextImportAsync("COPY t(a, b) FROM STDIN (FORMAT csv, HEADER true)");
            await copy.WriteAsync(rows);
        }
        string[] fit = ["-k", "2", "--starts", "2", "--json"];
        string file = Cli.Run(["fit", "gmm", path, .. fit]).Ok().Json.GetProperty("parameters").GetRawText();
        string[] query = ["fit", "gmm", "postgres:" + server.Connection, "--query", "SELECT a, b FROM t ORDER BY n", .. fit];
        Assert.Equal(file, Cli.Run(query).Ok().Json.GetProperty("parameters").GetRawText());
        Assert.Equal(file, Cli.Run([.. query, "--memory", "1kB"]).Ok().Json.GetProperty("parameters").GetRawText());
    }

    [PostgresTheory]
    [InlineData("connection")]
    [InlineData("server")]
    public async Task A_lost_connection_is_named_with_the_rows_that_came(string what)
    {
        await using PostgresServer server = await PostgresServer.Start(At("server"));
        await using NpgsqlConnection connection = new(server.Connection);
        await connection.OpenAsync();
        await using (NpgsqlCommand count = new("CREATE SEQUENCE sent", connection))
        {
            await count.ExecuteNonQueryAsync();
        }
        // Rows for minutes, one after the other and counted, under a name of their own.
        string address = $"postgres:{server.Connection};Application Name=fit";
        Task<CliResult> running = Cli.Begin(
            "fit", "gmm", address, "--query", "SELECT generate_series(1, 1000000000)::float8 AS a, nextval('sent')::float8 AS b", "-k", "2", "--memory", "1MB", "-o", At("m.json"));
        await using NpgsqlCommand ended = new("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'fit' AND query LIKE '%generate_series%'", connection);
        // More than the buffers between server and fit can hold.
        await using NpgsqlCommand sent = new("SELECT last_value FROM sent", connection);
        Assert.True(running.Until(() => (long)sent.ExecuteScalar()! > 500_000), running.IsCompleted ? (await running).Error : "");
        if (what == "server")
        {
            server.Kill();
        }
        else
        {
            await ended.ExecuteScalarAsync();
        }
        string line = (await running.WaitAsync(TimeSpan.FromMinutes(1))).Refused(ExitCode.Data);
        Assert.Matches("^latent: postgres: expected rows to the end of the query, found an error \\(.+\\) after [1-9][0-9]* rows; check the database and the connection", line);
        Assert.False(File.Exists(At("m.json")));
    }
}
