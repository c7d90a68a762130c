using Latent.Testing;
using Latent.Topics;
using MathNet.Numerics;

namespace Latent.Tests.Topics;

/// <summary>Topic models beside their papers' own formulas, and beside exact likelihoods of tiny corpora.</summary>
public class TopicOracleTests
{
    private static readonly int[][] _tiny = [[0, 1, 0], [2, 3, 2, 1], [0, 2]];

    [Theory]
    [InlineData(TopicInference.VariationalEm)]
    [InlineData(TopicInference.VariationalBayes)]
    public void OneStepIsThatOfTheTranscription(TopicInference inference)
    {
        Random random = new(3);
        const int topics = 3, vocabulary = 10;
        double[] alpha = [0.3, 0.7, 1.1];
        const double eta = 0.2;
        int[][] documents = Bags.Draw(random, 9, vocabulary, topics, 10);
        double[][] rows = Bags.RandomRows(random, topics, vocabulary, 0.1);
        bool isBayes = inference == TopicInference.VariationalBayes;
        double[][] logBeta = isBayes
            ? [.. rows.Select(row => row.Select(value => SpecialFunctions.DiGamma(value) - SpecialFunctions.DiGamma(row.Sum())).ToArray())]
            : [.. Bags.Normalized(rows).Select(row => Array.ConvertAll(row, Math.Log))];
        double[][] counts = [.. rows.Select(row => row.Select(_ => isBayes ? eta : 0).ToArray())];
        double bound = 0;
        foreach (int[] words in documents)
        {
            (_, double[][] phi, double part) = NaiveTopics.Infer(words, alpha, logBeta, 20_000);
            bound += part;
            for (int n = 0; n < words.Length; n++)
            {
                for (int k = 0; k < topics; k++)
                {
                    counts[k][words[n]] += phi[n][k];
                }
            }
        }
        double prior = isBayes ? -Kl(rows, logBeta, eta) : 0;

        TopicModel start = TopicModel.From(inference, rows, alpha, isBayes ? eta : 1);
        TopicFit fit = TopicModel.Fit(Bags.Of(vocabulary, documents), topics, new TopicOptions
        {
            Inference = inference,
            Start = start,
            Smoothing = isBayes ? eta : null,
            Stopping = StoppingRule.Never,
            MaxIterations = 1,
            InnerTolerance = 0,
            InnerIterations = 20_000,
        });

        Assert.Equal(bound + prior, fit.Result.Trace[0], 1e-10 * Math.Abs(bound));
        for (int k = 0; k < topics; k++)
        {
            double total = counts[k].Sum();
            for (int term = 0; term < vocabulary; term++)
            {
                Assert.Equal(counts[k][term] / total, fit.Model.Parameters.Probability(k, term), 1e-10);
            }
        }
    }

