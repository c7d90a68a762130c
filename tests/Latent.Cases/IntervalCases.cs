using System.Text.Json;
using Latent.Data;
using Latent.Nonparametric;

namespace Latent.Cases;

/// <summary>Nonparametric estimates from interval-censored events.</summary>
public class IntervalCases
{
    private const string Cosmesis = "surv_cosmesis_rad";
    private const string FirstUse = "surv_marijuana_doubly_censored";

    public static IEnumerable<string> Ids => [Cosmesis, FirstUse];

    [CaseTheory]
    [InlineData(Cosmesis)]
    [InlineData(FirstUse)]
    public void MassesAreThePublishedOnes(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        OrderedDictionary<string, double[]> columns = found.Columns();
        RowBuilder rows = new(2);
        for (int row = 0; row < columns["left"].Length; row++)
        {
            rows.Add([columns["left"][row], columns["right"][row]]);
        }
        RowSource source = rows.ToRows(Schema.Numeric("left", "right"));
        source = columns.TryGetValue("count", out double[]? counts) ? source.WithWeights(counts) : source;
        TurnbullFit fit = TurnbullEstimate.Fit(source);
        Assert.True(fit.Result.Converged);
        Assert.InRange(fit.Result.RemainingGain, 0, 2e-6);
        Close.Within(1e-6, found.Expected.Number("loglik"), fit.LogLikelihood);
        Assert.Equal((int)found.Expected.Number("n_innermost_intervals"), fit.Innermost.Count);
        JsonElement[] support = [.. found.Expected.GetProperty("support_intervals_with_mass").EnumerateArray()];
        Assert.Equal(support.Length, fit.Estimate.Masses.Length);
        for (int j = 0; j < support.Length; j++)
        {
            Assert.Equal(support[j].Number("left"), fit.Estimate.Left[j]);
            Assert.Equal(support[j].GetProperty("right").ValueKind == JsonValueKind.Null ? double.PositiveInfinity : support[j].Number("right"), fit.Estimate.Right[j]);
            Close.Within(1e-4, support[j].Number("mass"), fit.Estimate.Masses[j]);
        }
    }
}
