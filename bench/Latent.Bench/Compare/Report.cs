using System.Globalization;
using System.Text;

namespace Latent.Bench.Compare;

/// <summary>The figures as a page of Markdown.</summary>
internal static class Report
{
    private static readonly string[] _peers = ["scikit-learn", "Armadillo"];

    public static string Write(List<Row> rows, double peak, (long Peak, long File)? memory, double? startUp)
    {
        StringBuilder text = new();
        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

        IEnumerable<string> versions = rows.SelectMany(row => _peers.Select(row.Peer)).OfType<Measurement>().Select(peer => $"{peer.Peer} {peer.Version}").Distinct();
        Line($"# Comparison, {DateTime.UtcNow:yyyy-MM-dd}");
        Line($"");
        Line($"{Machine.Line}; {string.Join("; ", versions)}. Fused multiply-add peak of two threads: {peak / 1e9:F0} GFLOP/s in float64.");
        Line($"");
        Line($"Two threads, the same file and start, as many iterations, the fit alone; milliseconds of one iteration, the fastest of several fits.");
        Line($"\"Share of peak\" is the arithmetic an iteration cannot do without, over the peak, over our time (float32 work against the float64 peak).");
        Line($"\"fit()\" is scikit-learn's call as a user writes it, over our time: it runs k-means before it takes the start that it is given.");
        Line($"\"Apart\" is the largest relative difference between our objective and another's at the same point.");
        Line($"");
        Line($"| work | Latent | share of peak | scikit-learn | ratio | fit() | Armadillo | ratio | `latent fit` | apart | asked |");
        Line($"|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|");
        foreach (Row row in rows)
        {
            Line($"| {row.Work.Title} | {row.Milliseconds:F1} | {row.ShareOfPeak(peak):P0} | {Time(row, _peers[0])} | {Times(row.WholeRatio)} | {Time(row, _peers[1])} | {row.Command?.Fit.Milliseconds:F1} | {row.Difference:0e+0} | {Asked(row)} |");
        }
        Line($"");
        if (rows.Any(row => !row.Agrees))
        {
            Line($"**Not the same work:** {string.Join(", ", rows.Where(row => !row.Agrees).Select(row => row.Work.Name))}.");
            Line($"");
        }
        if (memory is { } used)
        {
            Line($"Peak memory of `latent fit gmm` over a mapped NPY file of {used.File / 1e6:F0} MB: {used.Peak / 1e6:F0} MB, {(double)used.Peak / used.File:F2} times the data.");
        }
        if (startUp is { } seconds)
        {
            Line($"`latent fit gmm samples/faithful.csv -k 2`, from the start of the process to its end: {seconds:F2} s.");
        }
        return text.ToString();
    }

    private static string Time(Row row, string peer) => row.Peer(peer) is { } fit
        ? string.Create(CultureInfo.InvariantCulture, $"{fit.Milliseconds:F0}{(row.Work.Model == "kmeans" ? " " + fit.Variant : "")} | {Times(row.Ratio(peer))}")
        : "— | —";

    private static string Times(double ratio) => double.IsNaN(ratio) ? "—" : ratio.ToString("F1", CultureInfo.InvariantCulture) + "×";

    private static string Asked(Row row) => string.Join(", ", row.Work.Targets.Select(target => string.Create(
        CultureInfo.InvariantCulture, $"≥ {target.Ratio:F0}× {target.Peer} {Met(row, target.Peer, target.Ratio)}")));

    private static string Met(Row row, string peer, double asked) =>
        row.Ratio(peer) >= asked ? "✓"
        : peer == _peers[0] && row.WholeRatio >= asked ? "✓ fit()"
        : double.IsNaN(row.Ratio(peer)) ? "" : "✗";
}
