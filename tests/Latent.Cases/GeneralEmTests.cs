using System.Text.Json;
using CustomModel;
using Latent.Data;
using Latent.Tests.Engine.Examples;

namespace Latent.Cases;

/// <summary>Cases of family general_em: models as a user of the library writes them, over the batch engine.</summary>
public class GeneralEmTests
{
    private static readonly EmOptions _exactly = new() { Stopping = StoppingRule.Never };
    private static readonly EmOptions _toTheEnd = new() { Stopping = StoppingRule.RemainingGain(1e-11), MaxIterations = 50_000 };

    /// <summary>The cases that this class runs.</summary>
    internal static readonly string[] Cases =
    [
        "gen_linkage_dlr1977", "gen_times_deaths_poisson2", "gen_abo_lange", "gen_peppered_moth", "gen_motorette_censored_regression", "gen_tobin_tobit",
    ];

    [CaseFact]
    public void LinkageTrajectory()
    {
        ReferenceCase found = ReferenceCases.Get("gen_linkage_dlr1977");
        double[] trajectory = found.Expected.GetProperty("trajectory_from_0.5").Vector();
        double[] published = found.Expected.GetProperty("published").GetProperty("theta_iterates").Vector();
        for (int iterations = 0; iterations < trajectory.Length; iterations++)
        {
            double theta = Em.Fit(new Linkage(), Counts(found, "count"), new Recombination(found.Task.GetProperty("start").Number("theta")), _exactly with { MaxIterations = iterations }).Parameters.Theta;
            Close.Within(1e-9, trajectory[iterations], theta);
            Close.Within(1.1e-9, published[iterations], theta);
        }
    }

    [CaseFact]
    public void LinkageEstimate()
    {
        ReferenceCase found = ReferenceCases.Get("gen_linkage_dlr1977");
        EmResult<Recombination> fit = Em.Fit(new Linkage(), Counts(found, "count"), new Recombination(0.5), _exactly with { MaxIterations = 30 });
        Close.Within(1e-9, found.Expected.GetProperty("parameters").Number("theta"), fit.Parameters.Theta);
        Close.Within(1e-8, found.Expected.Number("loglik_kernel_sum_n_log_p"), fit.LogLikelihood);
    }

    [CaseTheory]
    [InlineData("A")]
    [InlineData("B")]
    public void DeathNotices(string start)
    {
        ReferenceCase found = ReferenceCases.Get("gen_times_deaths_poisson2");
        JsonElement from = found.Task.GetProperty("starts").GetProperty(start);
        double[] rates = from.GetProperty("lambda").Vector();
        EmResult<PoissonPair> fit = Em.Fit(new PoissonPairModel(), Counts(found, "days"), new PoissonPair(from.Number("p"), rates[0], rates[1]), _exactly with { MaxIterations = 6000 });
        JsonElement expected = found.Expected.GetProperty("parameters");
        Close.Within(1e-6, found.Expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-6, expected.GetProperty("weights").Vector(), [fit.Parameters.Share, 1 - fit.Parameters.Share]);
        Close.Within(1e-6, expected.GetProperty("lambda").Vector(), [fit.Parameters.First, fit.Parameters.Second]);
    }

    [CaseTheory]
    [InlineData("A")]
    [InlineData("B")]
    public void DeathNoticesByDefaultOptions(string start)
    {
        ReferenceCase found = ReferenceCases.Get("gen_times_deaths_poisson2");
        JsonElement from = found.Task.GetProperty("starts").GetProperty(start);
        double[] rates = from.GetProperty("lambda").Vector();
        EmResult<PoissonPair> fit = Em.Fit(new PoissonPairModel(), Counts(found, "days"), new PoissonPair(from.Number("p"), rates[0], rates[1]));
        Assert.True(fit.Converged, $"{fit.StopReason}");
        Close.Within(1e-5, found.Expected.Number("loglik"), fit.LogLikelihood);
    }

    [CaseFact]
    public void BloodGroups()
    {
        ReferenceCase found = ReferenceCases.Get("gen_abo_lange");
        double[] start = found.Task.GetProperty("start").GetProperty("p").Vector();
        double[][] trajectory = found.Expected.GetProperty("trajectory").Matrix();
        double[][] published = found.Expected.GetProperty("published").GetProperty("iterates_from_(.3,.2,.5)").Matrix();
        Follow(GeneCounting.BloodGroups, Phenotypes(found, "A", "AB", "B", "O"), start, trajectory, 1e-8);
        Follow(GeneCounting.BloodGroups, Phenotypes(found, "A", "AB", "B", "O"), start, published, 1.5e-4);
        EmResult<AlleleFrequencies> fit = Em.Fit(GeneCounting.BloodGroups, Phenotypes(found, "A", "AB", "B", "O"), new AlleleFrequencies(start), _toTheEnd);
        JsonElement expected = found.Expected.GetProperty("parameters");
        Close.Within(1e-7, [expected.Number("pA"), expected.Number("pB"), expected.Number("pO")], fit.Parameters.Values);
        Close.Within(1e-7, found.Expected.Number("loglik_kernel_sum_n_log_p"), fit.LogLikelihood);
    }

