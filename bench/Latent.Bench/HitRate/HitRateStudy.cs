using System.Globalization;
using Latent.Mixtures;

namespace Latent.Bench.HitRate;

/// <summary>
/// How often a fit ends within one nat of the best optimum that 200 starts, or any of those compared, found, and what it cost: our strategies
/// and, where they are installed, scikit-learn and mclust on the same rows.
/// </summary>
internal static class HitRateStudy
{
    private const int ReferenceStarts = 200;
    private const int Seeds = 10;
    private const double Near = 1;

    public static int Run(string[] args)
    {
        if (args.Length > 0)
        {
            Console.Error.WriteLine("usage: Latent.Bench hitrate");
            return 2;
        }
        SuiteCase[] cases = [.. OverlappingMixtures.All()];
        List<Strategy> strategies =
        [
            new("Latent, default", Ours(new GaussianMixtureOptions())),
            new($"Latent, default, {Seeds} seeds", Ours(new GaussianMixtureOptions(), Seeds)),
            new("Latent, one k-means++ start", Ours(new GaussianMixtureOptions { Starts = 1, Initializers = [new PlusPlusInitializer()] }, Seeds)),
            .. MixtureInitializer.Names.Where(name => name != "kmeans++").Select(MixtureInitializer.Named).Select(initializer =>
                new Strategy($"Latent, one {initializer.Name} start", Ours(new GaussianMixtureOptions { Starts = 1, Initializers = [initializer] }, initializer.IsDeterministic ? 1 : Seeds))),
            new("Latent, default starts, all to the end", Ours(new GaussianMixtureOptions { Race = RacePlan.Exhaustive }, Seeds)),
            .. PeerPrograms.Strategies(cases),
        ];
        GaussianMixtureOptions reference = new() { Starts = ReferenceStarts, Race = RacePlan.Exhaustive, Seed = 77, Stopping = StoppingRule.RemainingGain(1e-3) };
        double[] best = [.. cases.Select(data => GaussianMixture.Fit(data.Rows, data.Components, reference).LogLikelihood)];
        Outcome[][][] outcomes = [.. strategies.Select(strategy => (Outcome[][])[.. cases.Select(strategy.Fit)])];
        for (int i = 0; i < cases.Length; i++)
        {
            // What another program found beyond the reference counts as the best too, unless it has collapsed and no longer is a fit.
            best[i] = Math.Max(best[i], outcomes.SelectMany(strategy => strategy[i]).Where(outcome => !outcome.Collapsed).Max(outcome => outcome.LogLikelihood));
        }
        Console.WriteLine("| strategy | within 1 nat | mean gap, nats | mean passes | most passes | " + string.Join(" | ", Shapes(cases)) + " |");
        Console.WriteLine("|---|---|---|---|---|" + string.Concat(Enumerable.Repeat("---|", Shapes(cases).Length)));
        for (int s = 0; s < strategies.Count; s++)
        {
            Print(strategies[s].Name, cases, outcomes[s], best);
        }
        return 0;
    }

    private static Func<SuiteCase, Outcome[]> Ours(GaussianMixtureOptions options, int seeds = 1) => data =>
    [
        .. Enumerable.Range(1, seeds).Select(seed =>
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(data.Rows, data.Components, options with { Seed = (ulong)seed });
            return new Outcome(fit.LogLikelihood, fit.Result.Evaluations, fit.Result.Degeneracies.Count > 0);
        }),
    ];

    private static string[] Shapes(SuiteCase[] cases) => [.. cases.Select(data => data.Shape).Distinct()];

    private static void Print(string name, SuiteCase[] cases, Outcome[][] outcomes, double[] best)
    {
        (string Shape, double Gap, Outcome Outcome)[] fits = [.. cases.SelectMany((data, i) => outcomes[i].Select(outcome => (data.Shape, best[i] - outcome.LogLikelihood, outcome)))];
        string Rate(IEnumerable<(string Shape, double Gap, Outcome Outcome)> some) =>
            some.Average(fit => fit.Gap <= Near && !fit.Outcome.Collapsed ? 100 : 0).ToString("F0", CultureInfo.InvariantCulture) + " %";
        string Passes(double passes) => passes > 0 ? passes.ToString("F0", CultureInfo.InvariantCulture) : "–";
        string gap = fits.Average(fit => Math.Max(0, fit.Gap)).ToString("F2", CultureInfo.InvariantCulture);
        Console.WriteLine($"| {name} | {Rate(fits)} | {gap} | {Passes(fits.Average(fit => fit.Outcome.Passes))} | {Passes(fits.Max(fit => fit.Outcome.Passes))} | " +
            string.Join(" | ", Shapes(cases).Select(shape => Rate(fits.Where(fit => fit.Shape == shape)))) + " |");
    }
}

/// <summary>A way to fit a data set, possibly with several seeds.</summary>
internal sealed record Strategy(string Name, Func<SuiteCase, Outcome[]> Fit);

/// <summary>One fit.</summary>
/// <param name="LogLikelihood">Where it ended.</param>
/// <param name="Passes">Sweeps over the data; 0: not known.</param>
/// <param name="Collapsed">Whether a component sits on the covariance floor.</param>
internal sealed record Outcome(double LogLikelihood, int Passes, bool Collapsed);
