using MathNet.Numerics;

namespace Latent.Testing;

/// <summary>
/// Latent Dirichlet allocation as its papers write it: variational inference with φ stored for every word, and exact likelihoods by enumeration of the topics of
/// all words. Documents are lists of words, one entry per occurrence.
/// </summary>
public static class NaiveTopics
{
    /// <summary>Variational inference of one document [Blei2003, fig. 6], and its bound [Blei2003, eq. 15].</summary>
    /// <param name="words">The words.</param>
    /// <param name="alpha">α.</param>
    /// <param name="logBeta">log β, or its expectation: topics × terms.</param>
    /// <param name="sweeps">Sweeps over the words.</param>
    /// <returns>γ, φ (one row per word), and the bound.</returns>
    public static (double[] Gamma, double[][] Phi, double Bound) Infer(IReadOnlyList<int> words, double[] alpha, double[][] logBeta, int sweeps)
    {
        int topics = alpha.Length;
        double[][] phi = [.. words.Select(_ => Enumerable.Repeat(1.0 / topics, topics).ToArray())];
        double[] gamma = [.. alpha.Select(a => a + (double)words.Count / topics)];
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            for (int n = 0; n < words.Count; n++)
            {
                double[] logs = [.. Enumerable.Range(0, topics).Select(k => logBeta[k][words[n]] + SpecialFunctions.DiGamma(gamma[k]))];
                double most = logs.Max();
                double[] weights = [.. logs.Select(log => Math.Exp(log - most))];
                phi[n] = [.. weights.Select(weight => weight / weights.Sum())];
            }
            gamma = [.. Enumerable.Range(0, topics).Select(k => alpha[k] + phi.Sum(row => row[k]))];
        }
        double digammaSum = SpecialFunctions.DiGamma(gamma.Sum());
        double[] expected = [.. gamma.Select(g => SpecialFunctions.DiGamma(g) - digammaSum)];
        double bound = LogDirichletConstant(alpha) - LogDirichletConstant(gamma);
        for (int k = 0; k < topics; k++)
        {
            bound += (alpha[k] - gamma[k]) * expected[k];
            for (int n = 0; n < words.Count; n++)
            {
                bound += phi[n][k] * (expected[k] + logBeta[k][words[n]] - (phi[n][k] > 0 ? Math.Log(phi[n][k]) : 0));
            }
        }
        return (gamma, phi, bound);
    }

    /// <summary>log p(words | α, β), exactly: a sum over the topics of all words.</summary>
    public static double LogLikelihood(IReadOnlyList<int> words, double[] alpha, double[][] beta)
    {
        double sum = 0;
        foreach (int[] assignment in Enumeration.Assignments(alpha.Length, words.Count))
        {
            double log = LogDirichletConstant(alpha) - LogDirichletConstant([.. alpha.Select((a, k) => a + assignment.Count(z => z == k))]);
            double product = Math.Exp(log);
            for (int n = 0; n < words.Count; n++)
            {
                product *= beta[assignment[n]][words[n]];
            }
            sum += product;
        }
        return Math.Log(sum);
    }

    /// <summary>log p(corpus | α, η), exactly, with the topics integrated out too.</summary>
    public static double LogEvidence(IReadOnlyList<int[]> documents, double[] alpha, double eta, int vocabulary)
    {
        int topics = alpha.Length;
        (int Document, int Word)[] all = [.. documents.SelectMany((words, document) => words.Select(word => (document, word)))];
        double sum = 0;
        foreach (int[] assignment in Enumeration.Assignments(topics, all.Length))
        {
            double log = 0;
            for (int document = 0; document < documents.Count; document++)
            {
                int place = document;
                log += LogDirichletConstant(alpha)
                    - LogDirichletConstant([.. alpha.Select((a, k) => a + all.Where((_, n) => all[n].Document == place && assignment[n] == k).Count())]);
            }
            for (int k = 0; k < topics; k++)
            {
                double[] counts = [.. Enumerable.Repeat(eta, vocabulary)];
                for (int n = 0; n < all.Length; n++)
                {
                    counts[all[n].Word] += assignment[n] == k ? 1 : 0;
                }
                log += LogDirichletConstant([.. Enumerable.Repeat(eta, vocabulary)]) - LogDirichletConstant(counts);
            }
            sum += Math.Exp(log);
        }
        return Math.Log(sum);
    }

    // log Γ(Σa) − Σ log Γ(a).
    private static double LogDirichletConstant(double[] a) => SpecialFunctions.GammaLn(a.Sum()) - a.Sum(SpecialFunctions.GammaLn);
}
