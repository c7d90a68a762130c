namespace Latent.Mixtures;

/// <summary>What posterior probabilities of components say of their rows.</summary>
public static class Posterior
{
    /// <summary>Posterior probabilities that fall short of one by less than this are rounding, not noise.</summary>
    private const double Rounding = 1e-12;

    /// <summary>The component with the highest probability for each row, from 0; ties go to the lower index; −1 where what is left to one, the probability of noise, is higher.</summary>
    /// <param name="responsibilities">Row-major, rows × components.</param>
    /// <param name="components">The number of components.</param>
    public static int[] Labels(ReadOnlySpan<double> responsibilities, int components)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        int[] labels = new int[responsibilities.Length / components];
        for (int row = 0; row < labels.Length; row++)
        {
            ReadOnlySpan<double> posterior = responsibilities.Slice(row * components, components);
            int best = 0;
            for (int k = 1; k < components; k++)
            {
                best = posterior[k] > posterior[best] ? k : best;
            }
            labels[row] = Noise(posterior) > posterior[best] ? -1 : best;
        }
        return labels;
    }

    /// <summary>Σ w·(−Σ r·log r), in nats: 0 where every row is certain of its component.</summary>
    /// <param name="responsibilities">Row-major, rows × components.</param>
    /// <param name="components">The number of components.</param>
    /// <param name="weight">The weight of a row.</param>
    internal static double Entropy(ReadOnlySpan<double> responsibilities, int components, Func<int, double> weight)
    {
        double sum = 0;
        for (int place = 0; place < responsibilities.Length; place++)
        {
            double share = responsibilities[place];
            sum -= share > 0 ? weight(place / components) * share * Math.Log(share) : 0;
        }
        return sum;
    }

    /// <summary>What the probabilities of the components of one row leave to one: that of noise.</summary>
    public static double Noise(ReadOnlySpan<double> posterior)
    {
        double left = 1;
        foreach (double probability in posterior)
        {
            left -= probability;
        }
        return left > Rounding ? left : 0;
    }
}
