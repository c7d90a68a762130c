using System.Text.Json;

namespace Latent.Cases;

/// <summary>Numbers out of a case.</summary>
internal static class Json
{
    public static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    public static double[] Vector(this JsonElement element) => [.. element.EnumerateArray().Select(value => value.GetDouble())];

    public static double[][] Matrix(this JsonElement element) => [.. element.EnumerateArray().Select(Vector)];

    public static double[][][] Cube(this JsonElement element) => [.. element.EnumerateArray().Select(Matrix)];

    /// <summary>The property, or null where it is absent or null.</summary>
    public static JsonElement? Find(this JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement found) && found.ValueKind != JsonValueKind.Null ? found : null;
}
