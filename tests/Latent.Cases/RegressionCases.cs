using System.Text.Json;
using Latent.Regression;

namespace Latent.Cases;

/// <summary>Mixtures of regressions, from default settings.</summary>
public class RegressionCases
{
    private const string Quadratic = "reg_npreg_quadratic";
    private const string Tones = "reg_tonedata";
    private const string Carbon = "reg_co2data";
    private const string Patents = "reg_patent_poisson";

    public static IEnumerable<string> Ids => [Quadratic, Tones, Carbon, Patents];

    [CaseTheory]
    [InlineData(Quadratic, "yn ~ x + I(x^2)")]
    [InlineData(Tones, "tuned ~ stretchratio")]
    [InlineData(Carbon, "co2 ~ gnp")]
    public void GaussianRegressions(string id, string formula)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        RegressionMixtureFit fit = RegressionMixture.Fit(found.Rows(), formula, 2);
        Close.Within(1e-4, found.Expected.Number("loglik"), fit.LogLikelihood);
        Assert.True(fit.Result.Converged);
        Compare(fit, found.Expected, 1e-3);
        double[] sigma = found.Expected.GetProperty("sigma").Vector();
        double[] weights = found.Expected.GetProperty("weights").Vector();
        int[] order = [.. Enumerable.Range(0, 2).OrderByDescending(k => weights[k])];
        for (int k = 0; k < 2; k++)
        {
            Close.Within(1e-3 * sigma[order[k]], sigma[order[k]], Math.Sqrt(fit.Components[k].Dispersion));
        }
    }

    [CaseFact]
    public void CountsOfTheSameData()
    {
        ReferenceCase found = ReferenceCases.Get(Quadratic);
        JsonElement expected = found.Expected.GetProperty("poisson_submodel");
        RegressionMixtureFit fit = RegressionMixture.Fit(found.Rows(), "yp ~ x", 2, new RegressionMixtureOptions { Family = ResponseFamily.Poisson });
        Close.Within(1e-4, expected.Number("loglik"), fit.LogLikelihood);
        Compare(fit, expected, 1e-3);
    }

    [CaseTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void PatentsByResearchSpending(int components)
    {
        ReferenceCase found = ReferenceCases.Get(Patents);
        JsonElement expected = found.Expected.GetProperty("fits").GetProperty($"{components}");
        RegressionMixtureFit fit = RegressionMixture.Fit(found.Rows(), "patents ~ lg_rd", components, new RegressionMixtureOptions { Family = ResponseFamily.Poisson });
        Close.Within(1e-3, expected.Number("loglik"), fit.LogLikelihood);
        Compare(fit, expected, 5e-3);
    }

    [CaseFact]
    public void PatentsWithWeightsThatDependOnSpending()
    {
        ReferenceCase found = ReferenceCases.Get(Patents);
        JsonElement expected = found.Expected.GetProperty("fits").GetProperty("3_with_concomitant(1+rds)");
        RegressionMixtureFit fit = RegressionMixture.Fit(
            found.Rows(), "patents ~ lg_rd", 3, new RegressionMixtureOptions { Family = ResponseFamily.Poisson, Concomitant = "~ rds" });
        Close.Within(1e-3, expected.Number("loglik"), fit.LogLikelihood);
        Assert.Equal(10, fit.FreeParameters);
        double[][] coefficients = expected.GetProperty("coef").Matrix();
        foreach (double[] wanted in coefficients)
        {
            Assert.Contains(fit.Components, component => wanted.Zip(component.Coefficients).All(pair => Math.Abs(pair.First - pair.Second) <= 5e-3));
        }
    }

    private static void Compare(RegressionMixtureFit fit, JsonElement expected, double tolerance)
    {
        double[] weights = expected.GetProperty("weights").Vector();
        double[][] coefficients = expected.GetProperty("coef").Matrix();
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(k => weights[k])];
        for (int k = 0; k < weights.Length; k++)
        {
            Close.Within(tolerance, weights[order[k]], fit.Weights!.Value[k]);
            for (int term = 0; term < coefficients[0].Length; term++)
            {
                double wanted = coefficients[order[k]][term];
                Close.Within(tolerance * Math.Max(1, Math.Abs(wanted)), wanted, fit.Components[k].Coefficients[term]);
            }
        }
    }
}
