using Latent.Families;
using Latent.Kernels;

namespace Latent.Regression;

/// <content>Coordinates of each component: the coefficients of the terms in standard units, and the logarithm of the dispersion where there is one.</content>
public sealed partial class RegressionFamily : ICoordinateFamily<RegressionComponent>
{
    private const double Rounding = 1e-9;

    private bool HasDispersion => Response.DispersionName is not null;

    /// <inheritdoc/>
    public int CoordinateCount(int components) => components * FreeParameters;

    /// <inheritdoc/>
    public void WriteCoordinates(ReadOnlySpan<RegressionComponent> components, Span<double> point)
    {
        for (int k = 0; k < components.Length; k++)
        {
            Span<double> own = point.Slice(k * FreeParameters, FreeParameters);
            components[k].Coefficients.CopyTo(own);
            if (HasDispersion)
            {
                own[Terms] = Elementary.Log(components[k].Dispersion);
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReadCoordinates(ReadOnlySpan<double> point, ReadOnlySpan<RegressionComponent> like, Span<RegressionComponent> components)
    {
        for (int k = 0; k < components.Length; k++)
        {
            ReadOnlySpan<double> own = point.Slice(k * FreeParameters, FreeParameters);
            double dispersion = HasDispersion ? Elementary.Exp(own[Terms]) : 1;
            bool below = Response is GaussianResponse && dispersion < _least * (1 - Rounding);
            bool held = Response is GaussianResponse && dispersion <= _least * (1 + Rounding);
            foreach (double coefficient in own[..Terms])
            {
                if (!double.IsFinite(coefficient))
                {
                    return false;
                }
            }
            if (!(dispersion > 0) || !double.IsFinite(dispersion) || below)
            {
                return false;
            }
            components[k] = new RegressionComponent(own[..Terms], held ? _least : dispersion, held);
        }
        return true;
    }
}
