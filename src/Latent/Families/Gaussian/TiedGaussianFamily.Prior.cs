namespace Latent.Families;

/// <content>The M-step under a prior.</content>
public sealed partial class TiedGaussianFamily
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The components do not share one covariance.</exception>
    public double LogPrior(ReadOnlySpan<TiedGaussian> components)
    {
        if (Prior is null)
        {
            return 0;
        }
        Covariance covariance = FrameOf(components).Covariance;
        double sum = Prior.LogDensity(covariance);
        foreach (TiedGaussian component in components)
        {
            sum += Prior.LogDensityOfMean(covariance, component.Mean);
        }
        return sum;
    }

    /// <summary>
    /// What the prior adds to the joint M-step, in whitened coordinates: means (Nₖx̄ₖ + κm)/(Nₖ + κ) and the covariance
    /// [Λ + W + Σₖ κNₖ/(Nₖ + κ)·(x̄ₖ−m)(x̄ₖ−m)ᵀ]/(N + p + K), the K only where κ > 0 [FraleyRaftery2007].
    /// </summary>
    private sealed class TiedPosterior(GaussianPrior prior, TiedFrame frame)
    {
        private readonly double[] _scatter = prior.Whitened(frame.Covariance);

        /// <summary>The mean of a component without rows; null where the prior says nothing of means.</summary>
        public double[]? EmptyMean => prior.Shrinkage > 0 ? prior.Mean.ToArray() : null;

        /// <summary>Shrinks a component's step x̄ − μ and adds to the scatter.</summary>
        public void Add(double n, TiedGaussian current, double[] step)
        {
            int d = step.Length;
            double[] offset = new double[d];
            double weight = prior.Shrink(n, step, prior.WhitenedMean(frame.Covariance, current.Mean), offset);
            for (int i = 0; i < d; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    _scatter[i * d + j] += weight * offset[i] * offset[j];
                }
            }
        }

        /// <summary>Replaces the covariance of n rows within the components by the posterior's mode.</summary>
        public void Apply(double n, int components, double[] covariance)
        {
            double rows = n + prior.RowsOf(components);
            for (int i = 0; i < covariance.Length; i++)
            {
                covariance[i] = (n * covariance[i] + _scatter[i]) / rows;
            }
        }
    }
}
