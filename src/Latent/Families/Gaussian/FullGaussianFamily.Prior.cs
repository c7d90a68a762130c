namespace Latent.Families;

/// <content>The M-step under a prior.</content>
public sealed partial class FullGaussianFamily
{
    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<Gaussian> components)
    {
        double sum = 0;
        foreach (Gaussian component in components)
        {
            sum += Prior is null ? 0 : Prior.LogDensity(component.Covariance) + Prior.LogDensityOfMean(component.Covariance, component.Mean);
        }
        return sum;
    }

    /// <summary>(N·x̄ + κm)/(N + κ) and [Λ + W + κN/(N + κ)·(x̄−m)(x̄−m)ᵀ]/(N + p + 1), the 1 only where κ > 0, all in whitened coordinates [FraleyRaftery2007].</summary>
    private void Moments(ReadOnlySpan<double> statistic, Gaussian current, GaussianPrior prior, double[] average, double[] scatter)
    {
        int d = Columns;
        double n = statistic[0];
        if (n > 0)
        {
            GaussianMoments.Centre(statistic[1..], n, average, scatter);
        }
        double[] offset = new double[d];
        double weight = prior.Shrink(n, average, prior.WhitenedMean(current.Covariance, current.Mean), offset);
        double[] scale = prior.Whitened(current.Covariance);
        double rows = n + prior.RowsOf(1);
        for (int i = 0; i < d; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                int cell = i * d + j;
                scatter[cell] = (n * scatter[cell] + scale[cell] + weight * offset[i] * offset[j]) / rows;
            }
        }
    }
}
