namespace Latent.Families;

/// <content>The M-step under a prior.</content>
public sealed partial class SphericalGaussianFamily
{
    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<SphericalGaussian> components)
    {
        double sum = 0;
        foreach (SphericalGaussian component in components)
        {
            if (Prior is null)
            {
                continue;
            }
            double square = 0;
            for (int j = 0; j < Columns; j++)
            {
                double deviation = component.Mean[j] - Prior.Mean[j];
                square += deviation * deviation;
            }
            sum += Prior.LogDensity(component.LogDeterminant, Prior.Trace / component.Variance)
                + Prior.LogDensityOfMean(component.LogDeterminant, square / component.Variance);
        }
        return sum;
    }

    /// <summary>(N·x̄ + κm)/(N + κ) and [tr Λ + W + κN/(N + κ)·‖x̄−m‖²]/(d(N + p + 1)), the 1 only where κ > 0 [FraleyRaftery2007].</summary>
    private SphericalGaussian Estimate(ReadOnlySpan<double> statistic, SphericalGaussian current, GaussianPrior prior)
    {
        double n = statistic[0];
        double[] average = new double[Columns];
        double[] centre = new double[Columns];
        double scatter = prior.Trace;
        if (n > 0)
        {
            scatter += statistic[1 + Columns];
        }
        for (int j = 0; j < Columns; j++)
        {
            centre[j] = prior.Mean[j] - current.Mean[j];
            if (n > 0)
            {
                average[j] = statistic[1 + j] / n;
                scatter -= n * average[j] * average[j];
            }
        }
        double[] offset = new double[Columns];
        double weight = prior.Shrink(n, average, centre, offset);
        foreach (double difference in offset)
        {
            scatter += weight * difference * difference;
        }
        (double variance, bool held) = GaussianConstants.Raise(scatter / (Columns * (n + prior.RowsOf(1))), Floor.LeastCommon());
        return new SphericalGaussian(GaussianConstants.Moved(current.Mean, average), variance, held);
    }
}
