using System.Collections.Immutable;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>The parameters of a finite mixture: p(x) = Σₖ πₖ·f(x; θₖ).</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public sealed class Mixture<TComponent>
{
    /// <summary>Weights this close to one in sum are kept to the bit, so that stored weights come back as they were.</summary>
    private const double Normalized = 1e-12;

    /// <summary>Creates a mixture.</summary>
    /// <param name="weights">Mixing weights: non-negative, scaled here to sum to one. A component of weight 0 stays empty under EM.</param>
    /// <param name="components">As many components.</param>
    /// <exception cref="ArgumentException">No components, another number of weights, a negative or non-finite weight, or all zero.</exception>
    public Mixture(ReadOnlySpan<double> weights, ReadOnlySpan<TComponent> components)
        : this(weights, components, 0)
    {
    }

    /// <summary>Creates a mixture with a noise component, whose density the model knows.</summary>
    /// <param name="weights">Mixing weights of the components, scaled here to sum to one together with that of the noise.</param>
    /// <param name="components">As many components.</param>
    /// <param name="noiseWeight">The weight π₀ of the noise, in the units of the others; 0 where there is none.</param>
    /// <exception cref="ArgumentException">No components, another number of weights, a negative or non-finite weight, or all zero.</exception>
    public Mixture(ReadOnlySpan<double> weights, ReadOnlySpan<TComponent> components, double noiseWeight)
    {
        if (components.IsEmpty || weights.Length != components.Length)
        {
            throw new ArgumentException($"Expected at least one component and as many weights, found {components.Length} components and {weights.Length} weights.");
        }
        double sum = 0;
        foreach (double weight in weights)
        {
            sum += Checked(weight);
        }
        sum += Checked(noiseWeight);
        if (!(sum > 0) || !double.IsFinite(sum))
        {
            throw new ArgumentException($"Expected weights with a positive finite sum, found {sum:R}.", nameof(weights));
        }
        bool normalized = Math.Abs(sum - 1) <= Normalized;
        double[] shares = new double[weights.Length];
        double[] logs = new double[weights.Length];
        for (int k = 0; k < shares.Length; k++)
        {
            shares[k] = normalized ? weights[k] : weights[k] / sum;
            logs[k] = Elementary.Log(shares[k]);
        }
        Weights = ImmutableArray.Create(shares);
        LogWeights = ImmutableArray.Create(logs);
        Components = ImmutableArray.Create(components);
        NoiseWeight = normalized ? noiseWeight : noiseWeight / sum;
        LogNoiseWeight = Elementary.Log(NoiseWeight);
    }

    /// <summary>Mixing weights π, which sum to one, together with <see cref="NoiseWeight"/> where there is noise.</summary>
    public ImmutableArray<double> Weights { get; }

    /// <summary>Natural logarithms of <see cref="Weights"/>; −∞ for an empty component.</summary>
    public ImmutableArray<double> LogWeights { get; }

    /// <summary>The components.</summary>
    public ImmutableArray<TComponent> Components { get; }

    /// <summary>The weight π₀ of the uniform noise of a <see cref="MixtureModel{TComponent}.Noise"/>; 0 where there is none.</summary>
    public double NoiseWeight { get; }

    /// <summary>The natural logarithm of <see cref="NoiseWeight"/>.</summary>
    internal double LogNoiseWeight { get; }

    /// <summary>The number of components, without noise.</summary>
    public int Count => Components.Length;

    /// <summary>The same mixture with its components ordered by weight, largest first; equal weights keep their order.</summary>
    public Mixture<TComponent> SortedByWeight() => Reorder(OrderByWeight());

    /// <summary>The components' places by weight, largest first; equal weights keep their order.</summary>
    /// <param name="named">How many components, from the first on, keep their places.</param>
    internal int[] OrderByWeight(int named = 0) => [.. Enumerable.Range(0, named), .. Enumerable.Range(named, Count - named).OrderByDescending(k => Weights[k])];

    /// <summary>The others, their weights scaled to make up for the one that goes.</summary>
    internal Mixture<TComponent> Without(int component) => new(Weights.RemoveAt(component).AsSpan(), Components.RemoveAt(component).AsSpan(), NoiseWeight);

    internal Mixture<TComponent> Reorder(int[] order) => new(
        Array.ConvertAll(order, k => Weights[k]),
        Array.ConvertAll(order, k => Components[k]),
        NoiseWeight);

    private static double Checked(double weight) => weight >= 0 && double.IsFinite(weight)
        ? weight
        : throw new ArgumentException($"Expected finite weights of zero or more, found {weight:R}.");
}
