using Latent.Data;
using MathNet.Numerics;

namespace Latent.Bench.Coverage;

/// <summary>A mixture of two distributions that their means determine.</summary>
internal sealed record TwoMeans(double Share, double First, double Second);

/// <summary>Such a mixture as a model of one's own: coordinates are the logit of the share and the logarithms of the means.</summary>
internal abstract class TwoMeansModel : IEmModel<TwoMeans, RowChunk>, ICoordinates<TwoMeans>, INaturalParameters<TwoMeans>
{
    public int StatisticLength => 4;

    public double Expect(TwoMeans parameters, RowChunk chunk, Span<double> statistic)
    {
        double sum = 0;
        foreach (double x in chunk.Values)
        {
            double first = Math.Log(parameters.Share) + LogDensity(x, parameters.First);
            double second = Math.Log(1 - parameters.Share) + LogDensity(x, parameters.Second);
            double most = Math.Max(first, second);
            double either = most + Math.Log(Math.Exp(first - most) + Math.Exp(second - most));
            double r = Math.Exp(first - either);
            statistic[0] += r;
            statistic[1] += 1 - r;
            statistic[2] += r * x;
            statistic[3] += (1 - r) * x;
            sum += either;
        }
        return sum;
    }

    public TwoMeans Maximize(ReadOnlySpan<double> statistic, TwoMeans current) =>
        new(statistic[0] / (statistic[0] + statistic[1]), statistic[2] / statistic[0], statistic[3] / statistic[1]);

    public int CoordinateCount(TwoMeans parameters) => 3;

    public void WriteCoordinates(TwoMeans parameters, Span<double> point)
    {
        point[0] = Math.Log(parameters.Share / (1 - parameters.Share));
        point[1] = Math.Log(parameters.First);
        point[2] = Math.Log(parameters.Second);
    }

    public bool TryReadCoordinates(ReadOnlySpan<double> point, TwoMeans like, out TwoMeans parameters)
    {
        parameters = new TwoMeans(1 / (1 + Math.Exp(-point[0])), Math.Exp(point[1]), Math.Exp(point[2]));
        return true;
    }

    public IReadOnlyList<NaturalParameter> NaturalParameters(TwoMeans parameters) =>
        [new("share", ParameterScale.Logit), new("first mean", ParameterScale.Log), new("second mean", ParameterScale.Log)];

    public void WriteNaturalParameters(TwoMeans parameters, Span<double> values)
    {
        values[0] = parameters.Share;
        values[1] = parameters.First;
        values[2] = parameters.Second;
    }

    protected abstract double LogDensity(double x, double mean);
}

/// <summary>Two Poisson distributions, with the score of the summed statistic: information by Oakes' formula.</summary>
internal sealed class PoissonMixture : TwoMeansModel, IExpectedScore<TwoMeans>
{
    public void WriteScore(ReadOnlySpan<double> statistic, TwoMeans parameters, Span<double> score)
    {
        score[0] = statistic[0] / parameters.Share - statistic[1] / (1 - parameters.Share);
        score[1] = statistic[2] / parameters.First - statistic[0];
        score[2] = statistic[3] / parameters.Second - statistic[1];
    }

    protected override double LogDensity(double x, double mean) => x * Math.Log(mean) - mean - SpecialFunctions.FactorialLn((int)x);
}

/// <summary>Two exponential distributions, without any score: information by second differences of the objective.</summary>
internal sealed class ExponentialMixture : TwoMeansModel
{
    protected override double LogDensity(double x, double mean) => -x / mean - Math.Log(mean);
}
