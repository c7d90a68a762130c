using System.Collections.Immutable;
using Latent.Data;

namespace Latent.Topics;

/// <summary>
/// A topic model, latent Dirichlet allocation [Blei2003]: each document is a mixture of topics, θ ~ Dirichlet(α), each topic a distribution over the words of
/// a vocabulary, and each word of a document is drawn from one of its topics.
/// </summary>
/// <example><code>
/// TopicFit fit = TopicModel.Fit(documents, topics: 20);
/// foreach (TopicWord word in fit.Model.TopWords(topic: 0))
/// {
///     Console.WriteLine($"{word.Word} {word.Probability:P1}");
/// }
/// </code></example>
public sealed partial class TopicModel
{
    /// <summary>A model from its parameters.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="words">The vocabulary in words, as long as the parameters', or null to number the terms from 0.</param>
    /// <exception cref="ArgumentException">There are more or fewer words than terms.</exception>
    public TopicModel(TopicParameters parameters, IReadOnlyList<string>? words = null)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        if (words is not null && words.Count != parameters.Vocabulary)
        {
            throw new ArgumentException($"Expected {parameters.Vocabulary} words, one per term, found {words.Count}.", nameof(words));
        }
        Parameters = parameters;
        Words = words;
    }

    /// <summary>The parameters.</summary>
    public TopicParameters Parameters { get; }

    /// <summary>The vocabulary in words, if known.</summary>
    public IReadOnlyList<string>? Words { get; }

    /// <summary>The number of topics K.</summary>
    public int Topics => Parameters.Topics;

    /// <summary>The number of terms V.</summary>
    public int Vocabulary => Parameters.Vocabulary;

    /// <summary>α, one per topic.</summary>
    public ImmutableArray<double> Concentration => [.. Parameters.Concentration];

    /// <summary>The share of the corpus's words that each topic has.</summary>
    public ImmutableArray<double> Shares
    {
        get
        {
            double total = 0;
            foreach (double words in Parameters.Words)
            {
                total += words;
            }
            return total > 0 ? [.. Parameters.Words.ToArray().Select(words => words / total)] : [.. Enumerable.Repeat(1.0 / Topics, Topics)];
        }
    }

    /// <summary>A term in words, or its number.</summary>
    public string Word(int term) => Words is null ? term.ToString(System.Globalization.CultureInfo.InvariantCulture) : Words[term];

    /// <summary>The probabilities of all terms in a topic, summing to one.</summary>
    public double[] TermProbabilities(int topic)
    {
        double[] probabilities = new double[Vocabulary];
        for (int term = 0; term < probabilities.Length; term++)
        {
            probabilities[term] = Parameters.Probability(topic, term);
        }
        return probabilities;
    }

    /// <summary>Fits a topic model.</summary>
    /// <param name="documents">The corpus.</param>
    /// <param name="topics">The number of topics K.</param>
    /// <param name="options">How; null: batch variational Bayes from one start, see <see cref="TopicOptions"/>.</param>
    /// <param name="cancellation">Cancels; the result is then the best so far.</param>
    /// <returns>The model with the bound that belongs to it, and why it stopped.</returns>
    /// <exception cref="ArgumentException">The corpus has no words, or an option is out of its range.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before there was any result.</exception>
    /// <exception cref="NumericalException">A word has no probability under the start given, or a topic of <see cref="TopicInference.VariationalEm"/> has lost all words.</exception>
    public static TopicFit Fit(DocumentSource documents, int topics, TopicOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        options = (options ?? TopicOptions.Default).Checked(topics);
        if (documents.Tokens == 0)
        {
            throw new ArgumentException($"Expected words to fit topics to, found none in {documents.Documents} documents. Check how the text is read, and what the vocabulary leaves out.", nameof(documents));
        }
        if (options.Start is { } start && start.Vocabulary != documents.Vocabulary)
        {
            throw new ArgumentException($"Expected a start of {documents.Vocabulary} terms as the corpus has, found {start.Vocabulary}. Read the corpus with the start's vocabulary.", nameof(options));
        }
        FittedTopicParameters fitted = new TopicFitter(documents, topics, options).Fit(cancellation);
        return new TopicFit(new TopicModel(fitted.Result.Parameters, documents.Words), fitted.Result, fitted.Documents, fitted.Tokens)
        {
            BoundDocuments = fitted.BoundDocuments,
            HeldOut = fitted.HeldOut,
            Checks = fitted.Checks,
        };
    }

    /// <summary>
    /// This model with what further documents say: streaming variational Bayes [Broderick2013]. The posterior so far is the prior of what comes; each document is looked at once, in batches, and adds
    /// its expected counts to λ. The topics keep their order, α and η stay.
    /// </summary>
    /// <param name="documents">Documents that the model has not learnt from, over its vocabulary.</param>
    /// <param name="options">How: threads, batches, ranks, checkpoints, the inner loops; null for the defaults. What says how topics start, and α and η, is the model's own.</param>
    /// <param name="memory">The share of what the model knows that it keeps, in (0, 1]: below 1 it forgets, and follows topics that drift. Default 1.</param>
    /// <param name="cancellation">Cancels; the result then has the batches so far.</param>
    /// <returns>The model after them; its bound is that of these documents under it, the price of the topics left out.</returns>
    /// <exception cref="ArgumentException">The documents have another vocabulary or no words, or the model is not one of variational Bayes.</exception>
    public TopicFit Update(DocumentSource documents, TopicOptions? options = null, double memory = 1, CancellationToken cancellation = default)
    {
        Check(documents);
        if (Parameters.Inference != TopicInference.VariationalBayes)
        {
            throw new ArgumentException($"Expected a model of variational Bayes, which knows how sure it is of its topics, found {Parameters.Inference}. Fit one to all documents instead.", nameof(options));
        }
        if (!(memory > 0 && memory <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(memory), memory, "Expected a share in (0, 1].");
        }
        TopicOptions own = (options ?? TopicOptions.Default) with { Start = this, Update = true, Memory = memory, Passes = 1, Inference = TopicInference.VariationalBayes };
        return Fit(documents, Topics, own.Learning == TopicAlgorithm.Batch ? own with { Learning = TopicAlgorithm.Online } : own, cancellation);
    }

    /// <summary>Runs <see cref="Fit"/> on the thread pool.</summary>
    /// <inheritdoc cref="Fit"/>
    public static Task<TopicFit> FitAsync(DocumentSource documents, int topics, TopicOptions? options = null, CancellationToken cancellation = default) =>
        Task.Run(() => Fit(documents, topics, options, cancellation), CancellationToken.None);

    /// <summary>A model whose topics are given, to start a fit from or to compare with.</summary>
    /// <param name="inference">What its parameters are for.</param>
    /// <param name="topics">One row per topic: λ of <see cref="TopicInference.VariationalBayes"/>, else anything proportional to the probabilities.</param>
    /// <param name="concentration">α: one value for all topics, or one for each.</param>
    /// <param name="smoothing">η; 1 where there is no prior.</param>
    /// <param name="words">The vocabulary in words, or null.</param>
    /// <param name="topicWords">The expected words of each topic in the corpus, for shares; null: the rows' sums. Not for variational Bayes, whose λ say it.</param>
    /// <exception cref="ArgumentException">Rows of different lengths, a value that is negative (not positive, in variational Bayes) or not finite, a topic without words, or α or η out of range.</exception>
    public static TopicModel From(
        TopicInference inference, IReadOnlyList<double[]> topics, ReadOnlySpan<double> concentration, double smoothing = 1, IReadOnlyList<string>? words = null,
        IReadOnlyList<double>? topicWords = null)
    {
        ArgumentNullException.ThrowIfNull(topics);
        if (topicWords is not null && topicWords.Count != topics.Count)
        {
            throw new ArgumentException($"Expected a number of words for each of {topics.Count} topics, found {topicWords.Count}.", nameof(topicWords));
        }
        ArgumentOutOfRangeException.ThrowIfZero(topics.Count);
        int vocabulary = topics[0].Length;
        int stride = TopicParameters.Padded(topics.Count);
        bool isBayes = inference == TopicInference.VariationalBayes;
        double[] values = new double[checked(vocabulary * stride)];
        for (int i = 0; i < values.Length && isBayes; i++)
        {
            values[i] = 1;
        }
        for (int k = 0; k < topics.Count; k++)
        {
            if (topics[k].Length != vocabulary || vocabulary == 0)
            {
                throw new ArgumentException($"Expected rows of {Math.Max(1, vocabulary)} values as in topic 1, found {topics[k].Length} in topic {k + 1}.", nameof(topics));
            }
            for (int term = 0; term < vocabulary; term++)
            {
                double value = topics[k][term];
                if (!(value >= 0 && double.IsFinite(value)) || (isBayes && value == 0))
                {
                    throw new ArgumentException($"Expected finite {(isBayes ? "positive" : "non-negative")} values, found {value} for term {term} of topic {k + 1}.", nameof(topics));
                }
                values[term * stride + k] = value;
            }
        }
        WordBlocks blocks = new(vocabulary, 1);
        double[] totals = TopicParameters.Totals(values, stride, blocks);
        if (totals.AsSpan(0, topics.Count).IndexOfAnyExceptInRange(double.Epsilon, double.MaxValue) is >= 0 and int empty)
        {
            throw new ArgumentException($"Expected topics with words, found a total of {totals[empty]} in topic {empty + 1}.", nameof(topics));
        }
        double[] alpha = Concentrations(inference, concentration, topics.Count);
        if (!(smoothing > 0 && double.IsFinite(smoothing)) || (inference == TopicInference.MaximumAPosteriori && smoothing < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "Expected a positive number, and in maximisation one of 1 or more.");
        }
        return new TopicModel(
            isBayes
                ? TopicParameters.FromCounts(topics.Count, values, totals, alpha, smoothing, blocks)
                : TopicParameters.FromValues(inference, topics.Count, values, totals, alpha, inference == TopicInference.VariationalEm ? 1 : smoothing, blocks, topicWords is null ? null : [.. topicWords, .. new double[stride - topics.Count]]),
            words);
    }

    private static double[] Concentrations(TopicInference inference, ReadOnlySpan<double> given, int topics)
    {
        if (given.Length != 1 && given.Length != topics)
        {
            throw new ArgumentException($"Expected one α, or {topics}, found {given.Length}.", nameof(given));
        }
        double[] concentration = new double[topics];
        for (int k = 0; k < topics; k++)
        {
            concentration[k] = given[given.Length == 1 ? 0 : k];
            if (!(concentration[k] > 0 && double.IsFinite(concentration[k])) || (inference == TopicInference.MaximumAPosteriori && concentration[k] < 1))
            {
                throw new ArgumentOutOfRangeException(nameof(given), concentration[k], "Expected a positive α, and in maximisation one of 1 or more.");
            }
        }
        return concentration;
    }
}
