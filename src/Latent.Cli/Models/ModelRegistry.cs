namespace Latent.Cli.Models;

/// <summary>Every model of the command. A new one is a line here.</summary>
internal static class ModelRegistry
{
    /// <summary>The models, in the order they are listed.</summary>
    public static IReadOnlyList<ModelKind> All { get; } =
    [
        new GaussianMixtureKind(),
        new StudentMixtureKind(),
        new FactorMixtureKind(),
        new KMeansKind(),
        new FamilyMixtureKind(),
        new LatentClassKind(),
        new RegressionKind(),
        new TurnbullKind(),
        new MultivariateNormalKind(),
        new FactorKind(isotropic: false),
        new FactorKind(isotropic: true),
        new TopicKind(),
        new HiddenMarkovKind(),
    ];

    /// <summary>Their names, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(kind => kind.Name));

    /// <summary>The model of a name, or null.</summary>
    public static ModelKind? Find(string name) => All.FirstOrDefault(kind => kind.Name == name);
}
