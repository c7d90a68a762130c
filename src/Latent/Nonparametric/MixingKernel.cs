using Latent.Families;

namespace Latent.Nonparametric;

/// <summary>The density f(x; θ) of one parameter that a mixing distribution mixes.</summary>
public sealed class MixingKernel
{
    private MixingKernel(FamilyChoice choice, ProductPart part, string parameter, Func<double, double[]> component, Func<double, double> toAxis, Func<double, double> fromAxis, Func<double, double, (double, double)> range)
    {
        Choice = choice;
        Family = new ProductFamily(part);
        ParameterName = parameter;
        Component = theta => Family.Join(part.Create(component(theta)));
        (ToAxis, FromAxis, Range) = (toAxis, fromAxis, range);
    }

    /// <summary>The family, as the catalog names it.</summary>
    public FamilyChoice Choice { get; }

    /// <summary>The family, as a product of one column.</summary>
    public ProductFamily Family { get; }

    /// <summary>What θ is.</summary>
    public string ParameterName { get; }

    /// <summary>The component of a θ.</summary>
    internal Func<double, Product> Component { get; }

    /// <summary>The axis on which a grid of θ is even.</summary>
    internal Func<double, double> ToAxis { get; }

    /// <summary>Back from it.</summary>
    internal Func<double, double> FromAxis { get; }

    /// <summary>The θ that may have mass, from the least and the greatest value: beyond, every row's density falls.</summary>
    internal Func<double, double, (double Low, double High)> Range { get; }

    /// <summary>Counts with rate θ.</summary>
    public static MixingKernel Poisson() => new(new("poisson"), ProductPart.Of(new PoissonFamily()), "rate", theta => [theta], Math.Sqrt, axis => axis * axis, (least, most) => (least, most));

    /// <summary>Successes in a number of trials, each with probability θ.</summary>
    public static MixingKernel Binomial(int trials) => new(
        new("binomial", 1, trials), ProductPart.Of(new BinomialFamily(trials)), "probability", theta => [theta], theta => theta, axis => axis, (least, most) => (least / trials, most / trials));

    /// <summary>Failures before the first success of probability θ.</summary>
    public static MixingKernel Geometric() => new(
        new("geometric"), ProductPart.Of(new GeometricFamily()), "probability", theta => [theta], Math.Log, Math.Exp, (least, most) => (1 / (1 + most), 1 / (1 + least)));

    /// <summary>Times with rate θ.</summary>
    public static MixingKernel Exponential() => new(
        new("exponential"), ProductPart.Of(new ExponentialFamily()), "rate", theta => [theta], Math.Log, Math.Exp, (least, most) => (1 / most, 1 / least));

    /// <summary>Values with mean θ and a known deviation.</summary>
    /// <exception cref="ArgumentException">The deviation is not positive.</exception>
    public static MixingKernel Normal(double deviation) => deviation > 0 && double.IsFinite(deviation)
        ? new(new("normal"), ProductPart.Of(new NormalFamily()), "mean", theta => [theta, deviation * deviation], theta => theta, axis => axis, (least, most) => (least, most))
        : throw new ArgumentException($"Expected a positive deviation, found {deviation}.", nameof(deviation));
}
