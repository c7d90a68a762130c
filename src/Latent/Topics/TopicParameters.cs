using Latent.Kernels;

namespace Latent.Topics;

/// <summary>
/// The parameters of a topic model. Immutable; holds the weights B that the E-step reads: e^E[log β] of <see cref="TopicInference.VariationalBayes"/>, else β itself,
/// word after word, a row of K topics padded with zeros to a multiple of eight.
/// </summary>
public sealed class TopicParameters
{
    private readonly double[] _weights;
    private readonly double[]? _counts;
    private readonly double[] _totals;
    private readonly double[] _words;
    private readonly double[] _concentration;

    private TopicParameters(TopicInference inference, int topics, double[] weights, double[]? counts, double[] totals, double[] words, double[] concentration, double smoothing, double logPrior)
    {
        Inference = inference;
        Topics = topics;
        Stride = Padded(topics);
        _weights = weights;
        _counts = counts;
        _totals = totals;
        _words = words;
        _concentration = concentration;
        Smoothing = smoothing;
        LogPrior = logPrior;
        double total = 0;
        Prior = new double[Stride];
        LogGammaPrior = new double[Stride];
        DigammaPrior = new double[Stride];
        bool variational = inference != TopicInference.MaximumAPosteriori;
        for (int k = 0; k < topics; k++)
        {
            Prior[k] = variational ? concentration[k] : concentration[k] - 1;
            total += Prior[k];
            if (variational)
            {
                LogGammaPrior[k] = GammaKernel.LogGamma<SimdScalar, double>(concentration[k], out DigammaPrior[k]);
            }
        }
        PriorTotal = total;
    }

    /// <summary>What is estimated.</summary>
    public TopicInference Inference { get; }

    /// <summary>The number of topics K.</summary>
    public int Topics { get; }

    /// <summary>The number of terms V.</summary>
    public int Vocabulary => _weights.Length / Stride;

    /// <summary>The concentration α of the Dirichlet prior of documents' mixtures, one per topic.</summary>
    public ReadOnlySpan<double> Concentration => _concentration;

    /// <summary>The parameter η of the Dirichlet prior of topics; 1 of <see cref="TopicInference.VariationalEm"/>, where there is no prior.</summary>
    public double Smoothing { get; }

    /// <summary>What the prior of the topics adds to the objective, in nats: −KL(q(β) ‖ Dirichlet(η)), or (η−1)Σ log β.</summary>
    public double LogPrior { get; }

    /// <summary>The probability of a term in a topic: its posterior mean, or its estimate.</summary>
    public double Probability(int topic, int term) => (_counts ?? _weights)[Index(topic, term)] / _totals[topic];

    /// <summary>λ of a term in a topic in variational Bayes, else its probability: what a fit is started from, or saved.</summary>
    public double Value(int topic, int term) => (_counts ?? _weights)[Index(topic, term)];

    /// <summary>The expected number of words of each topic in the corpus, the prior's left out.</summary>
    public ReadOnlySpan<double> Words => _words.AsSpan(0, Topics);

    /// <summary>Distance between the rows of two words.</summary>
    internal int Stride { get; }

    /// <summary>B.</summary>
    internal double[] Weights => _weights;

    /// <summary>λ of <see cref="TopicInference.VariationalBayes"/>, like <see cref="Weights"/>; else null.</summary>
    internal double[]? Counts => _counts;

    /// <summary>α, or α − 1 in maximisation: what γ begins with. Padded.</summary>
    internal double[] Prior { get; }

    internal double[] LogGammaPrior { get; }

    internal double[] DigammaPrior { get; }

    internal double PriorTotal { get; }

    /// <summary>Whether every topic gives a term no probability that the E-step could tell from zero.</summary>
    internal bool IsUnknown(int term) => _weights.AsSpan(term * Stride, Topics).IndexOfAnyExceptInRange(0, DocumentKernel.SmallestNorm) < 0;

    internal static int Padded(int topics) => (topics + 7) & ~7;

    /// <summary>Each topic's sum over the words, padded, in the order in which the M-step takes it.</summary>
    internal static double[] Totals(double[] values, int stride, WordBlocks blocks) => blocks.Sum(stride, stride, (range, sum) =>
    {
        ReadOnlySpan<double> block = values.AsSpan(range);
        for (int i = 0; i < block.Length; i++)
        {
            sum[i % stride] += block[i];
        }
    });

