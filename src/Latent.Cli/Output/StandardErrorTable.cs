using System.Globalization;

namespace Latent.Cli.Output;

/// <summary>Standard errors and confidence intervals, for people.</summary>
internal static class StandardErrorTable
{
    /// <summary>A table with a line per parameter.</summary>
    /// <param name="errors">The parameters.</param>
    /// <param name="unknown">What it is that costs the information which is missing.</param>
    public static Section Of(StandardErrorsJson errors, string unknown)
    {
        bool tests = errors.Parameters.Any(parameter => parameter.PValue is not null);
        bool missing = errors.Parameters.Any(parameter => double.IsFinite(parameter.MissingInformation));
        TextTable table = new(["<parameter", "estimate", "std. error", "lower", "upper", .. tests ? ["p-value"] : Array.Empty<string>(), .. missing ? ["missing"] : Array.Empty<string>()]);
        foreach (ParameterJson parameter in errors.Parameters)
        {
            int decimals = Numbers.Decimals(parameter.StandardError, Math.Abs(parameter.Estimate));
            string[] cells =
            [
                parameter.Name, Numbers.Fixed(parameter.Estimate, decimals), Numbers.Fixed(parameter.StandardError, decimals),
                Numbers.Fixed(parameter.Lower, decimals), Numbers.Fixed(parameter.Upper, decimals),
                .. tests ? [parameter.PValue is { } p ? PValue(p) : ""] : Array.Empty<string>(),
            ];
            table.Add(missing ? [.. cells, double.IsFinite(parameter.MissingInformation) ? Numbers.Percent(parameter.MissingInformation) : "-"] : cells);
        }
        return Section.Of(string.Create(CultureInfo.InvariantCulture, $"{100 * errors.Confidence:0.##} % confidence intervals, by {errors.Method}"), table) with
        {
            Footer = missing ? $"missing: the share of the variance that comes from {unknown}" : null,
        };
    }

    private static string PValue(double value) => double.IsNaN(value) ? "-" : value < 1e-4 ? "<0.0001" : Numbers.Fixed(value, 4);

    /// <summary>What makes some of them doubtful.</summary>
    public static IEnumerable<string> Warnings(ParameterEstimates? estimates) => estimates is null
        ? []
        : [.. estimates.Undetermined.Select(direction => $"Standard errors: {direction}. Use fewer components, or a simpler covariance."),
            .. estimates.Notes.Select(note => $"Standard errors: {note}")];
}
