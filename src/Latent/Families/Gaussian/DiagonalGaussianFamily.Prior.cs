namespace Latent.Families;

/// <content>The M-step under a prior.</content>
public sealed partial class DiagonalGaussianFamily
{
    /// <inheritdoc/>
    public double LogPrior(ReadOnlySpan<DiagonalGaussian> components)
    {
        double sum = 0;
        foreach (DiagonalGaussian component in components)
        {
            if (Prior is null)
            {
                continue;
            }
            double trace = 0;
            double square = 0;
            for (int j = 0; j < Columns; j++)
            {
                double scaled = (component.Mean[j] - Prior.Mean[j]) * component.Scales[j];
                square += scaled * scaled;
                trace += Prior.Scale.Matrix[j * Columns + j] / component.Variances[j];
            }
            sum += Prior.LogDensity(component.LogDeterminant, trace) + Prior.LogDensityOfMean(component.LogDeterminant, square);
        }
        return sum;
    }

    /// <summary>(N·x̄ + κm)/(N + κ) and [Λⱼⱼ + Wⱼ + κN/(N + κ)·(x̄ⱼ−mⱼ)²]/(N + p + 1), the 1 only where κ > 0 [FraleyRaftery2007].</summary>
    private DiagonalGaussian Estimate(ReadOnlySpan<double> statistic, DiagonalGaussian current, GaussianPrior prior)
    {
        double n = statistic[0];
        double[] average = new double[Columns];
        double[] centre = new double[Columns];
        double[] variances = new double[Columns];
        for (int j = 0; j < Columns; j++)
        {
            centre[j] = prior.Mean[j] - current.Mean[j];
            if (n > 0)
            {
                average[j] = statistic[1 + j] / n;
                variances[j] = statistic[1 + Columns + j] - n * average[j] * average[j];
            }
        }
        double[] offset = new double[Columns];
        double weight = prior.Shrink(n, average, centre, offset);
        double rows = n + prior.RowsOf(1);
        bool held = false;
        for (int j = 0; j < Columns; j++)
        {
            double scatter = prior.Scale.Matrix[j * Columns + j] + variances[j] + weight * offset[j] * offset[j];
            (variances[j], bool raised) = GaussianConstants.Raise(scatter / rows, Floor.Least(j));
            held |= raised;
        }
        return new DiagonalGaussian(GaussianConstants.Moved(current.Mean, average), variances, held);
    }
}
