using System.Text.Json;
using Latent.Data;
using Latent.Incomplete;

namespace Latent.Cases;

/// <summary>The multivariate normal distribution with missing cells: traces, likelihoods and parameters of small classical tables.</summary>
public class MissingNormalTests
{
    public static IEnumerable<string> Cases => ["miss_apple_little_rubin", "miss_cement_draper_smith", "miss_airquality", "miss_nhanes", "miss_mammal_sleep"];

    public static TheoryData<string> CaseData => [.. Cases];

    [CaseTheory]
    [MemberData(nameof(CaseData))]
    public void PlainIterationsFollowTheTrace(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        double[] expected = found.Expected.GetProperty("loglik_trace_first8").Vector();
        MultivariateNormalFit fit = MultivariateNormal.Fit(
            Rows(found), new MultivariateNormalOptions { Acceleration = Accelerator.None, Stopping = StoppingRule.Never, MaxIterations = 7 });
        for (int iteration = 0; iteration < 8; iteration++)
        {
            Assert.Equal(expected[iteration], fit.Result.Trace[iteration], 1e-11 * Math.Abs(expected[iteration]));
        }
    }

    [CaseTheory]
    [MemberData(nameof(CaseData))]
    public void DefaultsReachTheMaximum(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        MultivariateNormalFit fit = MultivariateNormal.Fit(Rows(found));
        Assert.True(fit.Converged, fit.Result.StopReason.ToString());
        double tolerance = found.Id == "miss_cement_draper_smith" ? 1e-4 : 2e-6;
        Assert.InRange(fit.LogLikelihood, found.Expected.Number("loglik") - tolerance, found.Expected.Number("loglik") + tolerance);

        double[] mean = found.Expected.GetProperty("mean").Vector();
        double[][] covariance = found.Expected.GetProperty("cov(ML, divisor n)").Matrix();
        bool loose = found.Id == "miss_cement_draper_smith";
        for (int i = 0; i < mean.Length; i++)
        {
            double deviation = Math.Sqrt(covariance[i][i]);
            // The stop leaves up to 1e-6 nats: 1e-3 standard errors, each some deviation/√n.
            Assert.Equal(mean[i], fit.Distribution.Mean[i], (loose ? 1e-2 : 1e-3) * deviation / Math.Sqrt(fit.EffectiveRows));
            for (int j = 0; j < mean.Length; j++)
            {
                Assert.Equal(covariance[i][j], fit.Distribution.Covariance.Matrix[i * mean.Length + j], (loose ? 1e-2 : 1e-3) * deviation * Math.Sqrt(covariance[j][j]));
            }
        }
    }

    /// <summary>Run on, the maximum is that of the case to its own tolerances, and to the printed digits where something was published.</summary>
    [CaseTheory]
    [MemberData(nameof(CaseData))]
    public void RunOnItIsTheMaximumToAllDigits(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        MultivariateNormalFit fit = MultivariateNormal.Fit(Rows(found), new MultivariateNormalOptions { Stopping = StoppingRule.RemainingGain(1e-13), MaxIterations = 20_000 });
        bool loose = found.Id == "miss_cement_draper_smith";
        Assert.Equal(found.Expected.Number("loglik"), fit.LogLikelihood, loose ? 1e-4 : 1e-6);
        double[] mean = found.Expected.GetProperty("mean").Vector();
        double[][] covariance = found.Expected.GetProperty("cov(ML, divisor n)").Matrix();
        for (int i = 0; i < mean.Length; i++)
        {
            double deviation = Math.Sqrt(covariance[i][i]);
            Assert.Equal(mean[i], fit.Distribution.Mean[i], (loose ? 1e-3 : 1e-5) * deviation);
            for (int j = 0; j < mean.Length; j++)
            {
                Assert.Equal(covariance[i][j], fit.Distribution.Covariance.Matrix[i * mean.Length + j], (loose ? 1e-2 : 1e-4) * deviation * Math.Sqrt(covariance[j][j]));
            }
        }
        if (found.Expected.GetProperty("published") is { ValueKind: JsonValueKind.Object } published)
        {
            double[] printed = published.GetProperty("mean").Vector();
            for (int i = 0; i < printed.Length; i++)
            {
                Assert.Equal(printed[i], fit.Distribution.Mean[i], 6e-4);
            }
        }
    }

    private static RowSource Rows(ReferenceCase found) => ReferenceCase.Table(found.Columns());
}