    [CaseFact]
    public void PepperedMoths()
    {
        ReferenceCase found = ReferenceCases.Get("gen_peppered_moth");
        JsonElement start = found.Task.GetProperty("start");
        double[] from = [start.Number("pC"), start.Number("pI"), start.Number("pT")];
        Follow(GeneCounting.PepperedMoth, Phenotypes(found, "carbonaria", "insularia", "typica"), from, found.Expected.GetProperty("trajectory_first7").Matrix(), 1e-8);
        EmResult<AlleleFrequencies> fit = Em.Fit(GeneCounting.PepperedMoth, Phenotypes(found, "carbonaria", "insularia", "typica"), new AlleleFrequencies(from), _exactly with { MaxIterations = 60 });
        JsonElement expected = found.Expected.GetProperty("parameters");
        Close.Within(1e-8, [expected.Number("pC"), expected.Number("pI"), expected.Number("pT")], fit.Parameters.Values);
        Close.Within(1e-7, found.Expected.Number("loglik_kernel_sum_n_log_p"), fit.LogLikelihood);
    }

    [CaseFact]
    public void MotoretteFailures()
    {
        ReferenceCase found = ReferenceCases.Get("gen_motorette_censored_regression");
        OrderedDictionary<string, double[]> columns = found.Columns();
        double[] rows =
        [
            .. columns["hours"].SelectMany((hours, row) =>
                (double[])[Math.Log10(hours), columns["failed"][row] == 1 ? 0 : 1, 1, 1000 / (columns["temp_c"][row] + 273.2)]),
        ];
        EmResult<RegressionLine> fit = Em.Fit(new CensoredRegression(2), RowSource.From(rows, 4), new RegressionLine([0, 0], 1), _toTheEnd);
        JsonElement expected = found.Expected.GetProperty("parameters");
        Close.Within(1e-6, found.Expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-5, [expected.Number("b0"), expected.Number("b1"), expected.Number("sigma")], [.. fit.Parameters.Coefficients, fit.Parameters.Sigma]);
    }

    [CaseFact]
    public void TobinsHouseholds()
    {
        ReferenceCase found = ReferenceCases.Get("gen_tobin_tobit");
        OrderedDictionary<string, double[]> columns = found.Columns();
        double[] rows = [.. columns["durable"].SelectMany((durable, row) => (double[])[durable, durable > 0 ? 0 : -1, 1, columns["age"][row], columns["quant"][row]])];
        EmResult<RegressionLine> fit = Em.Fit(new CensoredRegression(3), RowSource.From(rows, 5), new RegressionLine([0, 0, 0], 5), _toTheEnd);
        JsonElement expected = found.Expected.GetProperty("parameters");
        Close.Within(1e-6, found.Expected.Number("loglik"), fit.LogLikelihood);
        Close.Within(1e-4, [expected.Number("b0"), expected.Number("b_age"), expected.Number("b_quant"), expected.Number("sigma")], [.. fit.Parameters.Coefficients, fit.Parameters.Sigma]);
    }

    private static void Follow(GeneCounting model, RowSource rows, double[] start, double[][] trajectory, double tolerance)
    {
        for (int iterations = 0; iterations < trajectory.Length; iterations++)
        {
            EmResult<AlleleFrequencies> fit = Em.Fit(model, rows, new AlleleFrequencies(start), _exactly with { MaxIterations = iterations });
            Close.Within(tolerance, trajectory[iterations], fit.Parameters.Values);
        }
    }

    /// <summary>Codes 0, 1, 2 … for the rows of the file, with its counts as weights.</summary>
    private static RowSource Counts(ReferenceCase found, string column)
    {
        double[] counts = found.Columns()[column];
        return RowSource.From([.. Enumerable.Range(0, counts.Length).Select(code => (double)code)], 1).WithWeights(counts);
    }

    /// <summary>Codes in the order of the model, with the counts of the phenotypes of these names as weights.</summary>
    private static RowSource Phenotypes(ReferenceCase found, params string[] order)
    {
        Dictionary<string, double> counts = File.ReadLines(found.Path).Skip(1).Select(line => line.Split(','))
            .ToDictionary(cells => cells[0], cells => double.Parse(cells[1], System.Globalization.CultureInfo.InvariantCulture));
        return RowSource.From([.. Enumerable.Range(0, order.Length).Select(code => (double)code)], 1).WithWeights(order.Select(name => counts[name]).ToArray());
    }
}
