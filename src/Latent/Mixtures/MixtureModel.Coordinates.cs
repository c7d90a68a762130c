using System.Diagnostics.CodeAnalysis;
using Latent.Families;

namespace Latent.Mixtures;

/// <content>
/// Coordinates: log-ratios log(πₖ/π_r) of the weights to the first component r that has any, those of weight 0 left out, and of that of the noise; then the family's own. Weights that
/// are held equal have none but that of the noise.
/// </content>
public sealed partial class MixtureModel<TComponent> : ICoordinateScore<Mixture<TComponent>>
{
    /// <inheritdoc/>
    public int CoordinateCount(Mixture<TComponent> parameters) => Family is ICoordinateFamily<TComponent> family
        ? (EqualWeights ? 0 : parameters.Weights.Count(weight => weight > 0) - 1) + (parameters.NoiseWeight > 0 ? 1 : 0) + family.CoordinateCount(Components)
        : 0;

    /// <inheritdoc/>
    public void WriteCoordinates(Mixture<TComponent> parameters, Span<double> point)
    {
        int reference = First(parameters);
        int index = 0;
        for (int k = 0; k < Components; k++)
        {
            if (IsFree(k, reference, parameters))
            {
                point[index++] = parameters.LogWeights[k] - parameters.LogWeights[reference];
            }
        }
        if (parameters.NoiseWeight > 0)
        {
            point[index++] = parameters.LogNoiseWeight - parameters.LogWeights[reference];
        }
        ((ICoordinateFamily<TComponent>)Family).WriteCoordinates(parameters.Components.AsSpan(), point[index..]);
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, Mixture<TComponent> like, [MaybeNullWhen(false)] out Mixture<TComponent> parameters)
    {
        int reference = First(like);
        double[] weights = new double[Components];
        TComponent[] components = new TComponent[Components];
        int index = 0;
        double largest = 0;
        for (int k = 0; k < Components; k++)
        {
            weights[k] = IsFree(k, reference, like) ? point[index++] : like.Weights[k] > 0 ? 0 : double.NegativeInfinity;
            largest = Math.Max(largest, weights[k]);
        }
        double noise = like.NoiseWeight > 0 ? point[index++] : double.NegativeInfinity;
        largest = Math.Max(largest, noise);
        bool feasible = largest < double.PositiveInfinity;
        for (int k = 0; k < Components; k++)
        {
            weights[k] = Math.Exp(weights[k] - largest);
            feasible &= weights[k] > 0 == like.Weights[k] > 0;
        }
        noise = Math.Exp(noise - largest);
        feasible &= noise > 0 == like.NoiseWeight > 0;
        if (!feasible || !((ICoordinateFamily<TComponent>)Family).TryReadCoordinates(point[index..], like.Components.AsSpan(), components))
        {
            parameters = null;
            return false;
        }
        parameters = new Mixture<TComponent>(weights, components, noise);
        return true;
    }

    /// <summary>Whether the family has a gradient; it then holds for every kind of responsibilities, each with its own objective.</summary>
    public bool HasCoordinateScore => Family is ICoordinateScoreFamily<TComponent>;

    /// <inheritdoc/>
    public bool TryWriteCoordinateScore(ReadOnlySpan<double> statistic, Mixture<TComponent> parameters, Span<double> score)
    {
        int reference = First(parameters);
        double total = Components * ExtraRows;
        for (int k = 0; k < Components; k++)
        {
            total += statistic[k];
        }
        total += Noise is null ? 0 : statistic[^1];
        int index = 0;
        for (int k = 0; k < Components; k++)
        {
            if (IsFree(k, reference, parameters))
            {
                score[index++] = statistic[k] + ExtraRows - total * parameters.Weights[k];
            }
        }
        if (parameters.NoiseWeight > 0)
        {
            score[index++] = statistic[^1] - total * parameters.NoiseWeight;
        }
        return ((ICoordinateScoreFamily<TComponent>)Family).TryWriteCoordinateScore(Own(statistic), parameters.Components.AsSpan(), score[index..]);
    }

    private bool IsFree(int component, int reference, Mixture<TComponent> mixture) => !EqualWeights && component != reference && mixture.Weights[component] > 0;

    /// <summary>The reference of the log-ratios: the same all along a run, since EM neither empties nor fills a component between two points of one chart.</summary>
    private static int First(Mixture<TComponent> parameters)
    {
        int first = 0;
        while (parameters.Weights[first] == 0)
        {
            first++;
        }
        return first;
    }
}
