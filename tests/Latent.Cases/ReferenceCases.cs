using System.Text.Json;

namespace Latent.Cases;

/// <summary>
/// The published reference cases: data with verified answers. They lie beside the checkout (<c>../shared/cases</c>), or where
/// the environment variable LATENT_CASES says.
/// </summary>
internal static class ReferenceCases
{
    private static readonly Lazy<string?> _folder = new(Find);
    private static readonly Lazy<IReadOnlyDictionary<string, ReferenceCase>> _all = new(Load);

    /// <summary>The folder of the cases, or null where there is none.</summary>
    public static string? Folder => _folder.Value;

    /// <summary>Every case by its id, in the order of the file; empty where there is no folder.</summary>
    public static IReadOnlyDictionary<string, ReferenceCase> All => _all.Value;

    /// <summary>The case of an id.</summary>
    public static ReferenceCase Get(string id) => All[id];

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("LATENT_CASES") is { Length: > 0 } given)
        {
            return File.Exists(Path.Combine(given, "cases.json"))
                ? given
                : throw new DirectoryNotFoundException($"Expected cases.json in the folder that LATENT_CASES names, found none in {given}. Correct or unset it.");
        }
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "shared", "cases");
            if (File.Exists(Path.Combine(candidate, "cases.json")))
            {
                return candidate;
            }
        }
        return null;
    }

    private static IReadOnlyDictionary<string, ReferenceCase> Load()
    {
        OrderedDictionary<string, ReferenceCase> cases = [];
        if (Folder is { } folder)
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, "cases.json"));
            foreach (JsonElement element in JsonSerializer.Deserialize<JsonElement>(stream).EnumerateArray())
            {
                ReferenceCase found = new(folder, element);
                cases.Add(found.Id, found);
            }
        }
        return cases;
    }
}
