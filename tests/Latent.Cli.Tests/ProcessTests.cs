using System.Diagnostics;
using System.Text.Json;

namespace Latent.Cli.Tests;

/// <summary>The command as a process of its own: exit codes, streams, signals.</summary>
public sealed class ProcessTests : TempFolder
{
    private static readonly string _command = Path.Join(AppContext.BaseDirectory, "Latent.Cli.dll");

    [Fact]
    public async Task A_fit_prints_to_its_streams_and_ends_with_zero()
    {
        CliResult result = await Start("fit", "gmm", Data.Faithful, "-k", "2").End();
        Assert.Equal(ExitCode.Done, result.Code);
        Assert.Contains("-1130.264", result.Out);
        Assert.DoesNotContain('\u001b', result.Out + result.Error);
        Assert.Empty(result.Error);
    }

    [Theory]
    [InlineData(ExitCode.Usage, "fit", "gmm")]
    [InlineData(ExitCode.Data, "fit", "gmm", "no.csv", "-k", "2")]
    public async Task Failures_are_one_line_and_a_code(int code, params string[] arguments) => (await Start(arguments).End()).Refused(code);

    [Fact]
    public async Task Standard_input_is_read_to_its_end()
    {
        Process process = Start("fit", "kmeans", "-", "-k", "2", "--json");
        await process.StandardInput.WriteAsync(File.ReadAllText(Data.Faithful));
        CliResult result = await process.End();
        Assert.Equal(272, result.Ok().Json.GetProperty("rows").GetInt32());
    }

    [Fact]
    public async Task Ctrl_C_saves_the_best_so_far()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        string data = Write("long.csv", Data.Groups(40_000, 4, groups: 6));
        Process process = Start(
            "fit", "gmm", data, "-k", "9", "--accelerate", "none", "--tolerance", "0", "--max-iterations", "1000000", "--starts", "1", "-o", At("m.json"), "--json",
            "--checkpoint", At("c"), "--checkpoint-interval", "0s");
        while (!process.HasExited && !File.Exists(At("c.previous")))
        {
            await Task.Delay(10);
        }
        using (Process kill = Process.Start("kill", ["-INT", process.Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }
        CliResult result = await process.End();
        Assert.Equal(ExitCode.Cancelled, result.Code);
        Assert.Equal("Cancelled", result.Json.GetProperty("stopReason").GetString());
        Assert.Equal("Cancelled", JsonDocument.Parse(File.ReadAllText(At("m.json"))).RootElement.GetProperty("fit").GetProperty("stopReason").GetString());
    }

    private static Process Start(params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet", [_command, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start)!;
    }
}

/// <summary>Waiting for a process.</summary>
internal static class ProcessEnd
{
    /// <summary>Closes its input and reads what it prints until it ends.</summary>
    public static async Task<CliResult> End(this Process process)
    {
        using (process)
        {
            process.StandardInput.Close();
            Task<string> output = process.StandardOutput.ReadToEndAsync();
            Task<string> error = process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            return new CliResult(process.ExitCode, await output, await error);
        }
    }
}
