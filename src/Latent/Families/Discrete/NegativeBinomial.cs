using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>The negative binomial distribution: Poisson counts whose rate is gamma distributed, with variance μ + μ²/r.</summary>
/// <param name="size">r > 0; towards ∞ the Poisson distribution.</param>
/// <param name="mean">μ ≥ 0.</param>
public sealed class NegativeBinomial(double size, double mean) : Distribution([Positive(size, nameof(size)), NotNegative(mean, nameof(mean))])
{
    private readonly double _logShare = Elementary.Log(mean / (size + mean));
    private readonly double _logNone = -size * Elementary.LogOnePlus(mean / size);
    private double[] _table = [];

    /// <summary>r.</summary>
    public double Size => Parameters[0];

    /// <summary>μ.</summary>
    public double Mean => Parameters[1];

    /// <summary>log f of the counts up to <paramref name="largest"/>; made once.</summary>
    internal double[] Table(int largest)
    {
        if (_table.Length <= largest)
        {
            _table = [.. Enumerable.Range(0, largest + 1).Select(count => LogProbability(count))];
        }
        return _table;
    }

    /// <summary>log f(x) of a count.</summary>
    public double LogProbability(double count) => count == 0 ? _logNone : LogRising(count) + _logNone - Counts.LogFactorial(count) + count * _logShare;

    /// <summary>log Γ(x + r)/Γ(r), as a sum of logarithms where both are large and their difference would lose digits.</summary>
    private double LogRising(double count) => Size > 1e4 && count < 1e4 ? SumOfLogs((int)count) : GammaFunctions.LogGamma(count + Size) - GammaFunctions.LogGamma(Size);

    private double SumOfLogs(int count)
    {
        double sum = 0;
        for (int j = 0; j < count; j++)
        {
            sum += Elementary.Log(Size + j);
        }
        return sum;
    }
}
