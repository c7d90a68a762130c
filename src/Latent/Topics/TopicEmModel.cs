using System.Collections.Concurrent;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Topics;

/// <summary>
/// Latent Dirichlet allocation as an EM model: the E-step infers each document's topics, the M-step makes topics of the words. The statistic is
/// [one padded row of topics per term | Σ E[log θ_k], padded, and the number of documents, where the concentration is estimated].
/// </summary>
/// <remarks>
/// The statistic holds Σ_d E_dk c_dw/norm_dw, from which the expected counts follow by multiplication with B: that saves a multiplication per cell and topic. While
/// that gains, every sweep infers each document anew from α + N/K, which leads to better topics than going on from the last sweep's γ; after that documents go on where they were,
/// so that the bound never decreases however early the inner loops stop.
/// </remarks>
public sealed class TopicEmModel : IWarmStart<TopicParameters, DocumentChunk>
{
    private readonly ConcurrentBag<TopicWorkspace> _workspaces = [];
    private readonly WordBlocks _blocks;

    /// <summary>A model of so many topics over a vocabulary.</summary>
    /// <param name="topics">K.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="concentration">What becomes of α in the M-step.</param>
    /// <param name="estimateSmoothing">Whether the M-step of <see cref="TopicInference.VariationalBayes"/> also estimates η.</param>
    /// <param name="tolerance">The inner loop of a document stops once γ moves by no more than this per topic.</param>
    /// <param name="mostSweeps">The most sweeps of an inner loop.</param>
    /// <param name="threads">Threads of the M-step, which do not change its result.</param>
    public TopicEmModel(
        int topics, int vocabulary, ConcentrationEstimate concentration = ConcentrationEstimate.None, bool estimateSmoothing = false,
        double tolerance = TopicOptions.DefaultInnerTolerance, int mostSweeps = TopicOptions.DefaultInnerIterations, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(topics);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        ArgumentOutOfRangeException.ThrowIfNegative(tolerance);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(mostSweeps);
        Topics = topics;
        Vocabulary = vocabulary;
        Concentration = concentration;
        EstimatesSmoothing = estimateSmoothing;
        Tolerance = tolerance;
        MostSweeps = mostSweeps;
        Stride = TopicParameters.Padded(topics);
        _blocks = new WordBlocks(vocabulary, threads);
        StatisticLength = checked(vocabulary * Stride + (concentration == ConcentrationEstimate.None ? 0 : Stride + 8));
    }

    /// <summary>The number of topics K.</summary>
    public int Topics { get; }

    /// <summary>The number of terms V.</summary>
    public int Vocabulary { get; }

    /// <summary>What becomes of α.</summary>
    public ConcentrationEstimate Concentration { get; }

    /// <summary>Whether η is estimated.</summary>
    public bool EstimatesSmoothing { get; }

    /// <summary>When an inner loop stops.</summary>
    public double Tolerance { get; }

    /// <summary>When it stops at the latest.</summary>
    public int MostSweeps { get; }

    /// <inheritdoc/>
    public int StatisticLength { get; }

    internal int Stride { get; }

    /// <inheritdoc/>
    public int StateLength(DocumentChunk chunk) => chunk.Documents * Topics;

    /// <inheritdoc/>
    public double Expect(TopicParameters parameters, DocumentChunk chunk, Span<double> statistic) => Expect(parameters, chunk, statistic, []);

    /// <inheritdoc/>
    public double Expect(TopicParameters parameters, DocumentChunk chunk, Span<double> statistic, Span<double> state)
    {
        TopicWorkspace workspace = Rent();
        double objective = 0;
        for (int document = 0; document < chunk.Documents; document++)
        {
            Range cells = chunk[document];
            ReadOnlySpan<int> terms = chunk.Terms[cells];
            if (terms.IsEmpty)
            {
                continue;
            }
            Span<double> gamma = state.IsEmpty ? workspace.Gamma[..Topics] : state.Slice(document * Topics, Topics);
            objective += workspace.Infer(parameters, terms, chunk.Counts[cells], gamma, Tolerance, MostSweeps);
            workspace.Accumulate(terms, statistic);
            if (Concentration != ConcentrationEstimate.None)
            {
                AddLogs(gamma, statistic[(Vocabulary * Stride)..]);
            }
        }
        Return(workspace);
        return objective;
    }

