namespace Latent.Tests.Architecture;

/// <summary>How long sources are.</summary>
public static class SourceLines
{
    // Of Gaussian components only the full one is a family of the catalog: the others, and Student's, are structures of gmm and tmm.
    private static readonly string[] _structures = ["SphericalGaussianFamily", "DiagonalGaussianFamily", "TiedGaussianFamily", "StudentFamily"];

    /// <summary>Lines with code: neither empty nor comment.</summary>
    public static int Count(IEnumerable<string> lines) => lines.Select(line => line.Trim()).Count(line => line.Length > 0 && !line.StartsWith("//", StringComparison.Ordinal));

    /// <summary>
    /// Every class of a family and its lines with those of its component type; without abilities that stand in files of their own because only <c>gmm</c> asks for them.
    /// </summary>
    public static IEnumerable<(string Name, int Lines)> OfFamilies() =>
        from file in Repository.Files("src/Latent/Families", "*Family.cs")
        let name = Path.GetFileNameWithoutExtension(file)
        where Path.GetFileName(Path.GetDirectoryName(file)) is "Continuous" or "Discrete" or "Gaussian" && !_structures.Contains(name)
        let component = Path.Combine(Path.GetDirectoryName(file)!, name[..^"Family".Length] + ".cs")
        select (name, Count(File.ReadLines(file)) + (File.Exists(component) ? Count(File.ReadLines(component)) : 0));
}
