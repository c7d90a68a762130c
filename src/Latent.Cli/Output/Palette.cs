using Spectre.Console;

namespace Latent.Cli.Output;

/// <summary>The colours of components: the same in tables and pictures.</summary>
internal static class Palette
{
    private static readonly (int Ansi, Color Color)[] _colors =
    [
        (36, Color.Teal), (33, Color.Olive), (35, Color.Purple), (32, Color.Green), (34, Color.Navy), (31, Color.Maroon),
    ];

    /// <summary>The number of a component's colour in an escape sequence.</summary>
    public static int Ansi(int component) => _colors[component % _colors.Length].Ansi;

    /// <summary>A component's colour.</summary>
    public static Color Of(int component) => _colors[component % _colors.Length].Color;
}
