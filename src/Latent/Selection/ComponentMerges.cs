using Latent.Families;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>Starts with one component less: two become one with their common weight, mean and covariance, those first whose union loses least.</summary>
internal static class ComponentMerges
{
    /// <summary>The most promising starts with so many components, best first: of each pair but the last the cheapest is joined.</summary>
    public static Mixture<Gaussian>[] Of(GaussianMixture mixture, int components, int starts)
    {
        CovarianceStructure structure = mixture.Structure;
        Mixture<Gaussian> current = new(mixture.Weights.AsSpan(), mixture.Components.AsSpan(), mixture.NoiseWeight);
        while (current.Count > components + 1)
        {
            current = Start(current, structure, Pairs(current).MinBy(pair => pair.Loss)!);
        }
        return [.. Pairs(current).OrderBy(pair => pair.Loss).Take(starts).Select(pair => Start(current, structure, pair))];
    }

    private static IEnumerable<Pair> Pairs(Mixture<Gaussian> mixture)
    {
        for (int i = 0; i < mixture.Count; i++)
        {
            for (int j = i + 1; j < mixture.Count; j++)
            {
                double weight = mixture.Weights[i] + mixture.Weights[j];
                if (weight > 0)
                {
                    yield return PairOf(mixture, i, j, weight);
                }
            }
        }
    }

    /// <summary>
    /// Two components and their union; the loss ½[(πᵢ+πⱼ)·log |Σᵢⱼ| − πᵢ·log |Σᵢ| − πⱼ·log |Σⱼ|] bounds the divergence of the merged mixture
    /// from what it was [Runnalls2007].
    /// </summary>
    private static Pair PairOf(Mixture<Gaussian> mixture, int first, int second, double weight)
    {
        (Gaussian a, Gaussian b) = (mixture.Components[first], mixture.Components[second]);
        (double shareA, double shareB) = (mixture.Weights[first] / weight, mixture.Weights[second] / weight);
        int d = a.Dimension;
        double[] mean = new double[d];
        double[] matrix = new double[d * d];
        for (int i = 0; i < d; i++)
        {
            mean[i] = shareA * a.Mean[i] + shareB * b.Mean[i];
            for (int j = 0; j < d; j++)
            {
                double between = shareA * shareB * (a.Mean[i] - b.Mean[i]) * (a.Mean[j] - b.Mean[j]);
                matrix[i * d + j] = shareA * a.Covariance.Matrix[i * d + j] + shareB * b.Covariance.Matrix[i * d + j] + between;
            }
        }
        Covariance union = Covariance.FromMatrix(matrix, d);
        double loss = weight * union.LogDeterminant - mixture.Weights[first] * a.Covariance.LogDeterminant - mixture.Weights[second] * b.Covariance.LogDeterminant;
        return new Pair(first, second, mean, union, loss / 2);
    }

    private static Mixture<Gaussian> Start(Mixture<Gaussian> mixture, CovarianceStructure structure, Pair pair)
    {
        List<double> weights = [.. mixture.Weights];
        List<Gaussian> components = [.. mixture.Components];
        weights[pair.First] += weights[pair.Second];
        components[pair.First] = new Gaussian(pair.Mean, structure switch
        {
            CovarianceStructure.Tied => components[pair.First].Covariance,
            CovarianceStructure.Spherical => Round(pair.Union),
            _ => pair.Union,
        });
        weights.RemoveAt(pair.Second);
        components.RemoveAt(pair.Second);
        return new Mixture<Gaussian>(weights.ToArray(), components.ToArray(), mixture.NoiseWeight);
    }

    private static Covariance Round(Covariance covariance)
    {
        int d = covariance.Dimension;
        double trace = 0;
        for (int i = 0; i < d; i++)
        {
            trace += covariance.Matrix[i * d + i];
        }
        return Covariance.FromVariances([.. Enumerable.Repeat(trace / d, d)]);
    }

    private sealed record Pair(int First, int Second, double[] Mean, Covariance Union, double Loss);
}
