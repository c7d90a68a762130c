using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Latent.IO;

namespace Latent.Cli.Output;

/// <summary>Prints one JSON object to standard output.</summary>
internal static class JsonOutput
{
    /// <summary>Prints <paramref name="value"/>, one property a line.</summary>
    public static void Write<T>(Terminal terminal, T value, JsonTypeInfo<T> type)
    {
        terminal.Out.Flush();
        JsonLines.Write(terminal.OutStream, JsonSerializer.SerializeToElement(value, type));
        terminal.OutStream.Flush();
    }
}
