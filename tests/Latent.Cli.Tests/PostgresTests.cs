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
        // Rows for minutes, one after the other, under a name of their own.
        string address = $"postgres:{server.Connection};Application Name=fit";
        Task<CliResult> running = Task.Run(() => Cli.Run(
            "fit", "gmm", address, "--query", "SELECT generate_series(1, 1000000000)::float8 AS a, random() AS b", "-k", "2", "--memory", "1MB", "-o", At("m.json")));
        await using NpgsqlConnection connection = new(server.Connection);
        await connection.OpenAsync();
        await using NpgsqlCommand ended = new("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'fit' AND query LIKE '%generate_series%'", connection);
        await using NpgsqlCommand begun = new("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'fit' AND query LIKE '%generate_series%'", connection);
        while ((long)(await begun.ExecuteScalarAsync())! == 0)
        {
            Assert.False(running.IsCompleted, running.IsCompleted ? (await running).Error : "");
            await Task.Delay(20);
        }
        await Task.Delay(300);
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
