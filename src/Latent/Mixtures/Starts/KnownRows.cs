using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Mixtures.Starts;

/// <summary>
/// An assignment of rows of which some components are known: its components take the names that they share most rows with, and no row is given to a component that it cannot belong to.
/// </summary>
internal sealed class KnownRows : IAssignment
{
    private readonly IAssignment _inner;
    private readonly int[] _order;

    private KnownRows(IAssignment inner, int[] order)
    {
        _inner = inner;
        _order = order;
    }

    /// <summary>An assignment that heeds what is known of the rows; the same where nothing is.</summary>
    public static IAssignment Heed(IAssignment inner, IRowSource rows, int components)
    {
        if (rows.Known.IsEmpty)
        {
            return inner;
        }
        double[] overlap = new double[components * components];
        double[] shares = new double[components * RowTile.Capacity];
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            for (int start = 0; start < chunk.Rows; start += RowTile.Capacity)
            {
                int count = Math.Min(RowTile.Capacity, chunk.Rows - start);
                shares.AsSpan().Clear();
                inner.Assign(chunk, start, count, shares);
                for (int row = 0; row < count; row++)
                {
                    Add(chunk, start + row, shares.AsSpan(row), components, overlap);
                }
            }
        }
        return new KnownRows(inner, Assignment.Maximize(overlap, components));
    }

    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        double[] own = new double[_order.Length * RowTile.Capacity];
        _inner.Assign(chunk, start, count, own);
        for (int row = 0; row < count; row++)
        {
            double given = 0;
            double allowed = 0;
            double factors = 0;
            for (int k = 0; k < _order.Length; k++)
            {
                double factor = Elementary.Exp(chunk.Known.LogFactor(start + row, k));
                double share = own[_order[k] * RowTile.Capacity + row];
                responsibilities[k * RowTile.Capacity + row] = share * factor;
                given += share;
                allowed += share * factor;
                factors += factor;
            }
            for (int k = 0; k < _order.Length && chunk.Known.Knows(start + row); k++)
            {
                ref double share = ref responsibilities[k * RowTile.Capacity + row];
                share = allowed > 0 ? share * (given / allowed) : Elementary.Exp(chunk.Known.LogFactor(start + row, k)) / factors;
            }
        }
    }

    /// <summary>Adds what a row of a known component says of which of the assignment's components that is.</summary>
    private static void Add(in RowChunk chunk, int row, ReadOnlySpan<double> shares, int components, double[] overlap)
    {
        if (!chunk.Known.Knows(row))
        {
            return;
        }
        double weight = chunk.Weights.IsEmpty ? 1 : chunk.Weights[row];
        for (int k = 0; k < components; k++)
        {
            double factor = weight * Elementary.Exp(chunk.Known.LogFactor(row, k));
            for (int l = 0; l < components; l++)
            {
                overlap[k * components + l] += factor * shares[l * RowTile.Capacity];
            }
        }
    }
}

/// <summary>The rows of which components are known, by themselves; the others are left out.</summary>
internal sealed class KnownAlone(int components) : IAssignment
{
    public void Assign(in RowChunk chunk, int start, int count, Span<double> responsibilities)
    {
        for (int row = 0; row < count; row++)
        {
            double sum = 0;
            for (int k = 0; k < components && chunk.Known.Knows(start + row); k++)
            {
                sum += responsibilities[k * RowTile.Capacity + row] = Elementary.Exp(chunk.Known.LogFactor(start + row, k));
            }
            for (int k = 0; k < components && sum > 0; k++)
            {
                responsibilities[k * RowTile.Capacity + row] /= sum;
            }
        }
    }
}

/// <summary>Rows of which nothing is known.</summary>
internal sealed class UnknownRows(IRowSource rows) : IRowSource
{
    public long Rows => rows.Rows;

    public Schema Schema => rows.Schema;

    public bool HasWeights => rows.HasWeights;

    public double TotalWeight => rows.TotalWeight;

    public long MissingCells => rows.MissingCells;

    public int ChunkCount => rows.ChunkCount;

    public double Weight(long row) => rows.Weight(row);

    public void CopyRow(long row, Span<double> target) => rows.CopyRow(row, target);

    public RowChunk GetChunk(int index) => rows.GetChunk(index).WithKnown(default);

    /// <summary>The rows, or the same without what is known of them.</summary>
    public static IRowSource Of(IRowSource rows) => rows.Known.IsEmpty ? rows : new UnknownRows(rows);
}
