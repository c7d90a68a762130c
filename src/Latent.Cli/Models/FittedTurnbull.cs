using System.Globalization;
using System.Text.Json;
using Latent.Cli.Output;
using Latent.Data;
using Latent.IO;
using Latent.Nonparametric;
using Latent.Numerics;

namespace Latent.Cli.Models;

/// <summary>A nonparametric estimate as the command uses it.</summary>
internal sealed class FittedTurnbull(TurnbullKind kind, TurnbullEstimate estimate, IReadOnlyList<string> columns) : FittedModel
{
    private const int MostRows = 60;

    public override ModelKind Kind => kind;

    public override IReadOnlyList<string> Columns => columns;

    public override int Components => estimate.Masses.Length;

    public override string ComponentWord => "interval";

    public override JsonElement Parameters() => TurnbullFile.ParametersOf(estimate);

    public override Prediction Predict(IRowSource rows, int threads)
    {
        double[] probability = estimate.Probability(rows);
        return new Prediction(new int[probability.Length], ["probability"], probability);
    }

    public override RowScores Score(IRowSource rows, int threads)
    {
        double[] logs = Array.ConvertAll(estimate.Probability(rows), Math.Log);
        double total = 0;
        for (int row = 0; row < logs.Length; row++)
        {
            total += rows.Weight(row) > 0 ? rows.Weight(row) * logs[row] : 0;
        }
        return new RowScores("logLikelihood", total, logs);
    }

    /// <summary>The interval of each draw; the data do not say where in it.</summary>
    public override (double[] Values, int[] Labels) Sample(int count, ulong seed)
    {
        RandomGenerator random = new(seed);
        double[] values = new double[2 * count];
        int[] labels = new int[count];
        for (int row = 0; row < count; row++)
        {
            double uniform = random.NextDouble();
            int j = 0;
            while (j < Components - 1 && (uniform -= estimate.Masses[j]) >= 0)
            {
                j++;
            }
            labels[row] = j;
            values[2 * row] = double.IsFinite(estimate.Left[j]) ? estimate.Left[j] : double.NaN;
            values[2 * row + 1] = double.IsFinite(estimate.Right[j]) ? estimate.Right[j] : double.NaN;
        }
        return (values, labels);
    }

    public override IEnumerable<Section> Describe(int width, bool full)
    {
        TextTable table = new(["after", "until", "mass", "survival beyond"]);
        double survival = 1;
        int shown = full ? Components : Math.Min(Components, MostRows);
        for (int j = 0; j < shown; j++)
        {
            survival -= estimate.Masses[j];
            table.Add(End(estimate.Left[j]), End(estimate.Right[j]), Numbers.Fixed(estimate.Masses[j], 4), Numbers.Fixed(Math.Max(0, survival), 4));
        }
        yield return new Section(null, table) { Footer = Components > shown ? $"{Numbers.Count(Components - shown, "more interval")}: --full." : null };
    }

    private static string End(double value) => double.IsFinite(value) ? value.ToString("G6", CultureInfo.InvariantCulture) : value > 0 ? "∞" : "-∞";
}
