using System.Diagnostics.CodeAnalysis;
using Latent.Families;

namespace Latent.Mixtures;

/// <content>
/// Coordinates: log-ratios log(πₖ/π_r) of the weights to the first component r that has any, those of weight 0 left out; then the family's own.
/// </content>
public sealed partial class MixtureModel<TComponent> : ICoordinateScore<Mixture<TComponent>>
{
    /// <inheritdoc/>
    public int CoordinateCount(Mixture<TComponent> parameters) => Family is ICoordinateFamily<TComponent> family
        ? parameters.Weights.Count(weight => weight > 0) - 1 + family.CoordinateCount(Components)
        : 0;

    /// <inheritdoc/>
    public void WriteCoordinates(Mixture<TComponent> parameters, Span<double> point)
    {
        int reference = First(parameters);
        int index = 0;
        for (int k = 0; k < Components; k++)
        {
            if (k != reference && parameters.Weights[k] > 0)
            {
                point[index++] = parameters.LogWeights[k] - parameters.LogWeights[reference];
            }
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
            weights[k] = k == reference ? 0 : like.Weights[k] > 0 ? point[index++] : double.NegativeInfinity;
            largest = Math.Max(largest, weights[k]);
        }
        bool feasible = largest < double.PositiveInfinity;
        for (int k = 0; k < Components; k++)
        {
            weights[k] = Math.Exp(weights[k] - largest);
            feasible &= weights[k] > 0 == like.Weights[k] > 0;
        }
        if (!feasible || !((ICoordinateFamily<TComponent>)Family).TryReadCoordinates(point[index..], like.Components.AsSpan(), components))
        {
            parameters = null;
            return false;
        }
        parameters = new Mixture<TComponent>(weights, components);
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
        int index = 0;
        for (int k = 0; k < Components; k++)
        {
            if (k != reference && parameters.Weights[k] > 0)
            {
                score[index++] = statistic[k] + ExtraRows - total * parameters.Weights[k];
            }
        }
        return ((ICoordinateScoreFamily<TComponent>)Family).TryWriteCoordinateScore(statistic[Components..], parameters.Components.AsSpan(), score[index..]);
    }

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
