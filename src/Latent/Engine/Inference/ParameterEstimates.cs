using System.Globalization;
using System.Text;
using MathNet.Numerics.LinearAlgebra;

namespace Latent;

/// <summary>The parameters of a fit with standard errors, confidence intervals and covariances.</summary>
public sealed class ParameterEstimates
{
    private readonly Matrix<double> _covariance;
    private readonly Dictionary<string, int> _index = [];

    internal ParameterEstimates(IReadOnlyList<ParameterEstimate> parameters, Matrix<double> covariance)
    {
        Parameters = parameters;
        _covariance = covariance;
        for (int i = 0; i < parameters.Count; i++)
        {
            _index.Add(parameters[i].Name, i);
        }
    }

    /// <summary>One entry per natural parameter, in the model's order.</summary>
    public IReadOnlyList<ParameterEstimate> Parameters { get; }

    /// <summary>The parameter of a name.</summary>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public ParameterEstimate this[string name] => Parameters[IndexOf(name)];

    /// <summary>The covariance of two estimates; NaN where one of them has no standard error.</summary>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public double Covariance(string first, string second) => _covariance[IndexOf(first), IndexOf(second)];

    /// <summary>The covariances of all estimates, in the order of <see cref="Parameters"/>.</summary>
    public double[,] CovarianceMatrix => _covariance.ToArray();

    /// <summary>Where the standard errors come from, in words.</summary>
    public required string Method { get; init; }

    /// <summary>The coverage that the intervals aim at.</summary>
    public required double Confidence { get; init; }

    /// <summary>Passes over the data that it took; for a bootstrap those of all replicates.</summary>
    public required int Passes { get; init; }

    /// <summary>The largest relative error of a standard error, as far as it shows (numerical asymmetry, or Monte Carlo); 0 without any.</summary>
    public double ErrorEstimate => Parameters.Select(found => found.ErrorEstimate).Where(double.IsFinite).DefaultIfEmpty().Max();

    /// <summary>½gᵀA⁻¹g, the objective still to gain in nats: the estimate is √(2·gain) standard errors from the maximum. NaN without scores.</summary>
    public double RemainingGain { get; init; } = double.NaN;

    /// <summary>The largest fraction of missing information over all directions: the rate of convergence of EM. NaN where it was not asked for.</summary>
    public double LargestRate { get; init; } = double.NaN;

    /// <summary>The directions that the data do not determine; empty in the ordinary case.</summary>
    public IReadOnlyList<UnidentifiedDirection> Undetermined { get; init; } = [];

    /// <summary>What else the reader should know, in words.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The table, one line per parameter, with its notes.</summary>
    public override string ToString()
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        int width = Math.Max(9, Parameters.Select(found => found.Name.Length).DefaultIfEmpty().Max());
        bool missing = Parameters.Any(found => !double.IsNaN(found.MissingInformation));
        StringBuilder text = new();
        text.Append(culture, $"{"parameter".PadRight(width)} {"estimate",12} {"std. error",12} {"lower",12} {"upper",12}").Append(missing ? "  missing" : "").Append('\n');
        foreach (ParameterEstimate found in Parameters)
        {
            text.Append(culture, $"{found.Name.PadRight(width)} {found.Value,12:G6}");
            if (found.Note is not null)
            {
                text.Append(culture, $" {"-",12} ({found.Note})\n");
                continue;
            }
            text.Append(culture, $" {found.StandardError,12:G4} {found.Lower,12:G6} {found.Upper,12:G6}");
            text.Append(missing ? found.MissingInformation.ToString("0.0%", culture).PadLeft(9) : "").Append('\n');
        }
        text.Append(culture, $"{Confidence:0.#%} confidence intervals; standard errors by {Method}\n");
        foreach (UnidentifiedDirection direction in Undetermined)
        {
            text.Append(culture, $"! {direction}\n");
        }
        foreach (string note in Notes)
        {
            text.Append(culture, $"! {note}\n");
        }
        return text.ToString();
    }

    private int IndexOf(string name) => _index.TryGetValue(name, out int index)
        ? index
        : throw new ArgumentException($"Expected one of {string.Join(", ", _index.Keys)}, found {name}.", nameof(name));
}
