using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Latent.Cli.Tests;

/// <summary>A fact that needs a PostgreSQL server's programs; where there are none it says so and is skipped.</summary>
public sealed class PostgresFactAttribute : FactAttribute
{
    /// <summary>Skips where there is no server.</summary>
    public PostgresFactAttribute() => Skip = PostgresServer.Missing;
}

/// <summary>A theory that needs a PostgreSQL server's programs; where there are none it says so and is skipped.</summary>
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    /// <summary>Skips where there is no server.</summary>
    public PostgresTheoryAttribute() => Skip = PostgresServer.Missing;
}

/// <summary>A PostgreSQL server in a folder of its own, on a free port of this machine, until it is disposed of.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly string? _programs = new[] { "/usr/lib/postgresql", "/usr/pgsql" }
        .Where(Directory.Exists)
        .SelectMany(Directory.GetDirectories)
        .Select(version => Path.Join(version, "bin"))
        .Where(folder => File.Exists(Path.Join(folder, "initdb")))
        .Order()
        .LastOrDefault();

    private readonly Process _process;

    private PostgresServer(Process process, string connection) => (_process, Connection) = (process, connection);

    /// <summary>The reason for which no server can be started here; null where one can.</summary>
    public static string? Missing { get; } = _programs is null ? "SKIPPED: no /usr/lib/postgresql/*/bin/initdb: install postgresql to test fits from a database server" : null;

    /// <summary>The connection string.</summary>
    public string Connection { get; }

    /// <summary>Makes a database in a folder that is not there yet, and starts its server.</summary>
    public static async Task<PostgresServer> Start(string folder)
    {
        Directory.CreateDirectory(folder);
        if (!OperatingSystem.IsWindows())
        {
            // A server that refuses to run as root runs as nobody, who must come in.
            File.SetUnixFileMode(Path.GetDirectoryName(folder)!, (UnixFileMode)0b111_001_001);
            File.SetUnixFileMode(folder, (UnixFileMode)0b111_111_111);
        }
        string data = Path.Join(folder, "data");
        CliResult made = await Run("initdb", "-D", data, "-U", "latent", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync").End();
        Assert.True(made.Code == 0, made.Error);
        int port = FreePort();
        Process process = Run("postgres", "-D", data, "-k", folder, "-h", "127.0.0.1", "-p", $"{port}", "-F");
        _ = process.StandardOutput.ReadToEndAsync();
        Task<string> log = process.StandardError.ReadToEndAsync();
        string connection = $"Host=127.0.0.1;Port={port};Username=latent;Database=postgres;Pooling=false;Timeout=5";
        for (int turn = 0; ; turn++)
        {
            try
            {
                await using NpgsqlConnection first = new(connection);
                await first.OpenAsync();
                return new PostgresServer(process, connection);
            }
            catch (NpgsqlException) when (turn < 300)
            {
                Assert.False(process.HasExited, process.HasExited ? await log : "");
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Ends the server and all its connections at once, as a power cut would.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Kill();
        }
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static Process Run(string program, params string[] arguments)
    {
        string[] words = [Path.Join(_programs, program), .. arguments];
        if (Environment.IsPrivilegedProcess)
        {
            words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", .. words];
        }
        ProcessStartInfo start = new(words[0], words[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
