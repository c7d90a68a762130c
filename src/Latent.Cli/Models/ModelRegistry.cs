using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>Every model of the command. A new one is a line here.</summary>
internal static class ModelRegistry
{
    // Made when asked for: a command line names one model, and the options of all of them take longer to make than a small fit.
    private static readonly (string Name, Lazy<ModelKind> Kind)[] _entries =
    [
        Entry(GaussianMixtureFile.ModelName, static () => new GaussianMixtureKind()),
        Entry(StudentMixtureFile.ModelName, static () => new StudentMixtureKind()),
        Entry(FactorMixtureFile.ModelName, static () => new FactorMixtureKind()),
        Entry(KMeansFile.ModelName, static () => new KMeansKind()),
        Entry(FamilyMixtureFile.ModelName, static () => new FamilyMixtureKind()),
        Entry(FamilyMixtureFile.LatentClassName, static () => new LatentClassKind()),
        Entry(RegressionFile.ModelName, static () => new RegressionKind()),
        Entry(TurnbullFile.ModelName, static () => new TurnbullKind()),
        Entry(MultivariateNormalFile.ModelName, static () => new MultivariateNormalKind()),
        Entry(FactorFile.AnalysisName, static () => new FactorKind(isotropic: false)),
        Entry(FactorFile.ComponentsName, static () => new FactorKind(isotropic: true)),
        Entry(TopicModelFile.ModelName, static () => new TopicKind()),
        Entry(HiddenMarkovFile.ModelName, static () => new HiddenMarkovKind()),
    ];

    /// <summary>The models, in the order they are listed.</summary>
    public static IReadOnlyList<ModelKind> All => Array.ConvertAll(_entries, entry => entry.Kind.Value);

    /// <summary>Their names, for messages.</summary>
    public static string Names => string.Join(", ", _entries.Select(entry => entry.Name));

    /// <summary>The model of a name, or null.</summary>
    public static ModelKind? Find(string name) => Array.Find(_entries, entry => entry.Name == name).Kind?.Value;

    private static (string Name, Lazy<ModelKind> Kind) Entry(string name, Func<ModelKind> make) => (name, new Lazy<ModelKind>(make));
}
