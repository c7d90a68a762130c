using System.Collections.Immutable;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>Latent classes whose sizes depend on covariates z: P(class k | z) ∝ exp(zᵀβₖ), β of the first class 0.</summary>
public sealed class LatentClassRegression
{
    internal LatentClassRegression(double[] coefficients, int terms, ImmutableArray<Product> classes)
    {
        Flat = coefficients;
        Terms = terms;
        Classes = classes;
    }

    /// <summary>βₖ, class by class; those of the first class are 0.</summary>
    public double[][] Coefficients => [.. Enumerable.Range(0, Classes.Length).Select(k => Flat[(k * Terms)..((k + 1) * Terms)])];

    /// <summary>The items' distributions in each class.</summary>
    public ImmutableArray<Product> Classes { get; }

    /// <summary>The intercept and the covariates.</summary>
    public int Terms { get; }

    internal double[] Flat { get; }
}
