using Latent.Data;
using Latent.Testing;
using Latent.Topics;

namespace Latent.Tests.Topics;

/// <summary>The laws of every EM model, for each kind of inference, with inner loops run to their ends.</summary>
public abstract class TopicLaws(TopicInference inference, double concentration, double smoothing) : EmModelLaws<TopicParameters, DocumentChunk>
{
    private const int Topics = 3;
    private const int Vocabulary = 12;

    protected override IEmModel<TopicParameters, DocumentChunk> Model { get; } = new TopicEmModel(Topics, Vocabulary, tolerance: 1e-11, mostSweeps: 20_000);

    protected override double SumTolerance => 1e-9;

    protected override DocumentChunk Draw(Random random, int observations) =>
        observations == 0 ? default : Bags.Of(Vocabulary, Bags.Draw(random, observations, Vocabulary, Topics, 12)).GetChunk(0);

    protected override DocumentChunk Join(DocumentChunk first, DocumentChunk second)
    {
        int[][] words = [.. All(first), .. All(second)];
        return words.Length == 0 ? default : Bags.Of(Vocabulary, words).GetChunk(0);
    }

    protected override TopicParameters Parameters(Random random) =>
        TopicModel.From(inference, Bags.RandomRows(random, Topics, Vocabulary, 0.5), [concentration], smoothing).Parameters;

    protected override double[] Flatten(TopicParameters parameters) =>
    [
        .. Enumerable.Range(0, Topics).SelectMany(k => Enumerable.Range(0, Vocabulary).Select(term => parameters.Value(k, term))),
        .. parameters.Concentration, parameters.Smoothing,
    ];

    protected override TopicParameters Relabel(TopicParameters parameters, int[] permutation) => parameters.Reorder(permutation);

    protected override int Components(TopicParameters parameters) => Topics;

    private static IEnumerable<int[]> All(DocumentChunk chunk) => Enumerable.Range(0, chunk.Documents).Select(document => Bags.Words(chunk, document));
}

/// <summary>Variational Bayes.</summary>
public sealed class VariationalBayesLaws() : TopicLaws(TopicInference.VariationalBayes, 0.4, 0.3);

/// <summary>Variational EM.</summary>
public sealed class VariationalEmLaws() : TopicLaws(TopicInference.VariationalEm, 0.5, 1);

/// <summary>Maximisation with a prior.</summary>
public sealed class MaximumAPosterioriLaws() : TopicLaws(TopicInference.MaximumAPosteriori, 1.3, 1.1);

/// <summary>Probabilistic latent semantic analysis.</summary>
public sealed class PlsaLaws() : TopicLaws(TopicInference.MaximumAPosteriori, 1, 1);
