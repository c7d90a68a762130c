using Latent.Data;
using Latent.Engine;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Regression;

/// <summary>From rows and formulas to a fitted mixture of regressions: design in standard units, bounds, race, and the weights' own regression last.</summary>
internal sealed partial class RegressionFitter
{
    private readonly RegressionDesign _design;
    private readonly RegressionMixtureOptions _options;
    private readonly RowSource _rows;
    private readonly Standardization _terms;
    private readonly Standardization _concomitants;
    private readonly ColumnSummary _summary;
    private readonly int _components;
    private readonly double[] _largest;

    public RegressionFitter(RegressionDesign design, IRowSource rows, int components, RegressionMixtureOptions options)
    {
        options.Checked();
        if (options.Noise is not null)
        {
            throw new ArgumentException("Expected no noise component in a mixture of regressions, found one. Leave Noise out.", nameof(options));
        }
        if (options.Trim > 0 && (design.Concomitant is not null || options.Groups is not null))
        {
            throw new ArgumentException("Expected rows that stand alone where some are trimmed, found groups or weights that depend on the row. Leave one out.", nameof(options));
        }
        if (options.EqualWeights && design.Concomitant is not null)
        {
            throw new ArgumentException("Expected equal weights, or weights that depend on the row, found both. Leave one out.", nameof(options));
        }
        if (design.Concomitant is not null && options.WeightPrior != 1)
        {
            throw new ArgumentException("Expected a prior of the weights, or weights that depend on the row, found both. Leave one out.", nameof(options));
        }
        if (options.Groups is not null && (options.Annihilate || options.Degeneracy != DegeneracyPolicy.Regularise))
        {
            throw new ArgumentException("Expected degenerate components to be held where rows form groups, found annihilation or another policy. Leave it out.", nameof(options));
        }
        if (rows.Rows == 0)
        {
            throw new ArgumentException("Expected at least one row for a mixture of regressions, found none.", nameof(rows));
        }
        _design = design;
        _options = options;
        _components = components;
        RowBuilder builder = design.Of(rows);
        RegressionColumns columns = design.Columns;
        RowSource raw = builder.ToRows(design.DesignSchema());
        double[] weights = rows.HasWeights ? [.. Enumerable.Range(0, checked((int)rows.Rows)).Select(row => rows.Weight(row))] : [];
        ColumnSummary asGiven = ColumnMoments.Summarize(Weighted(raw, weights), options);
        _terms = Standardization.Of(asGiven, columns.First, columns.Terms, design.Intercept);
        _concomitants = Standardization.Of(asGiven, design.FirstConcomitant, design.ConcomitantNames.Count, design.ConcomitantIntercept);
        _largest = new double[design.Width];
        for (int column = columns.First; column < design.Width; column++)
        {
            int at = column;
            builder.Transform(at, value =>
            {
                double mapped = at < design.FirstConcomitant ? _terms.Map(at - columns.First, value) : _concomitants.Map(at - design.FirstConcomitant, value);
                _largest[at] = Math.Max(_largest[at], Math.Abs(mapped));
                return mapped;
            });
        }
        _rows = Weighted(builder.ToRows(design.DesignSchema()), weights).WithKnown(rows.Known);
        _summary = ColumnMoments.Summarize(_rows, options);
        RequireIndependent();
    }

    public RegressionMixtureFit Fit(CancellationToken cancellation)
    {
        double least = LeastVariance();
        RegressionFamily family = Family(least);
        MixtureModel<RegressionComponent> model = new(family, _components, _design.Width) { EqualWeights = _options.EqualWeights, WeightPrior = _options.WeightPrior };
        MixtureOptions<RegressionComponent> options = _options with
        {
            Initializers = _options.Initializers ?? Initializers,
        };
        if (_options.Groups is { } groups)
        {
            return new GroupedRegressionFitter(_design, _rows, _summary, model, options, Original).Fit(groups, cancellation);
        }
        MixtureFit<RegressionComponent> fit = new MixtureFitter<RegressionComponent>(model, _rows, _summary, options).Fit(cancellation);
        if (_design.Concomitant is null)
        {
            return new RegressionMixtureFit(_design, Original([.. fit.Components]), [.. fit.Parameters.LogWeights.Select(weight => Math.Max(weight, -700))], fit.Result, _summary, fit.FreeParameters, fit.Entropy, (settings, token) => fit.StandardErrors(_rows, settings, token)) { Annihilation = fit.Annihilation };
        }
        ConcomitantModel<RegressionComponent> gated = new(
            fit.Model.With(0, equal: false, noise: null), _design.FirstConcomitant, _concomitants, _design.ConcomitantNames, [.. _largest.AsSpan(_design.FirstConcomitant)]);
        EmResult<ConcomitantMixture<RegressionComponent>> result = Em.Fit(gated, _rows, gated.From(fit.Parameters, _design.ConcomitantIntercept), _options with { Checkpoint = _options.Checkpoint?.Next() }, cancellation) with
        {
            Starts = fit.Result.Starts,
            Agreement = fit.Result.Agreement,
        };
        ConcomitantMixture<RegressionComponent> found = result.Parameters;
        double[] gate = [.. Enumerable.Range(0, found.Components.Length).SelectMany(k => _concomitants.ToOriginal(found.Gate.AsSpan(k * found.Terms, found.Terms)))];
        return new RegressionMixtureFit(
            _design, Original([.. found.Components]), gate, result, _summary, gated.FreeParameters, Entropy(gated, found),
            (settings, token) => StandardErrors.Of(gated, _rows, found, settings, token))
        { Annihilation = fit.Annihilation };
    }

