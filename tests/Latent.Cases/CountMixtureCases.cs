using System.Globalization;
using System.Text.Json;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Regression;

namespace Latent.Cases;

/// <summary>Mixtures of counts from default settings.</summary>
public class CountMixtureCases
{
    private const string Thai = "cnt_thai_cohort";
    private const string Biochemists = "cnt_biochemists_zip";

    public static IEnumerable<string> Ids => [Thai, Biochemists];

    [CaseFact]
    public void PoissonMixtures()
    {
        ReferenceCase found = ReferenceCases.Get(Thai);
        OrderedDictionary<string, double[]> columns = found.Columns();
        RowSource counts = RowSource.From(columns["count"]).WithWeights(columns["frequency"]);
        foreach (JsonProperty expected in found.Expected.GetProperty("fits").EnumerateObject())
        {
            MixtureFit<Poisson> fit = Mixture.Fit(new PoissonFamily(), counts, int.Parse(expected.Name, CultureInfo.InvariantCulture));
            Close.Within(1e-4, expected.Value.Number("loglik"), fit.LogLikelihood);
            double[] weights = expected.Value.GetProperty("weights").Vector();
            double[] rates = expected.Value.GetProperty("lambda").Vector();
            int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(k => weights[k])];
            Close.Within(1e-3, [.. order.Select(k => weights[k])], [.. fit.Weights]);
            Close.Within(1e-3, [.. order.Select(k => rates[k])], [.. fit.Components.Select(component => component.Rate)]);
        }
        // A fifth component gains nothing: four are the non-parametric estimate of the mixing distribution.
        double best = found.Expected.GetProperty("fits").GetProperty("4").Number("loglik");
        Close.Within(1e-5, best, Mixture.Fit(new PoissonFamily(), counts, 5).LogLikelihood);
    }

    /// <summary>The part of the case without covariates: one zero-inflated component.</summary>
    [CaseFact]
    public void ZeroInflationWithoutCovariates()
    {
        ReferenceCase found = ReferenceCases.Get(Biochemists);
        JsonElement expected = found.Expected.GetProperty("zip_intercepts");
        MixtureFit<ZeroInflatedPoisson> fit = Mixture.Fit(new ZeroInflatedPoissonFamily(), RowSource.From(found.Columns()["art"]), 1);
        Close.Within(1e-6, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-3, expected.Number("count"), Math.Log(fit.Components[0].Rate));
        Close.Within(1e-3, expected.Number("zero"), Math.Log(fit.Components[0].Inflation / (1 - fit.Components[0].Inflation)));
    }

    /// <summary>The case's own figures are those of a search that stopped at 10⁻¹⁴ of the log-likelihood, some 10⁻⁵ of a standard error from the maximum.</summary>
    [CaseTheory]
    [InlineData("zip_full", "poisson", ".")]
    [InlineData("zip_const_zero", "poisson", "1")]
    [InlineData("zip_intercepts", "poisson", "")]
    [InlineData("zinb_full", "negative-binomial", ".")]
    public void ZeroInflatedRegressions(string task, string family, string zero)
    {
        ReferenceCase found = ReferenceCases.Get(Biochemists);
        JsonElement expected = found.Expected.GetProperty(task);
        const string all = "women + married + kid5 + phd + ment";
        ZeroInflatedRegressionFit fit = ZeroInflatedRegression.Fit(
            found.Rows(), zero.Length == 0 ? "art ~ 1" : $"art ~ {all}", zero == "." ? $"~ {all}" : "~ 1",
            new RegressionMixtureOptions { Family = ResponseFamily.Named(family), Stopping = StoppingRule.RemainingGain(1e-12) });
        Assert.True(fit.Result.Converged);
        Close.Within(1e-6, expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(Tolerance, Vector(expected.GetProperty("count")), [.. fit.Count.Coefficients]);
        Close.Within(Tolerance, Vector(expected.GetProperty("zero")), [.. fit.Zero]);
        if (expected.TryGetProperty("theta", out JsonElement theta))
        {
            Close.Within(Tolerance, theta.GetDouble(), fit.Count.Dispersion);
        }
    }

    private const double Tolerance = 1e-6;

    private static double[] Vector(JsonElement element) => element.ValueKind == JsonValueKind.Number ? [element.GetDouble()] : element.Vector();
}
