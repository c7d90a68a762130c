using Latent.Mixtures;

namespace Latent.IO;

/// <summary>What saved mixtures of every family say beside their own settings.</summary>
public static class MixtureSettings
{
    /// <summary>The setting that says "true" where the weights of the components are held equal; else it is not there.</summary>
    public const string EqualWeights = "equalWeights";

    /// <summary>The settings of a mixture.</summary>
    /// <param name="mixture">The mixture.</param>
    /// <param name="own">Those of its family, by name.</param>
    public static IReadOnlyDictionary<string, string> Of(IFittedMixture mixture, params IEnumerable<(string Name, string Value)> own)
    {
        ArgumentNullException.ThrowIfNull(mixture);
        return own.Concat(mixture.EqualWeights ? [(EqualWeights, "true")] : []).ToDictionary();
    }

    /// <summary>Whether a saved model holds its weights equal.</summary>
    public static bool HasEqualWeights(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Settings.GetValueOrDefault(EqualWeights) == "true";
    }
}
