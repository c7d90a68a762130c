using System.Text.Json;

namespace Latent.IO;

/// <summary>Writes a JSON object with one property a line, and whatever is inside a property on that line.</summary>
public static class JsonLines
{
    /// <summary>Writes <paramref name="value"/>, an object, as UTF-8.</summary>
    /// <exception cref="ArgumentException">The value is no object.</exception>
    public static void Write(Stream stream, JsonElement value)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (value.ValueKind != JsonValueKind.Object)
        {
            throw new ArgumentException($"Expected a JSON object, found {value.ValueKind}.", nameof(value));
        }
        stream.Write("{"u8);
        bool first = true;
        foreach (JsonProperty property in value.EnumerateObject())
        {
            stream.Write(first ? "\n  "u8 : ",\n  "u8);
            first = false;
            stream.Write(JsonEncodedText.Encode(property.Name) is var name ? [.. "\""u8, .. name.EncodedUtf8Bytes, .. "\": "u8] : default);
            using Utf8JsonWriter writer = new(stream);
            property.Value.WriteTo(writer);
        }
        stream.Write("\n}\n"u8);
    }
}
