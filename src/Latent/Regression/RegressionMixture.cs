using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>
/// A mixture of regressions, y | x, z ~ Σₖ πₖ(z)·f(y; xᵀβₖ), with weights that are constant or depend on the row. Immutable and safe for many threads.
/// </summary>
public class RegressionMixture
{
    private readonly ConcomitantModel<RegressionComponent> _model;
    private readonly ConcomitantMixture<RegressionComponent> _parameters;

    /// <summary>Creates a mixture from its parameters.</summary>
    /// <param name="design">The formulas.</param>
    /// <param name="components">Coefficients of the terms as they are in the data, and dispersions.</param>
    /// <param name="gate">
    /// γ row-major, components × concomitant terms; without a concomitant formula one value per component, the logarithm of its weight (up to a constant).
    /// </param>
    /// <exception cref="ArgumentException">Counts do not fit the formulas.</exception>
    public RegressionMixture(RegressionDesign design, IReadOnlyList<RegressionComponent> components, ReadOnlySpan<double> gate)
    {
        ArgumentNullException.ThrowIfNull(design);
        ArgumentNullException.ThrowIfNull(components);
        int terms = design.TermNames.Count;
        int concomitants = Math.Max(1, design.ConcomitantNames.Count);
        if (components.Count == 0 || components.Any(component => component.Coefficients.Length != terms))
        {
            throw new ArgumentException($"Expected at least one component, each of {terms} coefficients ({string.Join(", ", design.TermNames)}), found others.", nameof(components));
        }
        if (gate.Length != components.Count * concomitants)
        {
            throw new ArgumentException($"Expected {concomitants} concomitant coefficients for each of {components.Count} components, found {gate.Length} in all.", nameof(gate));
        }
        Design = design;
        RegressionFamily family = new(design, Standardization.None(terms), new double[terms], 0);
        MixtureModel<RegressionComponent> constant = new(family, components.Count, Width(design));
        _model = new ConcomitantModel<RegressionComponent>(constant, design.FirstConcomitant, Standardization.None(concomitants), Names(design), new double[concomitants]);
        _parameters = new ConcomitantMixture<RegressionComponent>(gate, [.. components]);
    }

    /// <summary>The formulas.</summary>
    public RegressionDesign Design { get; }

    /// <summary>The components.</summary>
    public ImmutableArray<RegressionComponent> Components => _parameters.Components;

    /// <summary>γ row-major, components × concomitant terms (or × 1 where the weights are constant), the first row zero.</summary>
    public ImmutableArray<double> Gate => _parameters.Gate;

    /// <summary>The weights where they are constant; null where they depend on the row.</summary>
    public ImmutableArray<double>? Weights
    {
        get
        {
            if (Design.Concomitant is not null)
            {
                return null;
            }
            double largest = Gate.Max();
            double[] shares = [.. Gate.Select(value => Math.Exp(value - largest))];
            double sum = shares.Sum();
            return [.. shares.Select(share => share / sum)];
        }
    }

