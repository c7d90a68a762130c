using System.Globalization;
using System.Text.Json;
using Latent.Data;
using Latent.Factors;

namespace Latent.Cases;

/// <summary>Factor analysis and probabilistic principal components of published tables: likelihoods, uniquenesses, ΛΛᵀ, chi-squared.</summary>
public class FactorAnalysisTests
{
    public static IEnumerable<string> Cases => ["fa_ability", "fa_harman74", "fa_holzinger9", "ppca_iris"];

    public static TheoryData<string> FactorCases => ["fa_ability", "fa_harman74", "fa_holzinger9"];

    [CaseTheory]
    [MemberData(nameof(FactorCases))]
    public void FactorsAreTheMaximum(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        RowSource rows = ReferenceCase.Table(found.Columns());
        foreach (JsonProperty expected in found.Expected.GetProperty("fits").EnumerateObject())
        {
            int factors = int.Parse(expected.Name, CultureInfo.InvariantCulture);
            FactorAnalysisFit fit = FactorAnalysis.Fit(rows, factors);
            Assert.True(fit.Converged, $"{id} {factors}: {fit.Result.StopReason}");
            Assert.Equal(expected.Value.Number("loglik"), fit.LogLikelihood, 1e-3);
            Assert.InRange(fit.LogLikelihood, expected.Value.Number("loglik") - 2e-6 - 1e-9 * Math.Abs(fit.LogLikelihood), double.PositiveInfinity);
            double[] uniqueness = expected.Value.GetProperty("uniqueness(psi/var)").Vector();
            for (int j = 0; j < uniqueness.Length; j++)
            {
                double variance = fit.Distribution.Distribution.Covariance.Matrix[j * rows.Columns + j];
                Assert.Equal(uniqueness[j], fit.Parameters.Uniquenesses[j] / variance, 2e-3);
            }
            Assert.Equal(expected.Value.Number("chisq_bartlett"), fit.ChiSquared, 1e-2);
            Assert.Equal((int)expected.Value.Number("dof"), fit.DegreesOfFreedom);
            if (expected.Value.GetProperty("LLt") is { ValueKind: JsonValueKind.Array } products)
            {
                Compare(products.Matrix(), fit, 1e-2);
            }
        }
    }

    [CaseFact]
    public void PublishedPValueOfAbility()
    {
        FactorAnalysisFit fit = FactorAnalysis.Fit(ReferenceCase.Table(ReferenceCases.Get("fa_ability").Columns()), 2);
        Assert.Equal(0.191, fit.PValue, 6e-4);
    }

    [CaseFact]
    public void PrincipalComponentsOfIrisAreTheClosedForm()
    {
        ReferenceCase found = ReferenceCases.Get("ppca_iris");
        RowSource rows = ReferenceCase.Table(found.Columns());
        foreach (JsonProperty expected in found.Expected.GetProperty("fits").EnumerateObject())
        {
            int factors = int.Parse(expected.Name, CultureInfo.InvariantCulture);
            FactorAnalysisFit fit = FactorAnalysis.Fit(rows, factors, new FactorAnalysisOptions { IsIsotropic = true });
            Assert.Equal(expected.Value.Number("loglik"), fit.LogLikelihood, 1e-5);
            double noise = expected.Value.Number("sigma2(ML)");
            Assert.Equal(noise, fit.Parameters.Uniquenesses[0], 1e-6 * noise);
            Compare(expected.Value.GetProperty("WWt").Matrix(), fit, 1e-4);
        }
    }

    private static void Compare(double[][] products, FactorAnalysisFit fit, double tolerance)
    {
        int d = products.Length;
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j < d; j++)
            {
                double found = 0;
                for (int k = 0; k < fit.Parameters.Factors; k++)
                {
                    found += fit.Parameters.Row(i)[k] * fit.Parameters.Row(j)[k];
                }
                ReadOnlySpan<double> covariance = fit.Distribution.Distribution.Covariance.Matrix;
                Assert.Equal(products[i][j], found, tolerance * Math.Sqrt(covariance[i * d + i] * covariance[j * d + j]));
            }
        }
    }
}
