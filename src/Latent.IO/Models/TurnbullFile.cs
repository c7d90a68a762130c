using System.Text.Json;
using Latent.Nonparametric;

namespace Latent.IO;

/// <summary>Between nonparametric estimates of interval-censored events and saved models.</summary>
public static class TurnbullFile
{
    /// <summary>The name of the model in files.</summary>
    public const string ModelName = "npmle";

    /// <summary>The parameters as JSON: "intervals", pairs of left and right ends with null for an infinite one, and their "masses".</summary>
    public static JsonElement ParametersOf(TurnbullEstimate estimate)
    {
        ArgumentNullException.ThrowIfNull(estimate);
        TurnbullParameters parameters = new()
        {
            Intervals = [.. estimate.Left.Zip(estimate.Right, (left, right) => (double?[])[Finite(left), Finite(right)])],
            Masses = [.. estimate.Masses],
        };
        return JsonSerializer.SerializeToElement(parameters, ModelFileJson.Default.TurnbullParameters);
    }

    /// <summary>The estimate of a saved model.</summary>
    /// <exception cref="DataFormatException">The file holds another model, or damaged parameters.</exception>
    public static TurnbullEstimate ToTurnbullEstimate(this ModelFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        file.Require(ModelName);
        TurnbullParameters parameters = file.ParametersAs(ModelFileJson.Default.TurnbullParameters);
        if (parameters.Intervals is not { Length: > 0 } intervals || parameters.Masses is not { } masses || Array.Exists(intervals, pair => pair?.Length != 2))
        {
            throw file.Invalid("\"intervals\" of two ends each, and \"masses\"", "others");
        }
        try
        {
            return new TurnbullEstimate([.. intervals.Select(pair => pair[0] ?? double.NegativeInfinity)], [.. intervals.Select(pair => pair[1] ?? double.PositiveInfinity)], masses);
        }
        catch (ArgumentException cause)
        {
            throw file.Invalid("intervals in order, with masses", $"others ({cause.Message.TrimEnd('.')})", cause);
        }
    }

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>Intervals and masses in a file.</summary>
internal sealed class TurnbullParameters
{
    public double?[][]? Intervals { get; set; }

    public double[]? Masses { get; set; }
}