    /// <summary>Fits a mixture of regressions by maximum likelihood.</summary>
    /// <param name="rows">Complete rows with the columns that the formula names; text columns as categories.</param>
    /// <param name="formula">Such as <c>y ~ x + log(z)</c>: see <see cref="ModelFormula"/>.</param>
    /// <param name="components">K.</param>
    /// <param name="options">How; null for the defaults: Gaussian responses, constant weights, a race of several starts.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="FormatException">A formula makes no sense.</exception>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, a term not finite or a combination of others, or fewer rows than components.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static RegressionMixtureFit Fit(
        IRowSource rows, string formula, int components, RegressionMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(components);
        options ??= new RegressionMixtureOptions();
        ModelFormula? concomitant = options.Concomitant is { } given && components > 1 ? ModelFormula.Parse(given) : null;
        RegressionDesign design = new(ModelFormula.Parse(formula), concomitant, options.Family, rows.Schema);
        return new RegressionFitter(design, rows, components, options).Fit(cancellation);
    }

    /// <inheritdoc cref="Fit(IRowSource, string, int, RegressionMixtureOptions?, CancellationToken)"/>
    public static RegressionMixtureFit Fit(RowSource rows, string formula, int components, RegressionMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, formula, components, options, cancellation);

    /// <summary>Posterior probabilities of the components given the responses, row-major, rows × K.</summary>
    public double[] Responsibilities(IRowSource rows, int threads = 0) => Visit(rows, threads).Responsibilities;

    /// <summary>log p(y | x, z) of each row, in nats.</summary>
    public double[] LogDensity(IRowSource rows, int threads = 0) => Visit(rows, threads).LogDensity;

    /// <summary>Posteriors, densities, and the expected response before it is seen, Σₖ πₖ(z)·E(y | xᵀβₖ); everything for rows with responses.</summary>
    /// <exception cref="ArgumentException">A column is missing or a cell not finite.</exception>
    public (double[] Responsibilities, double[] LogDensity, double[] Expected) Visit(IRowSource rows, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowSource design = Rows(rows);
        int count = Components.Length;
        double[] responsibilities = new double[checked(rows.Rows * count)];
        double[] shares = new double[responsibilities.Length];
        double[] logDensity = new double[rows.Rows];
        double[] expected = new double[rows.Rows];
        Sweep.ForEach<RowChunk>(design, EmOptions.ThreadsOrAll(threads), chunk =>
        {
            int from = checked((int)chunk.FirstRow);
            _model.Evaluate(
                _parameters, chunk, logDensity.AsSpan(from, chunk.Rows), responsibilities.AsSpan(from * count, chunk.Rows * count), shares.AsSpan(from * count, chunk.Rows * count));
            for (int row = 0; row < chunk.Rows; row++)
            {
                for (int k = 0; k < count; k++)
                {
                    expected[from + row] += shares[(from + row) * count + k] * Mean(k, chunk, row);
                }
            }
        });
        return (responsibilities, logDensity, expected);
    }

    /// <summary>The component of each row with the highest posterior probability, from 0.</summary>
    public int[] Predict(IRowSource rows, int threads = 0) => Posterior.Labels(Responsibilities(rows, threads), Components.Length);

    /// <summary>Draws a response, and the component that it comes from, for each row of the terms; responses in the rows play no part but in the number of trials.</summary>
    public (double[] Responses, int[] Labels) Sample(IRowSource rows, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(rows);
        RowSource design = Rows(rows);
        RandomGenerator generator = new(seed);
        SystemRandom random = new(generator);
        double[] shares = Shares(design);
        double[] responses = new double[rows.Rows];
        int[] labels = new int[rows.Rows];
        for (int index = 0, at = 0; index < design.ChunkCount; index++)
        {
            RowChunk chunk = design.GetChunk(index);
            for (int row = 0; row < chunk.Rows; row++, at++)
            {
                int k = DiscreteDraw.Index(shares.AsSpan(at * Components.Length, Components.Length), generator.NextDouble());
                labels[at] = k;
                responses[at] = Design.Response.Sample(Predictor(k, chunk, row), Trials(chunk, row), Components[k].Dispersion, random);
            }
        }
        return (responses, labels);
    }

    private static int Width(RegressionDesign design) => design.Width + (design.Concomitant is null ? 1 : 0);

    private static IReadOnlyList<string> Names(RegressionDesign design) => design.Concomitant is null ? ["(Intercept)"] : design.ConcomitantNames;

    // The design with a column of ones where the weights are constant.
    private RowSource Rows(IRowSource rows)
    {
        RowSource design = Design.Of(rows).ToRows(Design.DesignSchema());
        if (Design.Concomitant is not null)
        {
            return design;
        }
        RowBuilder wider = new(design.Columns + 1);
        double[] cells = new double[design.Columns];
        for (long row = 0; row < design.Rows; row++)
        {
            design.CopyRow(row, cells);
            Span<double> target = wider.Add();
            cells.CopyTo(target);
            target[^1] = 1;
        }
        return wider.ToRows(Schema.Numbered(design.Columns + 1));
    }

    private double[] Shares(RowSource design)
    {
        double[] shares = new double[checked(design.Rows * Components.Length)];
        double[] density = new double[design.Rows];
        for (int index = 0; index < design.ChunkCount; index++)
        {
            RowChunk chunk = design.GetChunk(index);
            int from = (int)chunk.FirstRow;
            _model.Evaluate(_parameters, chunk, density.AsSpan(from, chunk.Rows), [], shares.AsSpan(from * Components.Length, chunk.Rows * Components.Length));
        }
        return shares;
    }

    private double Predictor(int k, in RowChunk chunk, int row) => Design.Predictor(Components[k].Coefficients.AsSpan(), chunk, row);

    private double Trials(in RowChunk chunk, int row) => Design.Columns.Trials >= 0 ? chunk[row, Design.Columns.Trials] : 1;

    private double Mean(int k, in RowChunk chunk, int row) => Design.Response.Mean(Predictor(k, chunk, row), Trials(chunk, row));
}
