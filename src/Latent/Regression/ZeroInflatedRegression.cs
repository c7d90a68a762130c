using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>
/// Counts with more zeros than a regression explains [Lambert1992]: P(y = 0) = π(z) + (1 − π(z))·f(0 | x), P(y) = (1 − π(z))·f(y | x) for y &gt; 0, logit π(z) = zᵀγ, f Poisson or negative
/// binomial with mean exp(xᵀβ + offset). Immutable and safe for many threads.
/// </summary>
public class ZeroInflatedRegression
{
    private readonly ZeroInflatedModel _model;
    private readonly ZeroInflatedParameters _parameters;

    /// <summary>Creates a regression from its parameters.</summary>
    /// <param name="design">The formulas: that of the counts, and as the concomitant one that of the zero part.</param>
    /// <param name="count">β of the terms as they are in the data, and the size θ of a negative binomial response (1 for Poisson).</param>
    /// <param name="zero">γ, one per term of the zero part.</param>
    /// <exception cref="ArgumentException">Counts of coefficients do not fit the formulas, there is no zero part, or the response is no count.</exception>
    public ZeroInflatedRegression(RegressionDesign design, RegressionComponent count, ReadOnlySpan<double> zero)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentNullException.ThrowIfNull(count);
        RequireCounts(design.Response);
        int terms = design.TermNames.Count;
        int zeros = design.ConcomitantNames.Count;
        if (zeros == 0 || zero.Length != zeros || count.Coefficients.Length != terms)
        {
            throw new ArgumentException($"Expected {terms} coefficients of counts and {zeros} (at least one) of zeros, found {count.Coefficients.Length} and {zero.Length}. Give one for each term.", nameof(zero));
        }
        Design = design;
        _model = new ZeroInflatedModel(new RegressionFamily(design, Standardization.None(terms), new double[terms], 0), Standardization.None(zeros), new double[zeros]);
        _parameters = new ZeroInflatedParameters(zero, count);
    }

    /// <summary>The formulas; the concomitant one is that of the zero part.</summary>
    public RegressionDesign Design { get; }

    /// <summary>β, and the size θ of a negative binomial response.</summary>
    public RegressionComponent Count => _parameters.Count;

    /// <summary>γ: log-odds of a structural zero.</summary>
    public ImmutableArray<double> Zero => _parameters.Zero;

    /// <summary>Fits a zero-inflated regression by maximum likelihood.</summary>
    /// <param name="rows">Complete rows with the columns that the formulas name; text columns as categories.</param>
    /// <param name="formula">Response and terms of the counts, such as <c>y ~ x + offset(log(h))</c>: see <see cref="ModelFormula"/>.</param>
    /// <param name="zero">Terms of the zero part, such as <c>~ z</c>; <c>~ 1</c> for one probability.</param>
    /// <param name="options">How; null for a Poisson response and the defaults. There is one start. Options that concern several components are refused.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="FormatException">A formula makes no sense.</exception>
    /// <exception cref="ArgumentException">A column is missing, a response no count, all responses zero or none, a term not finite or a combination of others, or an option out of place.</exception>
    /// <exception cref="NumericalException">The data overflow.</exception>
    public static ZeroInflatedRegressionFit Fit(IRowSource rows, string formula, string zero = "~ 1", RegressionMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(zero);
        options ??= new RegressionMixtureOptions { Family = ResponseFamily.Poisson };
        RequireCounts(options.Family);
        if (options.Concomitant is not null || options.Groups is not null || options.Trim > 0 || options.EqualWeights || options.WeightPrior != 1 || options.Annihilate
            || options.Degeneracy != DegeneracyPolicy.Regularise || options.Noise is not null || !rows.Known.IsEmpty)
        {
            throw new ArgumentException("Expected a zero-inflated regression of one component, found concomitant terms, groups, known components, equal weights, a prior of them, annihilation, a policy, noise or trimming. Leave them out.", nameof(options));
        }
        RegressionDesign design = new(ModelFormula.Parse(formula), ModelFormula.Parse(zero), options.Family, rows.Schema);
        return new RegressionFitter(design, rows, 1, options).FitZeroInflated(cancellation);
    }

    /// <inheritdoc cref="Fit(IRowSource, string, string, RegressionMixtureOptions?, CancellationToken)"/>
    public static ZeroInflatedRegressionFit Fit(RowSource rows, string formula, string zero = "~ 1", RegressionMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, formula, zero, options, cancellation);

    /// <summary>log p(y | x, z) of each row, in nats.</summary>
    public double[] LogDensity(IRowSource rows, int threads = 0) => Visit(rows, threads).LogDensity;

    /// <summary>
    /// For rows with responses: the posterior probability that the row's zero is structural (0 for a positive count), log p(y | x, z), the same probability π(z) before the count is seen, and
    /// the expected count before it is seen, (1 − π(z))·exp(xᵀβ + offset).
    /// </summary>
    /// <exception cref="ArgumentException">A column is missing or a cell not finite.</exception>
    public (double[] Structural, double[] LogDensity, double[] Zero, double[] Expected) Visit(IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowSource design = Design.Of(rows).ToRows(Design.DesignSchema());
        double[] structural = new double[rows.Rows];
        double[] logDensity = new double[rows.Rows];
        double[] zero = new double[rows.Rows];
        double[] expected = new double[rows.Rows];
        Sweep.ForEach<RowChunk>(design, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            int from = checked((int)chunk.FirstRow);
            _model.Evaluate(_parameters, chunk, logDensity.AsSpan(from, chunk.Rows), structural.AsSpan(from, chunk.Rows), zero.AsSpan(from, chunk.Rows));
            for (int row = 0; row < chunk.Rows; row++)
            {
                expected[from + row] = (1 - zero[from + row]) * Design.Response.Mean(Design.Predictor(Count.Coefficients.AsSpan(), chunk, row), 1);
            }
        });
        return (structural, logDensity, zero, expected);
    }

    /// <summary>Draws a count, and whether it is a structural zero, for each row of the terms; responses in the rows play no part.</summary>
    public (double[] Responses, bool[] Structural) Sample(IRowSource rows, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowSource design = Design.Of(rows).ToRows(Design.DesignSchema());
        RandomGenerator generator = new(seed);
        SystemRandom random = new(generator);
        double[] zero = Visit(rows).Zero;
        double[] responses = new double[rows.Rows];
        bool[] structural = new bool[rows.Rows];
        for (int index = 0, at = 0; index < design.ChunkCount; index++)
        {
            RowChunk chunk = design.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++, at++)
            {
                structural[at] = generator.NextDouble() < zero[at];
                responses[at] = structural[at] ? 0 : Design.Response.Sample(Design.Predictor(Count.Coefficients.AsSpan(), chunk, row), 1, Count.Dispersion, random);
            }
        }
        return (responses, structural);
    }

    private static void RequireCounts(ResponseFamily response)
    {
        if (!response.IsCount)
        {
            throw new ArgumentException($"Expected the family poisson or negative-binomial for a zero-inflated regression, found {response.Name}. Choose one of them, or leave the zero part out.");
        }
    }
}
