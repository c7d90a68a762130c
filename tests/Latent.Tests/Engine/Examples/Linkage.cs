using Latent.Data;

namespace Latent.Tests.Engine.Examples;

/// <summary>θ of the linkage example, in (0, 1).</summary>
public sealed record Recombination(double Theta);

/// <summary>
/// The first example of [Dempster1977]: 197 animals in four cells with probabilities ½+θ/4, (1−θ)/4, (1−θ)/4, θ/4; the
/// first cell hides two. A row is a cell's code, its weight the number of animals.
/// </summary>
public sealed class Linkage : IEmModel<Recombination, RowChunk>
{
    public int StatisticLength => 2;

    public double Expect(Recombination parameters, RowChunk chunk, Span<double> statistic)
    {
        double theta = parameters.Theta;
        double logLikelihood = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            switch (chunk[row, 0])
            {
                case 0:
                    statistic[0] += weight * (theta / (2 + theta));
                    logLikelihood += weight * Math.Log(0.5 + theta / 4);
                    break;
                case 1 or 2:
                    statistic[1] += weight;
                    logLikelihood += weight * Math.Log((1 - theta) / 4);
                    break;
                case 3:
                    statistic[0] += weight;
                    logLikelihood += weight * Math.Log(theta / 4);
                    break;
                default:
                    throw new ArgumentException($"Expected a cell 0, 1, 2 or 3, found {chunk[row, 0]}. Recode the column.");
            }
        }
        return logLikelihood;
    }

    public Recombination Maximize(ReadOnlySpan<double> statistic, Recombination current) =>
        new(statistic[0] / (statistic[0] + statistic[1]));
}