    [Fact]
    public void TheBoundLiesBelowTheLikelihood()
    {
        Random random = new(4);
        double[] alpha = [0.6, 1.2];
        double[][] beta = Bags.Normalized(Bags.RandomRows(random, 2, 4, 0.05));
        double exact = _tiny.Sum(words => NaiveTopics.LogLikelihood(words, alpha, beta));
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, beta, alpha);
        double bound = model.Infer(Bags.Of(4, _tiny)).Bounds.Sum();
        Assert.InRange(bound, exact - 1, exact - 1e-6);
    }

    [Fact]
    public void OneTopicLeavesNothingHidden()
    {
        double[][] beta = [[0.1, 0.2, 0.3, 0.4]];
        double exact = _tiny.Sum(words => words.Sum(word => Math.Log(beta[0][word])));
        TopicModel model = TopicModel.From(TopicInference.VariationalEm, beta, [0.8]);
        Assert.Equal(exact, model.Infer(Bags.Of(4, _tiny)).Bounds.Sum(), 1e-12);

        // With the topic itself integrated out, one topic is conjugate: the bound is the evidence.
        TopicFit fit = TopicModel.Fit(Bags.Of(4, _tiny), 1, new TopicOptions { Concentration = 0.8, Smoothing = 0.3, InnerTolerance = 0 });
        Assert.Equal(NaiveTopics.LogEvidence(_tiny, [0.8], 0.3, 4), fit.Bound, 1e-10);
    }

    [Fact]
    public void TheBoundLiesBelowTheEvidence()
    {
        double exact = NaiveTopics.LogEvidence(_tiny, [0.5, 0.5], 0.7, 4);
        TopicFit fit = TopicModel.Fit(Bags.Of(4, _tiny), 2, new TopicOptions { Concentration = 0.5, Smoothing = 0.7, InnerTolerance = 1e-10, Starts = 5, Stopping = StoppingRule.RelativeChange(1e-12) });
        Assert.InRange(fit.Bound, exact - 3, exact - 1e-6);
    }

    [Fact]
    public void PlsaReachesWhatDirectMaximisationReaches()
    {
        // Two documents and two topics without a prior: each document can be its own topic, and the likelihood is that of the observed shares.
        int[][] documents = [[0, 0, 1, 2], [1, 2, 2, 3, 3, 3]];
        double saturated = documents.Sum(words => words.Sum(word => Math.Log(words.Count(other => other == word) / (double)words.Length)));
        TopicFit fit = TopicModel.Fit(Bags.Of(4, documents), 2, new TopicOptions
        {
            Inference = TopicInference.MaximumAPosteriori,
            Initializer = TopicInitializer.RandomWeights,
            Starts = 6,
            Stopping = StoppingRule.RelativeChange(1e-14),
            MaxIterations = 5000,
            InnerTolerance = 1e-9,
        });
        Assert.Equal(saturated, fit.Bound, 1e-4);
    }

    [Fact]
    public void MaximisationIsAFixedPointOfItsEquations()
    {
        Random random = new(6);
        int[][] documents = Bags.Draw(random, 30, 8, 2, 12);
        const double alpha = 1.4, eta = 1.2;
        TopicFit fit = TopicModel.Fit(Bags.Of(8, documents), 2, new TopicOptions
        {
            Inference = TopicInference.MaximumAPosteriori,
            Concentration = alpha,
            Smoothing = eta,
            Stopping = StoppingRule.RelativeChange(1e-15),
            MaxIterations = 20_000,
            InnerTolerance = 1e-12,
            InnerIterations = 5000,
        });
        DocumentTopics topics = fit.Model.Infer(Bags.Of(8, documents));
        double objective = 0;
        double[,] next = new double[2, 8];
        for (int d = 0; d < documents.Length; d++)
        {
            double[] theta = topics[d].ToArray();
            objective += theta.Sum(share => (alpha - 1) * Math.Log(share));
            foreach (int word in documents[d])
            {
                double[] joint = [.. Enumerable.Range(0, 2).Select(k => theta[k] * fit.Model.Parameters.Probability(k, word))];
                objective += Math.Log(joint.Sum());
                for (int k = 0; k < 2; k++)
                {
                    next[k, word] += joint[k] / joint.Sum();
                }
            }
        }
        for (int k = 0; k < 2; k++)
        {
            double total = Enumerable.Range(0, 8).Sum(term => next[k, term] + eta - 1);
            for (int term = 0; term < 8; term++)
            {
                double probability = fit.Model.Parameters.Probability(k, term);
                objective += (eta - 1) * Math.Log(probability);
                Assert.Equal((next[k, term] + eta - 1) / total, probability, 1e-4);
            }
        }
        Assert.Equal(objective, fit.Bound, 1e-4 * Math.Abs(objective));
    }

    private static double Kl(double[][] lambda, double[][] logs, double eta) => lambda.Select((row, k) =>
        SpecialFunctions.GammaLn(row.Sum()) - row.Sum(SpecialFunctions.GammaLn) - SpecialFunctions.GammaLn(row.Length * eta) + row.Length * SpecialFunctions.GammaLn(eta)
        + row.Select((value, term) => (value - eta) * logs[k][term]).Sum()).Sum();
}
