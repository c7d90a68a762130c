using Latent.Kernels;

namespace Latent.Families;

/// <summary>What values a parameter may have, which settles the coordinate in which it is moved and the scale of its confidence interval.</summary>
public enum ParameterRange
{
    /// <summary>Any number; the coordinate is the number itself.</summary>
    Real,

    /// <summary>Positive, the estimate away from 0; the coordinate is its logarithm.</summary>
    Positive,

    /// <summary>Zero or more, where 0 may be the estimate; the coordinate is its square root, which 0 has too.</summary>
    NonNegative,

    /// <summary>From 0 to 1, where both ends may be the estimate; the coordinate is the number itself, so that the ends lie at no infinity.</summary>
    Unit,
}

/// <summary>A parameter of a family.</summary>
/// <param name="Name">What it is called, in one word where that is possible: rate, shape.</param>
/// <param name="Range">What values it may have.</param>
public readonly record struct Parameter(string Name, ParameterRange Range)
{
    /// <summary>The scale of its confidence interval.</summary>
    public ParameterScale Scale => Range switch
    {
        ParameterRange.Real => ParameterScale.Identity,
        ParameterRange.Unit => ParameterScale.Logit,
        _ => ParameterScale.Log,
    };

    internal double ToCoordinate(double value) => Range switch
    {
        ParameterRange.Positive => Elementary.Log(value),
        ParameterRange.NonNegative => Math.Sqrt(value),
        _ => value,
    };

    /// <summary>The value at a coordinate; NaN where there is none.</summary>
    internal double FromCoordinate(double coordinate) => Range switch
    {
        ParameterRange.Positive => Elementary.Exp(coordinate),
        ParameterRange.NonNegative => coordinate >= 0 ? coordinate * coordinate : double.NaN,
        ParameterRange.Unit => coordinate is >= 0 and <= 1 ? coordinate : double.NaN,
        _ => coordinate,
    };

    /// <summary>A step of the value for a derivative by differences, which stays inside the range; 0 on its edge.</summary>
    internal double Step(double value) => 1e-3 * Range switch
    {
        ParameterRange.Real => Math.Max(1, Math.Abs(value)),
        ParameterRange.Unit => Math.Min(value, 1 - value),
        _ => value,
    };
}
