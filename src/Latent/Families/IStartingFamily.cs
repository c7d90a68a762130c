using Latent.Data;

namespace Latent.Families;

/// <summary>Optional ability of a family: a component made from column summaries alone, the origin from which a first M-step can be taken.</summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public interface IStartingFamily<TComponent>
{
    /// <summary>A component with the columns' means and variances (as far as the family has such).</summary>
    TComponent Reference(ColumnSummary summary);
}