    /// <inheritdoc/>
    /// <exception cref="NumericalException">A topic has no words left, and there is no prior to keep it.</exception>
    public TopicParameters Maximize(ReadOnlySpan<double> statistic, TopicParameters current)
    {
        ArgumentNullException.ThrowIfNull(current);
        int words = Vocabulary * Stride;
        double[] concentration = NextConcentration(statistic[words..], current);
        double[] counts = new double[words];
        bool isBayes = current.Inference == TopicInference.VariationalBayes;
        double added = isBayes ? current.Smoothing : current.Inference == TopicInference.MaximumAPosteriori ? current.Smoothing - 1 : 0;
        double[] totals = Counts(current.Weights, statistic[..words], counts, added);
        if (isBayes)
        {
            return TopicParameters.FromCounts(Topics, counts, totals, concentration, current.Smoothing, _blocks, EstimatesSmoothing);
        }
        int empty = totals.AsSpan(0, Topics).IndexOfAnyExceptInRange(double.Epsilon, double.MaxValue);
        return empty < 0
            ? TopicParameters.FromValues(current.Inference, Topics, counts, totals, concentration, current.Smoothing, _blocks)
            : throw new NumericalException($"Expected words in every topic, found none in topic {empty + 1}. Use fewer topics, or variational Bayes, whose prior keeps it.");
    }

    /// <inheritdoc/>
    public double LogPrior(TopicParameters parameters) => parameters.LogPrior;

    internal TopicWorkspace Rent() => _workspaces.TryTake(out TopicWorkspace? workspace) ? workspace : new TopicWorkspace(Stride);

    internal void Return(TopicWorkspace workspace) => _workspaces.Add(workspace);

    internal WordBlocks Blocks => _blocks;

    private unsafe double[] Counts(double[] weights, ReadOnlySpan<double> statistic, double[] counts, double added)
    {
        SimdLevel level = Simd.Level;
        fixed (double* first = statistic)
        {
            double* source = first;
            return _blocks.Sum(Stride, Stride, (range, sum) =>
            {
                (int start, int length) = range.GetOffsetAndLength(counts.Length);
                TopicStep.Counts(weights.AsSpan(range), new ReadOnlySpan<double>(source + start, length), counts.AsSpan(range), sum, added, level);
            });
        }
    }

    private void AddLogs(ReadOnlySpan<double> gamma, Span<double> sums)
    {
        double total = 0;
        for (int k = 0; k < gamma.Length; k++)
        {
            total += gamma[k];
        }
        double log = GammaKernel.Digamma(total);
        for (int k = 0; k < gamma.Length; k++)
        {
            sums[k] += GammaKernel.Digamma(gamma[k]) - log;
        }
        sums[Stride]++;
    }

    private double[] NextConcentration(ReadOnlySpan<double> sums, TopicParameters current)
    {
        if (Concentration == ConcentrationEstimate.None || current.Inference == TopicInference.MaximumAPosteriori || !(sums[Stride] > 0))
        {
            return current.Concentration.ToArray();
        }
        ReadOnlySpan<double> logs = sums[..Topics];
        if (Concentration == ConcentrationEstimate.Asymmetric)
        {
            return DirichletConcentration.Asymmetric(current.Concentration, sums[Stride], logs);
        }
        double all = 0;
        foreach (double log in logs)
        {
            all += log;
        }
        double[] concentration = new double[Topics];
        Array.Fill(concentration, DirichletConcentration.Symmetric(current.Concentration[0], sums[Stride], Topics, all));
        return concentration;
    }
}
