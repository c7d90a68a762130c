using Latent.Data;

namespace Latent.Families;

/// <summary>
/// An exponential family in canonical form, log f(x; θ) = b(x) + a(θ) + Σⱼ ηⱼ(θ)·tⱼ(x), written row by row: what a member adds is <see cref="Describe(ReadOnlySpan{double}, Span{double})"/>,
/// the estimate from Σw and Σw·tⱼ, and a component that gives [a, η] as its coefficients.
/// </summary>
/// <typeparam name="TComponent">The parameters of one component.</typeparam>
public abstract class CanonicalFamily<TComponent> : LinearFamily<TComponent>
    where TComponent : Distribution
{
    /// <summary>The number of functions t, the constant of a(θ) not counted.</summary>
    public abstract int Features { get; }

    /// <summary>The constant 1, then t.</summary>
    public sealed override int Functions => 1 + Features;

    /// <summary>What a cell must be to have a density, as in "a count (0, 1, 2, …)".</summary>
    protected abstract string Support { get; }

    /// <summary>Writes t(x) and returns b(x); −∞ where x has no density.</summary>
    /// <param name="x">The cells of one row, none missing.</param>
    /// <param name="features">Receives t, finite.</param>
    protected abstract double Describe(ReadOnlySpan<double> x, Span<double> features);

    /// <summary>The maximum-likelihood component.</summary>
    /// <param name="n">Σw, positive.</param>
    /// <param name="sums">Σw·tⱼ, finite.</param>
    /// <param name="current">The component under which the sums were taken.</param>
    protected abstract TComponent Estimate(double n, ReadOnlySpan<double> sums, TComponent current);

    /// <summary>The current component where no row has weight.</summary>
    /// <inheritdoc/>
    /// <exception cref="NumericalException">A sum is not finite.</exception>
    public sealed override TComponent Estimate(ReadOnlySpan<double> statistic, TComponent current)
    {
        RequireFinite(statistic);
        return statistic[0] > 0 ? Estimate(statistic[0], statistic[1..], current) : current;
    }

    /// <inheritdoc/>
    public override (int Column, string Expected)? Misfit(ReadOnlySpan<double> row)
    {
        Span<double> features = stackalloc double[Features];
        return !HasMissing(row[..Columns]) && double.IsNegativeInfinity(Describe(row[..Columns], features)) ? (0, Support) : null;
    }

    /// <inheritdoc/>
    public override void Describe(RowTile tile, int firstColumn, Span<double> functions, Span<double> baseMeasure)
    {
        Span<double> cells = stackalloc double[Columns];
        Span<double> features = stackalloc double[Features];
        for (int row = 0; row < tile.PaddedRows; row++)
        {
            for (int column = 0; column < cells.Length; column++)
            {
                cells[column] = tile.Values[(firstColumn + column) * RowTile.Capacity + row];
            }
            bool missing = HasMissing(cells);
            double measure = missing ? 0 : Describe(cells, features);
            baseMeasure[row] += measure;
            functions[row] = missing ? 0 : 1;
            bool without = missing || double.IsNegativeInfinity(measure);
            for (int j = 0; j < features.Length; j++)
            {
                functions[(1 + j) * RowTile.Capacity + row] = without ? 0 : features[j];
            }
        }
    }

    private static bool HasMissing(ReadOnlySpan<double> cells)
    {
        bool missing = false;
        foreach (double cell in cells)
        {
            missing |= double.IsNaN(cell);
        }
        return missing;
    }
}
