using Latent.Data;
using Latent.Kernels;
using MathNet.Numerics;

namespace Latent.Tests.Engine.Inference;

/// <summary>Two Poisson distributions: the share π of the first, and both rates.</summary>
internal sealed record PoissonPair(double Share, double First, double Second);

/// <summary>The mixture of two Poisson distributions with coordinates (logit π, log μ₁, log μ₂): the bare model, of which inference knows the objective alone.</summary>
internal class PoissonPairModel : IEmModel<PoissonPair, RowChunk>, ICoordinates<PoissonPair>, INaturalParameters<PoissonPair>
{
    public int StatisticLength => 4;

    public double Expect(PoissonPair parameters, RowChunk chunk, Span<double> statistic)
    {
        double sum = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double count = chunk[row, 0];
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            (double logDensity, double r) = Posterior(parameters, count);
            statistic[0] += weight * r;
            statistic[1] += weight * (1 - r);
            statistic[2] += weight * r * count;
            statistic[3] += weight * (1 - r) * count;
            sum += weight * logDensity;
        }
        return sum;
    }

    public virtual PoissonPair Maximize(ReadOnlySpan<double> statistic, PoissonPair current) =>
        new(statistic[0] / (statistic[0] + statistic[1]), statistic[2] / statistic[0], statistic[3] / statistic[1]);

    public virtual double LogPrior(PoissonPair parameters) => 0;

    public int CoordinateCount(PoissonPair parameters) => 3;

    public void WriteCoordinates(PoissonPair parameters, Span<double> point)
    {
        point[0] = Math.Log(parameters.Share / (1 - parameters.Share));
        point[1] = Math.Log(parameters.First);
        point[2] = Math.Log(parameters.Second);
    }

    public bool TryReadCoordinates(ReadOnlySpan<double> point, PoissonPair like, out PoissonPair parameters)
    {
        parameters = new PoissonPair(1 / (1 + Math.Exp(-point[0])), Math.Exp(point[1]), Math.Exp(point[2]));
        return true;
    }

    public IReadOnlyList<NaturalParameter> NaturalParameters(PoissonPair parameters) =>
        [new("share", ParameterScale.Logit), new("first", ParameterScale.Log), new("second", ParameterScale.Log)];

    public void WriteNaturalParameters(PoissonPair parameters, Span<double> values)
    {
        values[0] = parameters.Share;
        values[1] = parameters.First;
        values[2] = parameters.Second;
    }

    protected static (double LogDensity, double First) Posterior(PoissonPair parameters, double count)
    {
        double constant = SpecialFunctions.GammaLn(count + 1);
        double first = Elementary.Log(parameters.Share) + count * Elementary.Log(parameters.First) - parameters.First - constant;
        double second = Elementary.Log(1 - parameters.Share) + count * Elementary.Log(parameters.Second) - parameters.Second - constant;
        double most = Math.Max(first, second);
        double either = most + Elementary.Log(Elementary.Exp(first - most) + Elementary.Exp(second - most));
        return (either, Elementary.Exp(first - either));
    }
}

/// <summary>With a score per observation.</summary>
internal class ScoredPoissonPairModel : PoissonPairModel, IScores<PoissonPair, RowChunk>
{
    public void AddScores(PoissonPair parameters, RowChunk chunk, ScoreSum sum)
    {
        Span<double> score = stackalloc double[3];
        for (int row = 0; row < chunk.Rows; row++)
        {
            double count = chunk[row, 0];
            double r = Posterior(parameters, count).First;
            score[0] = r / parameters.Share - (1 - r) / (1 - parameters.Share);
            score[1] = r * (count / parameters.First - 1);
            score[2] = (1 - r) * (count / parameters.Second - 1);
            sum.Add(chunk.Weights.IsEmpty ? 1 : chunk.Weights[row], score);
        }
    }
}

/// <summary>With the total score from the statistic.</summary>
internal sealed class ExpectedPoissonPairModel : PoissonPairModel, IExpectedScore<PoissonPair>
{
    public void WriteScore(ReadOnlySpan<double> statistic, PoissonPair parameters, Span<double> score)
    {
        score[0] = statistic[0] / parameters.Share - statistic[1] / (1 - parameters.Share);
        score[1] = statistic[2] / parameters.First - statistic[0];
        score[2] = statistic[3] / parameters.Second - statistic[1];
    }
}

/// <summary>With a conjugate prior on both rates, Gamma(shape, rate) up to its constant: scores must not be mistaken for those of the posterior.</summary>
internal sealed class PriorPoissonPairModel(double shape, double rate) : ScoredPoissonPairModel
{
    public override double LogPrior(PoissonPair parameters) =>
        (shape - 1) * (Math.Log(parameters.First) + Math.Log(parameters.Second)) - rate * (parameters.First + parameters.Second);

    public override PoissonPair Maximize(ReadOnlySpan<double> statistic, PoissonPair current) => new(
        statistic[0] / (statistic[0] + statistic[1]),
        (statistic[2] + shape - 1) / (statistic[0] + rate),
        (statistic[3] + shape - 1) / (statistic[1] + rate));
}
