using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>Between models and the files they are saved in.</summary>
internal static class SavedModels
{
    /// <summary>The setting with the names of the first components, where labels gave them some.</summary>
    public const string LabelsSetting = "labels";

    /// <summary>The content of the file of a fit.</summary>
    public static ModelFile ToFile(ModelFit fit, ulong seed) => new()
    {
        Model = fit.Model.Kind.Name,
        Columns = fit.Model.Columns,
        Seed = seed,
        Settings = fit.Model.LabelNames.Count == 0 ? fit.Model.Settings : new Dictionary<string, string>(fit.Model.Settings) { [LabelsSetting] = string.Join(KnownComponents.Separator, fit.Model.LabelNames) },
        Parameters = fit.Model.Parameters(),
        Fit = new ModelFileFit
        {
            Rows = fit.Figures.Rows,
            LogLikelihood = fit.Figures.LogLikelihood,
            Objective = fit.Figures.Objective,
            FreeParameters = fit.Figures.FreeParameters,
            Aic = fit.Figures.Aic,
            Bic = fit.Figures.Bic,
            Icl = fit.Figures.Icl,
            Iterations = fit.Figures.Iterations,
            StopReason = fit.Figures.StopReason.ToString(),
            Converged = fit.Figures.Converged,
        },
        StandardErrors = fit.StandardErrors is { } errors ? JsonSerializer.SerializeToElement(StandardErrorsJson.Of(errors, fit.Model.IsEffect), CliJson.Default.StandardErrorsJson) : null,
    };

    /// <summary>Reads any saved model.</summary>
    /// <exception cref="DataFormatException">The file is no saved model of a kind that this command knows.</exception>
    public static (FittedModel Model, ModelFile File) Read(string path)
    {
        ModelFile file = ModelFile.Read(path);
        return (Load(file), file);
    }

    /// <summary>The model of a file.</summary>
    /// <exception cref="DataFormatException">It is of no kind that this command knows, or damaged.</exception>
    public static FittedModel Load(ModelFile file)
    {
        ModelKind kind = ModelRegistry.Find(file.Model)
            ?? throw new DataFormatException(file.Path, $"a model of a known kind ({ModelRegistry.Names})", $"'{file.Model}'", "read it with the version that saved it");
        FittedModel model = kind.Load(file);
        model.LabelNames = file.Settings.TryGetValue(LabelsSetting, out string? names) ? names.Split(KnownComponents.Separator) : [];
        return model;
    }
}