    /// <summary>Parameters whose topics are Dirichlet(λ).</summary>
    /// <param name="topics">K.</param>
    /// <param name="counts">λ, padded with any positive number. Kept.</param>
    /// <param name="totals">Σ_w λ of each topic, padded. Kept.</param>
    /// <param name="concentration">α. Kept.</param>
    /// <param name="smoothing">η.</param>
    /// <param name="blocks">Walks the words.</param>
    /// <param name="estimateSmoothing">Whether η is replaced by the value that maximises the bound.</param>
    internal static TopicParameters FromCounts(
        int topics, double[] counts, double[] totals, double[] concentration, double smoothing, WordBlocks blocks, bool estimateSmoothing = false)
    {
        int stride = Padded(topics);
        int vocabulary = counts.Length / stride;
        double[] digammas = new double[stride];
        double[] factors = new double[stride];
        double value = 0;
        for (int k = 0; k < topics; k++)
        {
            value -= GammaKernel.LogGamma<SimdScalar, double>(totals[k], out digammas[k]);
            factors[k] = Elementary.Exp(-digammas[k]);
        }
        double[] weights = new double[counts.Length];
        SimdLevel level = Simd.Level;
        double[] sums = blocks.Sum(stride, 2 * stride, (range, sum) =>
            TopicStep.Expectations(counts.AsSpan(range), digammas, factors, weights.AsSpan(range), sum[..stride], sum[stride..], level));
        double logs = 0;
        for (int k = 0; k < topics; k++)
        {
            value += sums[k];
            logs += sums[stride + k];
        }
        if (estimateSmoothing)
        {
            smoothing = DirichletConcentration.Symmetric(smoothing, topics, vocabulary, logs);
        }
        value += smoothing * logs + topics * (GammaKernel.LogGamma(vocabulary * smoothing) - vocabulary * GammaKernel.LogGamma(smoothing));
        double prior = smoothing * vocabulary;
        double[] words = Array.ConvertAll(totals, total => Math.Max(0, total - prior));
        return new TopicParameters(TopicInference.VariationalBayes, topics, weights, counts, totals, words, concentration, smoothing, value);
    }

    /// <summary>Parameters whose topics are points.</summary>
    /// <param name="inference">Which kind of point.</param>
    /// <param name="topics">K.</param>
    /// <param name="values">Proportional to β within each topic, padded with zeros. Kept, and scaled.</param>
    /// <param name="totals">Σ_w of each topic, padded.</param>
    /// <param name="concentration">α. Kept.</param>
    /// <param name="smoothing">η.</param>
    /// <param name="blocks">Walks the words.</param>
    /// <param name="words">Expected words of each topic, padded; null: the totals.</param>
    internal static TopicParameters FromValues(
        TopicInference inference, int topics, double[] values, ReadOnlySpan<double> totals, double[] concentration, double smoothing, WordBlocks blocks, double[]? words = null)
    {
        int stride = Padded(topics);
        double[] factors = new double[stride];
        double[] ones = new double[stride];
        for (int k = 0; k < topics; k++)
        {
            // What is normalised already, such as a saved model, keeps its bits.
            factors[k] = Math.Abs(totals[k] - 1) < 1e-9 ? 1 : totals[k] > 0 ? 1 / totals[k] : 0;
            ones[k] = 1;
        }
        SimdLevel level = Simd.Level;
        double[] sums = blocks.Sum(stride, stride, (range, sum) =>
        {
            Span<double> block = values.AsSpan(range);
            TopicStep.Scale(block, factors, level);
            if (smoothing != 1)
            {
                AddLogs(block, topics, sum);
            }
        });
        double logs = 0;
        for (int k = 0; k < topics; k++)
        {
            logs += sums[k];
        }
        return new TopicParameters(inference, topics, values, null, ones, words ?? totals.ToArray(), concentration, smoothing, smoothing == 1 ? 0 : (smoothing - 1) * logs);
    }

    /// <summary>Weights of some words alone, for inference only.</summary>
    internal static TopicParameters ForInference(TopicInference inference, int topics, double[] weights, double[] concentration) =>
        new(inference, topics, weights, null, new double[Padded(topics)], new double[Padded(topics)], concentration, 1, 0);

    /// <summary>The same topics in another order.</summary>
    /// <param name="order">For each place the topic that comes there.</param>
    internal TopicParameters Reorder(ReadOnlySpan<int> order)
    {
        double[] weights = Reorder(_weights, order, Stride);
        double[]? counts = _counts is null ? null : Reorder(_counts, order, Stride);
        return new TopicParameters(
            Inference, Topics, weights, counts, Reorder(_totals, order, Stride), Reorder(_words, order, Stride), Reorder(_concentration, order, Topics), Smoothing, LogPrior);
    }

    private static double[] Reorder(double[] values, ReadOnlySpan<int> order, int stride)
    {
        double[] moved = (double[])values.Clone();
        for (int row = 0; row < values.Length; row += stride)
        {
            for (int k = 0; k < order.Length; k++)
            {
                moved[row + k] = values[row + order[k]];
            }
        }
        return moved;
    }

    private int Index(int topic, int term)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(topic);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(topic, Topics);
        ArgumentOutOfRangeException.ThrowIfNegative(term);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(term, Vocabulary);
        return term * Stride + topic;
    }

    private static void AddLogs(ReadOnlySpan<double> block, int topics, Span<double> sums)
    {
        int stride = Padded(topics);
        for (int row = 0; row < block.Length; row += stride)
        {
            for (int k = 0; k < topics; k++)
            {
                sums[k] += Elementary.Log(block[row + k]);
            }
        }
    }
}
