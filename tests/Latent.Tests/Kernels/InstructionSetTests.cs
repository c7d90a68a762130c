using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Latent.Tests.Kernels;

/// <summary>Whole fits in processes of their own, with instruction sets switched off: the same bits.</summary>
public sealed class InstructionSetTests
{
    private static readonly string[] _switches = ["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F", "DOTNET_EnableAVX2", "DOTNET_EnableHWIntrinsic"];

    private static readonly Lazy<string[]> _widest = new(() => Run([]));

    [Theory]
    [InlineData("DOTNET_EnableAVX512", "DOTNET_EnableAVX512F")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public void FitsHaveTheSameBits(params string[] off)
    {
        string[] found = Run(off);

        Assert.True(_widest.Value.Length > 10, string.Join(Environment.NewLine, _widest.Value));
        Assert.Equal(_widest.Value[1..], found[1..]);
    }

    /// <summary>The switches do switch: the child says that it had less to use, on a processor that has it.</summary>
    [Fact]
    public void SwitchesTakeEffect()
    {
        Assert.Equal("registers 2 False False False", Run(["DOTNET_EnableHWIntrinsic"])[0]);
        if (Switched() || !Avx2.IsSupported)
        {
            return;
        }
        Assert.EndsWith($" True {Vector512.IsHardwareAccelerated} True", _widest.Value[0], StringComparison.Ordinal);
        Assert.EndsWith(" False False", Run(["DOTNET_EnableAVX2"])[0], StringComparison.Ordinal);
        Assert.EndsWith(" True False True", Run(["DOTNET_EnableAVX512", "DOTNET_EnableAVX512F"])[0], StringComparison.Ordinal);
    }

    private static bool Switched() => Array.Exists(_switches, name => Environment.GetEnvironmentVariable(name) is not null);

    private static string[] Run(string[] off)
    {
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Latent.Isa.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in _switches)
        {
            start.Environment.Remove(name);
        }
        foreach (string name in off)
        {
            start.Environment[name] = "0";
        }
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"Expected exit 0 with {string.Join(", ", off)} off, found {process.ExitCode}: {errors.Result}");
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
