using Latent.Data;
using Latent.Families;

namespace Latent.Mixtures;

/// <content>How sure the parameters are.</content>
public partial class FittedMixture<TComponent>
{
    /// <summary>Standard errors and confidence intervals of weights, means, variances and covariances.</summary>
    /// <param name="rows">The rows of the fit. Weights count as frequencies.</param>
    /// <param name="options">Settings; null for the defaults: observed information, 95 %.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="NotSupportedException">The family has no coordinates, or no scores although the method needs them.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public virtual ParameterEstimates StandardErrors(IRowSource rows, StandardErrorOptions? options = null, CancellationToken cancellation = default)
    {
        Check(rows);
        IFamily<TComponent, RowTile> family = Model.Family is IIdentifiedFamily<TComponent> turning ? turning.Identified(Components.AsSpan()) : Model.Family;
        return Latent.StandardErrors.Of(Named(family), rows, Parameters, options, cancellation);
    }

    /// <summary>Standard errors and percentile intervals by refitting replicates of the data, their components aligned with these by responsibilities.</summary>
    /// <param name="rows">The rows of the fit. Weights count as frequencies.</param>
    /// <param name="options">Settings; null for the defaults: 999 replicates of rows drawn with replacement.</param>
    /// <param name="cancellation">Stops between iterations.</param>
    /// <exception cref="NotSupportedException">The bootstrap is parametric, and the family cannot be drawn from.</exception>
    /// <exception cref="NumericalException">Fewer than two replicates could be fitted.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    public virtual BootstrapResult Bootstrap(IRowSource rows, BootstrapOptions? options = null, CancellationToken cancellation = default)
    {
        Check(rows);
        options ??= new BootstrapOptions();
        Mixture<TComponent> Align(Mixture<TComponent> replicate) => AlignedComponents(ComponentAlignment.Align(Model, rows, Parameters, replicate));
        MixtureModel<TComponent> model = Named(Model.Family);
        EmResult<Mixture<TComponent>> Again(IRowSource replicate, EmOptions fitting) => Refit(model, replicate, fitting, cancellation);
        if (options.Kind != BootstrapKind.Parametric)
        {
            return Latent.Bootstrap.OfReweighted(model, rows, Parameters, options, Align, Again, cancellation);
        }
        if (!rows.Known.IsEmpty)
        {
            throw new NotSupportedException("Expected rows of whose components nothing is known for a parametric bootstrap, which draws rows without labels, found some. Use the nonparametric or the weighted-likelihood bootstrap.");
        }
        Sample(0);
        int count = checked((int)Math.Round(rows.TotalWeight));
        return Latent.Bootstrap.Of<Mixture<TComponent>, RowChunk>(
            model, random => RowSource.From(Sample(count, random.NextUInt64()).Values, Model.Columns), Parameters, options, Align, cancellation);
    }

    /// <summary>The fit to a replicate of the rows, from these parameters on.</summary>
    private protected virtual EmResult<Mixture<TComponent>> Refit(MixtureModel<TComponent> model, IRowSource replicate, EmOptions options, CancellationToken cancellation) =>
        Em.Fit(model, replicate, Parameters, options, cancellation);

    private Mixture<TComponent> AlignedComponents(Mixture<TComponent> replicate) => Model.Family is IIdentifiedFamily<TComponent> family
        ? new Mixture<TComponent>(replicate.Weights.AsSpan(), [.. replicate.Components.Select((component, k) => family.Aligned(component, Components[k]))], replicate.NoiseWeight)
        : replicate;

    private MixtureModel<TComponent> Named(IFamily<TComponent, RowTile> family) => new(family, Model.Components, Model.Columns)
    {
        WeightPrior = Math.Max(1, Model.WeightPrior),
        EqualWeights = Model.EqualWeights,
        Noise = Model.Noise,
        ColumnNames = ColumnNames,
    };
}
