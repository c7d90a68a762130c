using Latent.Data;

namespace Latent.Tests.Testing;

/// <summary>Mean and variance of a normal distribution on the line.</summary>
public sealed record Normal(double Mean, double Variance);

/// <summary>The simplest family, in plain loops: the subject on which the laws of families are tried. Each part can be broken.</summary>
public class NormalFamily : IFamily<Normal, RowTile>
{
    public int StatisticLength => 3;

    public int FreeParameters => 2;

    public virtual int ScratchLength(int rows) => rows;

    public virtual void LogDensity(Normal component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        ReadOnlySpan<double> column = tile.Column(0);
        for (int row = 0; row < column.Length; row++)
        {
            scratch[row] = column[row] - component.Mean;
            logDensity[row] = -0.5 * (Math.Log(2 * Math.PI * component.Variance) + scratch[row] * scratch[row] / component.Variance);
        }
    }

    public virtual void Accumulate(Normal current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        for (int row = 0; row < weights.Length; row++)
        {
            statistic[0] += weights[row];
            statistic[1] += weights[row] * scratch[row];
            statistic[2] += weights[row] * scratch[row] * scratch[row];
        }
    }

    public virtual Normal Estimate(ReadOnlySpan<double> statistic, Normal current)
    {
        if (!(statistic[0] > 0))
        {
            return current;
        }
        double shift = statistic[1] / statistic[0];
        return new Normal(current.Mean + shift, statistic[2] / statistic[0] - shift * shift);
    }
}
