using Latent;
using Latent.Data;
using MathNet.Numerics;

namespace CustomModel;

#region model
/// <summary>Two Poisson distributions, mixed: the share of the first, and both rates.</summary>
public sealed record PoissonPair(double Share, double First, double Second);

/// <summary>A complete model: counts come from one of two Poisson distributions, and nobody wrote down which.</summary>
public sealed class PoissonPairModel : IEmModel<PoissonPair, RowChunk>
{
    // The statistic: expected number of rows of the first and of the second, and the sum of their counts.
    public int StatisticLength => 4;

    // The E-step: which of the two made each count, in expectation.
    public double Expect(PoissonPair parameters, RowChunk chunk, Span<double> statistic)
    {
        double logLikelihood = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double count = chunk[row, 0];
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            double first = Math.Log(parameters.Share) + LogProbability(count, parameters.First);
            double second = Math.Log(1 - parameters.Share) + LogProbability(count, parameters.Second);
            double most = Math.Max(first, second);
            double either = most + Math.Log(Math.Exp(first - most) + Math.Exp(second - most));
            double responsibility = Math.Exp(first - either);
            statistic[0] += weight * responsibility;
            statistic[1] += weight * (1 - responsibility);
            statistic[2] += weight * responsibility * count;
            statistic[3] += weight * (1 - responsibility) * count;
            logLikelihood += weight * either;
        }
        return logLikelihood;
    }

    // The M-step: shares and averages. A distribution that made nothing keeps its rate.
    public PoissonPair Maximize(ReadOnlySpan<double> statistic, PoissonPair current) => new(
        statistic[0] / (statistic[0] + statistic[1]),
        statistic[0] > 0 ? statistic[2] / statistic[0] : current.First,
        statistic[1] > 0 ? statistic[3] / statistic[1] : current.Second);

    private static double LogProbability(double count, double rate) => count >= 0 && count < int.MaxValue && count == Math.Floor(count)
        ? (count > 0 ? count * Math.Log(rate) : 0) - rate - SpecialFunctions.FactorialLn((int)count)
        : throw new ArgumentException($"Expected counts 0, 1, 2, …, found {count}. Remove the row, or choose another model.");
}
#endregion
