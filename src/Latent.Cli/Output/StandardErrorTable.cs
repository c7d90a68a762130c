using System.Globalization;

namespace Latent.Cli.Output;

/// <summary>Standard errors and confidence intervals, for people.</summary>
internal static class StandardErrorTable
{
    /// <summary>A table with a line per parameter.</summary>
    /// <param name="estimates">The parameters.</param>
    /// <param name="isEffect">Whether a parameter, by its name, is one of which to ask whether it is 0.</param>
    /// <param name="unknown">What it is that costs the information which is missing.</param>
    public static Section Of(ParameterEstimates estimates, Func<string, bool> isEffect, string unknown)
    {
        bool tests = estimates.Parameters.Any(parameter => isEffect(parameter.Name));
        bool missing = estimates.Parameters.Any(parameter => double.IsFinite(parameter.MissingInformation));
        TextTable table = new(["<parameter", "estimate", "std. error", "lower", "upper", .. tests ? ["p-value"] : Array.Empty<string>(), .. missing ? ["missing"] : Array.Empty<string>()]);
        foreach (ParameterEstimate parameter in estimates.Parameters)
        {
            int decimals = Numbers.Decimals(parameter.StandardError, Math.Abs(parameter.Value));
            string[] cells =
            [
                parameter.Name, Numbers.Fixed(parameter.Value, decimals), Numbers.Fixed(parameter.StandardError, decimals),
                Numbers.Fixed(parameter.Lower, decimals), Numbers.Fixed(parameter.Upper, decimals),
                .. tests ? [isEffect(parameter.Name) ? PValue(parameter.PValue) : ""] : Array.Empty<string>(),
            ];
            table.Add(missing ? [.. cells, double.IsFinite(parameter.MissingInformation) ? Numbers.Percent(parameter.MissingInformation) : "-"] : cells);
        }
        return Section.Of(string.Create(CultureInfo.InvariantCulture, $"{100 * estimates.Confidence:0.##} % confidence intervals, by {estimates.Method}"), table) with
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
