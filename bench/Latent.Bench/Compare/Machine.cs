using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Latent.Bench.Compare;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    /// <summary>The processor's own name.</summary>
    public static string Processor { get; } = File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").First(line => line.StartsWith("model name", StringComparison.Ordinal)).Split(':')[1].Trim()
        : RuntimeInformation.ProcessArchitecture.ToString();

    private static string Family { get; } = File.Exists("/proc/cpuinfo")
        ? string.Join('-', new[] { "cpu family", "model" }.Select(name => File.ReadLines("/proc/cpuinfo").First(line => line.Split('\t')[0].Trim() == name).Split(':')[1].Trim()))
        : "";

    /// <summary>The width of its registers, as .NET sees it.</summary>
    public static string Registers => Vector512.IsHardwareAccelerated ? "AVX-512" : Vector256.IsHardwareAccelerated ? "AVX2" : "scalar";

    /// <summary>A name for the file of results.</summary>
    public static string FileName { get; } =
        string.Concat($"{Processor}-{Family}-{Registers}".ToLowerInvariant().Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '-')).Replace("--", "-", StringComparison.Ordinal);

    /// <summary>One line about it.</summary>
    public static string Line => $"{Processor} (family-model {Family}), {Environment.ProcessorCount} processors, {Registers}; .NET {Environment.Version}";
}
