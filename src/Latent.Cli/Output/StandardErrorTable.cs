using System.Globalization;

namespace Latent.Cli.Output;

/// <summary>Standard errors and confidence intervals, for people.</summary>
internal static class StandardErrorTable
{
    /// <summary>A table with a line per parameter.</summary>
    public static Section Of(ParameterEstimates estimates)
    {
        bool missing = estimates.Parameters.Any(parameter => double.IsFinite(parameter.MissingInformation));
        TextTable table = new(["<parameter", "estimate", "std. error", "lower", "upper", .. missing ? ["missing"] : Array.Empty<string>()]);
        foreach (ParameterEstimate parameter in estimates.Parameters)
        {
            int decimals = Numbers.Decimals(parameter.StandardError, Math.Abs(parameter.Value));
            string[] cells =
            [
                parameter.Name, Numbers.Fixed(parameter.Value, decimals), Numbers.Fixed(parameter.StandardError, decimals),
                Numbers.Fixed(parameter.Lower, decimals), Numbers.Fixed(parameter.Upper, decimals),
            ];
            table.Add(missing ? [.. cells, double.IsFinite(parameter.MissingInformation) ? Numbers.Percent(parameter.MissingInformation) : "-"] : cells);
        }
        return Section.Of(string.Create(CultureInfo.InvariantCulture, $"{100 * estimates.Confidence:0.##} % confidence intervals, by {estimates.Method}"), table) with
        {
            Footer = missing ? "missing: the share of the variance that comes from not knowing the rows' components" : null,
        };
    }

    /// <summary>What makes some of them doubtful.</summary>
    public static IEnumerable<string> Warnings(ParameterEstimates? estimates) => estimates is null
        ? []
        : [.. estimates.Undetermined.Select(direction => $"Standard errors: {direction}. Use fewer components, or a simpler covariance."),
            .. estimates.Notes.Select(note => $"Standard errors: {note}")];
}
