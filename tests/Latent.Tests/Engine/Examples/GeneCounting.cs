using Latent.Data;

namespace Latent.Tests.Engine.Examples;

/// <summary>Allele frequencies, positive and summing to one.</summary>
public sealed record AlleleFrequencies(double[] Values);

/// <summary>An unordered pair of alleles.</summary>
public readonly record struct Genotype(int First, int Second);

/// <summary>
/// Gene counting under Hardy-Weinberg equilibrium [Lange2002, sec. 2.4]: a phenotype is seen, which of its genotypes
/// made it is not. A row is a phenotype's code, its weight the number of persons.
/// </summary>
public sealed class GeneCounting(int alleles, params Genotype[][] phenotypes) : IEmModel<AlleleFrequencies, RowChunk>
{
    /// <summary>Blood groups A, AB, B, O from the alleles A, B, O.</summary>
    public static GeneCounting BloodGroups { get; } = new(3, [new(0, 0), new(0, 2)], [new(0, 1)], [new(1, 1), new(1, 2)], [new(2, 2)]);

    /// <summary>Moths carbonaria, insularia, typica from the alleles C, I, T, dominant in this order.</summary>
    public static GeneCounting PepperedMoth { get; } = new(3, [new(0, 0), new(0, 1), new(0, 2)], [new(1, 1), new(1, 2)], [new(2, 2)]);

    public int StatisticLength => alleles;

    public double Expect(AlleleFrequencies parameters, RowChunk chunk, Span<double> statistic)
    {
        double[] frequencies = parameters.Values;
        double logLikelihood = 0;
        for (int row = 0; row < chunk.Rows; row++)
        {
            double code = chunk[row, 0];
            if (!(code >= 0 && code < phenotypes.Length && code == Math.Floor(code)))
            {
                throw new ArgumentException($"Expected the code of a phenotype, 0 to {phenotypes.Length - 1}, found {code}. Recode the column.");
            }
            double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
            Genotype[] genotypes = phenotypes[(int)code];
            double probability = 0;
            foreach (Genotype genotype in genotypes)
            {
                probability += Probability(genotype, frequencies);
            }
            foreach (Genotype genotype in genotypes)
            {
                double expected = weight * (Probability(genotype, frequencies) / probability);
                statistic[genotype.First] += expected;
                statistic[genotype.Second] += expected;
            }
            logLikelihood += weight * Math.Log(probability);
        }
        return logLikelihood;
    }

    public AlleleFrequencies Maximize(ReadOnlySpan<double> statistic, AlleleFrequencies current)
    {
        double genes = 0;
        foreach (double count in statistic)
        {
            genes += count;
        }
        double[] values = new double[statistic.Length];
        for (int allele = 0; allele < values.Length; allele++)
        {
            values[allele] = statistic[allele] / genes;
        }
        return new AlleleFrequencies(values);
    }

    private static double Probability(Genotype genotype, double[] frequencies) =>
        (genotype.First == genotype.Second ? 1 : 2) * frequencies[genotype.First] * frequencies[genotype.Second];
}
