using System.Collections.Immutable;
using Latent.Families;

namespace Latent.Markov;

/// <summary>What a pseudo-residual compares a step with.</summary>
public enum PseudoResidualKind
{
    /// <summary>With its distribution given all other steps of the sequence: for outliers [ZucchiniMacDonald2016, section 6.2.2].</summary>
    Ordinary,

    /// <summary>With its distribution given the steps before it: for how well the model forecasts [ZucchiniMacDonald2016, section 6.2.3]. Under the true model they are independent.</summary>
    Forecast,
}

/// <summary>
/// Normal pseudo-residuals: Φ⁻¹ of the probability, under the model, of a value up to the one that was seen. Standard normal where the model is right. A value that has a probability of
/// its own, as a count has, gives a segment from Φ⁻¹(P(X &lt; x)) to Φ⁻¹(P(X ≤ x)), and between its ends Φ⁻¹ of the middle; for others the three are equal. Each column of a step is looked at by itself.
/// </summary>
public sealed class PseudoResiduals
{
    private readonly TailProbabilities[] _tails;

    internal PseudoResiduals(TailProbabilities[] tails, int columns)
    {
        _tails = tails;
        Columns = columns;
        Lower = [.. tails.Select(tail => tail.LowerScore)];
        Values = [.. tails.Select(tail => tail.MiddleScore)];
        Upper = [.. tails.Select(tail => tail.UpperScore)];
    }

    /// <summary>Columns of a step.</summary>
    public int Columns { get; }

    /// <summary>The residuals, row-major, steps × columns; NaN for a missing cell.</summary>
    public ImmutableArray<double> Values { get; }

    /// <summary>The lower ends of their segments; −∞ for the least value that there is.</summary>
    public ImmutableArray<double> Lower { get; }

    /// <summary>The upper ends of their segments; +∞ for the greatest value that there is.</summary>
    public ImmutableArray<double> Upper { get; }

    /// <summary>Whether the values of a column have probabilities of their own, so that their residuals are segments.</summary>
    public bool IsDiscrete(int column)
    {
        for (int at = column; at < _tails.Length; at += Columns)
        {
            if (_tails[at].At > 0)
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The probabilities below, of and above each cell.</summary>
    public ReadOnlySpan<TailProbabilities> Tails => _tails;
}
