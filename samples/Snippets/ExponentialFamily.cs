using Latent.Data;

namespace Latent.Snippets;

#region family
/// <summary>Durations with a constant hazard: one component is one rate.</summary>
public sealed class ExponentialFamily : IFamily<double, RowTile>
{
    // The statistic of a component: Σ w and Σ w·x.
    public int StatisticLength => 2;

    public int FreeParameters => 1;

    public void LogDensity(double rate, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        double logRate = Math.Log(rate);
        ReadOnlySpan<double> durations = tile.Column(0);
        for (int row = 0; row < durations.Length; row++)
        {
            logDensity[row] = logRate - rate * durations[row];
        }
    }

    public void Accumulate(double rate, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        ReadOnlySpan<double> durations = tile.Column(0);
        for (int row = 0; row < durations.Length; row++)
        {
            statistic[0] += weights[row];
            statistic[1] += weights[row] * durations[row];
        }
    }

    public double Estimate(ReadOnlySpan<double> statistic, double current) =>
        statistic[1] > 0 ? statistic[0] / statistic[1] : current;
}
#endregion
