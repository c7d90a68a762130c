using Latent.Data;
using Latent.Kernels;

namespace Latent.Families;

/// <summary>
/// A family of the form log f(x; θ) = b(x) + Σⱼ ηⱼ(θ)·tⱼ(x). The functions b and t are computed once per tile for all components, and the two loops of
/// EM, log f and Σw·t, are the same for every member.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component; its coefficients are η, finite or −∞.</typeparam>
public abstract class LinearFamily<TComponent> : ParametricFamily<TComponent>, ILinearFamily, IStepwiseFamily<TComponent>
    where TComponent : Distribution
{
    /// <summary>Σw·tⱼ.</summary>
    public override int StatisticLength => Functions;

    /// <summary>The number of functions t.</summary>
    public abstract int Functions { get; }

    /// <summary>A row with a missing cell has all functions 0, so that it adds nothing to density or statistic: exact.</summary>
    public override bool TakesMissing => true;

    /// <summary>Writes the functions of one block of columns, and adds the base measure.</summary>
    /// <param name="tile">The rows.</param>
    /// <param name="firstColumn">The first column of the block.</param>
    /// <param name="functions">Receives tⱼ of row i at j·<see cref="RowTile.Capacity"/> + i, for all padded rows; 0 where a cell is missing, finite always.</param>
    /// <param name="baseMeasure">b of each row, added to; −∞ where the row has no density.</param>
    public abstract void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure);

    /// <inheritdoc/>
    public override void LogDensity(TComponent component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        ArgumentNullException.ThrowIfNull(component);
        Span<double> functions = FunctionsOf(tile);
        LinearForm.Evaluate(functions, RowTile.Capacity, component.Coefficients, functions.Slice(Functions * RowTile.Capacity, tile.PaddedRows), logDensity, Simd.Level);
    }

    /// <inheritdoc/>
    public override void Accumulate(TComponent current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic) =>
        LinearForm.Accumulate(FunctionsOf(tile), RowTile.Capacity, weights, statistic, Simd.Level);

    /// <summary>The functions of this tile, and after them the base measure.</summary>
    private Span<double> FunctionsOf(RowTile tile)
    {
        Span<double> functions = tile.Keep(this, static family => new AlignedBuffer((family.Functions + 1) * RowTile.Capacity), out bool stale).Span;
        if (stale)
        {
            Span<double> measure = functions[(Functions * RowTile.Capacity)..];
            measure.Clear();
            Describe(tile, 0, functions, measure);
        }
        return functions;
    }
}
