using Latent.Data;
using Latent.Engine;
using Latent.Families;

namespace Latent.Mixtures;

/// <summary>Mixtures of multivariate Student-t distributions: as Gaussian mixtures, but rows far from every component have little weight [PeelMcLachlan2000].</summary>
public static class StudentMixture
{
    /// <summary>Fits a mixture to rows by maximum likelihood. Of rows with missing cells (NaN) it is the likelihood of the observed cells.</summary>
    /// <param name="rows">Rows: arrays, matrices and tensors convert by themselves.</param>
    /// <param name="components">K, the number of components.</param>
    /// <param name="options">How; null for the defaults: full scale matrices, degrees of freedom estimated for each component.</param>
    /// <param name="cancellation">Stops early; the result is the best so far.</param>
    /// <exception cref="ArgumentException">No rows, infinite cells, a column with nothing observed, fewer distinct rows than components, or options out of range.</exception>
    /// <exception cref="NumericalException">The data overflow, or every start broke down.</exception>
    public static MixtureFit<StudentT> Fit(RowSource rows, int components, StudentMixtureOptions? options = null, CancellationToken cancellation = default) =>
        Fit((IRowSource)rows, components, options, cancellation);

    /// <inheritdoc cref="Fit(RowSource, int, StudentMixtureOptions?, CancellationToken)"/>
    public static MixtureFit<StudentT> Fit(IRowSource rows, int components, StudentMixtureOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new StudentMixtureOptions();
        options.Checked();
        RowChecks.RequireValues(rows, "a mixture of Student-t distributions");
        RowChecks.RequireDistinct(rows, components, "components");
        IncompleteRows prepared = rows.MissingCells > 0 ? IncompleteRows.Of(rows) : new IncompleteRows(rows, null, 0);
        ColumnSummary summary = ColumnMoments.Summarize(prepared.Rows, options);
        RowChecks.RequireResolved(summary);
        CovarianceDecomposition structure = options.Covariance.Decomposition();
        if (structure.HasTurnedAxes)
        {
            RowChecks.RequireLikeUnits(summary, structure.Name);
        }
        CovarianceFloor floor = options.CovarianceFloor > 0 ? CovarianceFloor.RelativeTo(summary, options.CovarianceFloor) : CovarianceFloor.None;
        GaussianMixtureOptions normal = new() { Covariance = options.Covariance, Prior = options.Prior, Threads = options.Threads, Communicator = options.Communicator };
        GaussianPrior? prior = PriorFromData.Of(prepared.Rows, summary, components, normal, cancellation);
        StudentFamily family = new(structure, rows.Columns, [.. summary.Means], options.FreedomSharing, options.Freedom, floor, prior);
        MixtureModel<StudentT> model = new(family, components, rows.Columns) { ColumnNames = rows.Schema.Names, WeightPrior = options.WeightPrior };
        StudentMixtureOptions moved = options with
        {
            StartLabels = prepared.Of(options.StartLabels),
            Start = options.Start is { } start ? new Mixture<StudentT>(start.Weights.AsSpan(), family.Project(start.Components), start.NoiseWeight) : null,
        };
        MixtureFit<StudentT> fit = new MixtureFitter<StudentT>(model, prepared.Rows, summary, moved, given: options).Fit(cancellation);
        return fit.Trimmed.Weight > 0 ? fit.In(prepared.Places) : fit;
    }

    /// <summary>A mixture from its parameters.</summary>
    /// <param name="structure">What the scale matrices are.</param>
    /// <param name="weights">Mixing weights.</param>
    /// <param name="components">As many components, of one dimension.</param>
    /// <param name="columnNames">Names of the columns; null: x1, x2, …</param>
    /// <param name="noiseWeight">The weight of the noise; 0 where there is none.</param>
    /// <param name="noise">The noise; null for none.</param>
    /// <param name="equalWeights">Whether the weights are held equal.</param>
    /// <exception cref="ArgumentException">Counts or dimensions do not fit, or a weight is not valid.</exception>
    public static FittedMixture<StudentT> Create(
        CovarianceStructure structure, ReadOnlySpan<double> weights, IReadOnlyList<StudentT> components, IReadOnlyList<string>? columnNames = null, double noiseWeight = 0, UniformNoise? noise = null,
        bool equalWeights = false)
    {
        ArgumentNullException.ThrowIfNull(components);
        int dimension = components.Count > 0 ? components[0].Location.Dimension : 0;
        if (dimension == 0 || components.Any(component => component.Location.Dimension != dimension))
        {
            throw new ArgumentException("Expected at least one component, all of one dimension, found none or several dimensions.", nameof(components));
        }
        StudentFamily family = new(structure.Decomposition(), dimension, components[0].Mean);
        return new FittedMixture<StudentT>(
            new MixtureModel<StudentT>(family, components.Count, dimension) { Noise = noise, EqualWeights = equalWeights }, new Mixture<StudentT>(weights, [.. components], noiseWeight), columnNames ?? Schema.Numbered(dimension).Names);
    }
}
