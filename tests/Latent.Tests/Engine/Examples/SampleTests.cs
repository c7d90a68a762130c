using System.Diagnostics;

namespace Latent.Tests.Engine.Examples;

/// <summary>The sample runs as a program of its own and prints the published answer.</summary>
public sealed class SampleTests
{
    [Fact]
    public void TheCustomModelPrintsHasselbladsAnswer()
    {
        using Process process = Process.Start(new ProcessStartInfo(
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "CustomModel.dll")])
        {
            RedirectStandardOutput = true,
        })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();

        Assert.Equal(0, process.ExitCode);
        Assert.Contains("share          0.359", output, StringComparison.Ordinal);
        Assert.Contains("rates          1.25", output, StringComparison.Ordinal);
        Assert.Contains("log-likelihood -1989.94586", output, StringComparison.Ordinal);
        Assert.Contains("Converged after", output, StringComparison.Ordinal);
    }
}
