using Latent.Factors;

namespace Latent.Mixtures;

/// <summary>A mixture of factor analysers with fewer factors, or uniquenesses that share more, as a start.</summary>
/// <param name="Contained">The mixture.</param>
internal sealed record WidenedInitializer(Mixture<FactorGaussian> Contained) : MixtureInitializer
{
    /// <summary>Share of a column's uniqueness that each new factor takes: loadings of zero would stay so.</summary>
    private const double Share = 1e-4;

    /// <inheritdoc/>
    public override string Name => "contained";

    /// <inheritdoc/>
    public override bool IsDeterministic => true;

    /// <inheritdoc/>
    public override Mixture<TComponent> Start<TComponent>(StartContext<TComponent> context) => context.Model.Family is FactorGaussianFamily family
        ? (Mixture<TComponent>)(object)Widened(family, Contained)
        : throw new ArgumentException($"Expected a family with factors, found {context.Model.Family.GetType().Name}.", nameof(context));

    /// <summary>Nearly the same density with as many factors as a family has: new ones have loadings next to nothing, of other signs in each column.</summary>
    public static Mixture<FactorGaussian> Widened(FactorGaussianFamily family, Mixture<FactorGaussian> contained)
    {
        FactorGaussian[] components = [.. contained.Components.Select(component => Widened(family, component.Parameters))];
        return new Mixture<FactorGaussian>(contained.Weights.AsSpan(), family.Constrain(contained.Weights.AsSpan(), components), contained.NoiseWeight);
    }

    private static FactorGaussian Widened(FactorGaussianFamily family, FactorParameters own)
    {
        (int d, int q) = (family.Columns, family.Factors);
        double[] loadings = new double[d * q];
        for (int j = 0; j < d; j++)
        {
            own.Row(j).CopyTo(loadings.AsSpan(j * q));
            for (int k = own.Factors; k < q; k++)
            {
                double place = (j + 1) * Math.Sqrt(k + 2);
                loadings[j * q + k] = Math.Sqrt(Share * own.Uniquenesses[j]) * (place - Math.Floor(place) < 0.5 ? -1 : 1);
            }
        }
        return new FactorGaussian(new FactorParameters(own.Mean, loadings, own.Uniquenesses));
    }
}