    private double Entropy(ConcomitantModel<RegressionComponent> model, ConcomitantMixture<RegressionComponent> found)
    {
        double entropy = 0;
        for (int index = 0; index < _rows.ChunkCount; index++)
        {
            RowChunk chunk = _rows.GetChunk(index);
            double[] posteriors = new double[chunk.Rows * found.Components.Length];
            model.Evaluate(found, chunk, new double[chunk.Rows], posteriors, []);
            entropy += Posterior.Entropy(posteriors, found.Components.Length, row => _rows.Weight(chunk.FirstRow + row));
        }
        return entropy;
    }

    private RegressionFamily Family(double least) => new(_design, _terms, [.. _largest.AsSpan(_design.Columns.First, _design.Columns.Terms)], least);

    // Residual variance of one regression for all rows, times the share that a component must keep.
    private double LeastVariance()
    {
        if (_design.Response is not GaussianResponse)
        {
            return 0;
        }
        RegressionFamily family = Family(0);
        double variance = _summary.Variances[_design.Columns.Response];
        MixtureModel<RegressionComponent> one = new(Family(variance * 1e-16), 1, _design.Width);
        Mixture<RegressionComponent> reference = new([1], [family.Reference(_summary)]);
        return variance > 0
            ? Math.Max(variance * 1e-16, _options.VarianceFloor * Sweep.Step(one, _rows, reference, _options).Components[0].Dispersion)
            : throw new ArgumentException("Expected a response that varies, found the same value in all rows. Choose another column.");
    }

    /// <summary>What starts regressions where nothing else is asked for: few rows determine a regression, distances do not.</summary>
    internal static IReadOnlyList<MixtureInitializer> Initializers { get; } =
        [new RandomSubsetsInitializer(), new RandomPartitionInitializer(), new RandomSubsetsInitializer { RowsPerColumn = 4 }, new PlusPlusInitializer()];

    /// <summary>The rows of the design, the regressions' terms in standard units.</summary>
    internal RowSource Rows => _rows;

    /// <summary>The family over these rows.</summary>
    internal RegressionFamily Family() => Family(LeastVariance());

    /// <summary>Other rows of the design, the regressions' terms in these standard units.</summary>
    internal RowSource Standardize(RowBuilder design)
    {
        RegressionColumns columns = _design.Columns;
        for (int term = 0; term < columns.Terms; term++)
        {
            int own = term;
            design.Transform(columns.First + own, value => _terms.Map(own, value));
        }
        return design.ToRows(_design.DesignSchema());
    }

    /// <summary>Regressions in standard units, from those on the terms as they are in the data.</summary>
    internal RegressionComponent[] Standard(IReadOnlyList<RegressionComponent> components) =>
        [.. components.Select(component => new RegressionComponent(_terms.ToStandard(component.Coefficients.AsSpan()), component.Dispersion, component.Held))];

    /// <summary>Regressions on the terms as they are in the data, from those in standard units.</summary>
    internal RegressionComponent[] Original(IReadOnlyList<RegressionComponent> components) =>
        [.. components.Select(component => new RegressionComponent(_terms.ToOriginal(component.Coefficients.AsSpan()), component.Dispersion, component.Held))];

    private void RequireIndependent()
    {
        RegressionColumns columns = _design.Columns;
        RequireIndependent(columns.First, _design.TermNames);
        RequireIndependent(_design.FirstConcomitant, _design.ConcomitantNames);
    }

    // X'X in standard units, one term more at a time: the first whose pivot vanishes depends on those before it.
    private void RequireIndependent(int first, IReadOnlyList<string> names)
    {
        int p = names.Count;
        double[] products = new double[p * p];
        double[] cells = new double[_rows.Columns];
        for (long row = 0; row < _rows.Rows; row++)
        {
            _rows.CopyRow(row, cells);
            double weight = _rows.Weight(row);
            for (int i = 0; i < p; i++)
            {
                for (int j = 0; j <= i; j++)
                {
                    products[i * p + j] += weight * cells[first + i] * cells[first + j];
                }
            }
        }
        if (Dependence.First(products, p) is var dependent and >= 0)
        {
            throw new ArgumentException($"Expected terms that do not depend on each other, found that {names[dependent]} is a constant or a combination of the terms before it ({string.Join(", ", names.Take(dependent))}) in all {_rows.Rows} rows. Leave it out.");
        }
    }

    private static RowSource Weighted(RowSource rows, double[] weights) => weights.Length > 0 ? rows.WithWeights(weights) : rows;
}
