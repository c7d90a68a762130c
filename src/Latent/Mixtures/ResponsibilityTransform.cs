using System.Numerics.Tensors;
using Latent.Kernels;

namespace Latent.Mixtures;

/// <summary>
/// What the E-step of a mixture makes of the joint densities πₖ·fₖ(x): soft, hard and annealed EM are this one difference. Each is the exact
/// E-step of an objective of its own, which the M-step never lowers.
/// </summary>
public abstract record ResponsibilityTransform
{
    private protected ResponsibilityTransform()
    {
    }

    /// <summary>Responsibilities in proportion to πₖ·fₖ; the objective is the log-likelihood Σ w·log Σₖ πₖ·fₖ(x). This is EM.</summary>
    public static ResponsibilityTransform Soft { get; } = new SoftTransform();

    /// <summary>
    /// All responsibility to the component with the largest πₖ·fₖ, the lowest index among equals; the objective is the classification
    /// log-likelihood Σ w·maxₖ log(πₖ·fₖ(x)) [CeleuxGovaert1992].
    /// </summary>
    public static ResponsibilityTransform Hard { get; } = new HardTransform();

    /// <summary>
    /// Responsibilities in proportion to (πₖ·fₖ)^β; the objective is minus the free energy, (1/β)·Σ w·log Σₖ (πₖ·fₖ(x))^β [UedaNakano1998].
    /// β = 1 is <see cref="Soft"/> to the bit, and towards β = 0 all components look alike.
    /// </summary>
    /// <param name="inverseTemperature">β, positive and finite; above 1 the responsibilities are harder than those of EM.</param>
    /// <exception cref="ArgumentOutOfRangeException">β is not positive and finite.</exception>
    public static ResponsibilityTransform Annealed(double inverseTemperature) => inverseTemperature > 0 && double.IsFinite(inverseTemperature)
        ? new AnnealedTransform(inverseTemperature)
        : throw new ArgumentOutOfRangeException(nameof(inverseTemperature), inverseTemperature, "Expected a positive finite inverse temperature.");

    /// <summary>Whether a joint density below double rounding of the greatest has no effect, so that a component need not finish it: not where β raises it.</summary>
    internal virtual bool IgnoresNegligible => true;

    /// <summary>The power β that joint densities are raised to before they are normalised: 1 for soft responsibilities, ∞ for hard ones.</summary>
    internal virtual double InverseTemperature => 1;

    /// <summary>Turns joint log-densities into responsibilities times row weights, writes each row's share of the objective, and returns their weighted sum.</summary>
    internal abstract double Apply(Span<double> joint, int stride, int components, ReadOnlySpan<double> weights, Span<double> shares);

    private sealed record SoftTransform : ResponsibilityTransform
    {
        internal override double Apply(Span<double> joint, int stride, int components, ReadOnlySpan<double> weights, Span<double> shares) =>
            Softmax.Normalize(joint, stride, components, weights, shares);
    }

    private sealed record AnnealedTransform(double Power) : ResponsibilityTransform
    {
        internal override double InverseTemperature => Power;

        internal override bool IgnoresNegligible => InverseTemperature >= 1;

        internal override double Apply(Span<double> joint, int stride, int components, ReadOnlySpan<double> weights, Span<double> shares)
        {
            for (int k = 0; k < components; k++)
            {
                Span<double> column = joint.Slice(k * stride, weights.Length);
                TensorPrimitives.Multiply(column, InverseTemperature, column);
            }
            double sum = Softmax.Normalize(joint, stride, components, weights, shares);
            TensorPrimitives.Divide(shares, InverseTemperature, shares);
            return sum / InverseTemperature;
        }
    }

    private sealed record HardTransform : ResponsibilityTransform
    {
        internal override double InverseTemperature => double.PositiveInfinity;

        internal override double Apply(Span<double> joint, int stride, int components, ReadOnlySpan<double> weights, Span<double> shares)
        {
            Span<double> products = stackalloc double[Data.RowTile.Capacity];
            products = products[..weights.Length];
            for (int row = 0; row < weights.Length; row++)
            {
                int best = 0;
                double most = joint[row];
                for (int k = 0; k < components; k++)
                {
                    double value = joint[k * stride + row];
                    (best, most) = value > most ? (k, value) : (best, double.IsNaN(value) ? value : most);
                    joint[k * stride + row] = 0;
                }
                joint[best * stride + row] = double.IsFinite(most) ? weights[row] : 0;
                shares[row] = most;
                products[row] = weights[row] == 0 ? 0 : weights[row] * most;
            }
            return LaneSum.Of(products);
        }
    }
}
