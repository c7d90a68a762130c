using System.Numerics.Tensors;
using Latent.Data;
using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// A product of families over blocks of columns: within a component the blocks are independent. All linear parts together are one sum over their functions;
/// the others are evaluated one by one. Missing cells are exact: a block with one has no part in its row.
/// </summary>
/// <remarks>The statistic is that of the linear parts in their order, then that of the others.</remarks>
public sealed partial class ProductFamily :
    IFamily<Product, RowTile>, IStartingFamily<Product>, ISamplingFamily<Product>, ICollapsePenalty<Product>, IDegeneracyReport<Product>, ISupportFamily, ITailFamily<Product>
{
    private readonly ProductPart[] _parts;
    private readonly int[] _firstColumns;
    private readonly int[] _statistics;
    private readonly int[] _others;
    private readonly int _functions;

    /// <summary>A product of parts, whose columns follow each other.</summary>
    public ProductFamily(params IEnumerable<ProductPart> parts)
    {
        _parts = [.. parts];
        if (_parts.Length == 0)
        {
            throw new ArgumentException("Expected at least one block of columns, found none.", nameof(parts));
        }
        _firstColumns = new int[_parts.Length];
        _statistics = new int[_parts.Length];
        _others = [.. Enumerable.Range(0, _parts.Length).Where(index => _parts[index].Linear is null)];
        foreach (bool linear in (ReadOnlySpan<bool>)[true, false])
        {
            for (int index = 0; index < _parts.Length; index++)
            {
                if (_parts[index].Linear is not null == linear)
                {
                    _statistics[index] = StatisticLength;
                    StatisticLength += _parts[index].StatisticLength;
                }
            }
            _functions = linear ? StatisticLength : _functions;
        }
        for (int index = 0; index < _parts.Length; index++)
        {
            _firstColumns[index] = Columns;
            Columns += _parts[index].Columns;
            FreeParameters += _parts[index].FreeParameters;
        }
    }

    /// <summary>As many independent columns of one family.</summary>
    public static ProductFamily Of<TComponent>(ParametricFamily<TComponent> family, int columns)
        where TComponent : Distribution => new(Enumerable.Repeat(ProductPart.Of(family), columns));

    /// <summary>The blocks, in the order of their columns.</summary>
    public IReadOnlyList<ProductPart> Parts => _parts;

    /// <summary>The number of columns.</summary>
    public int Columns { get; }

    /// <inheritdoc/>
    public int StatisticLength { get; }

    /// <inheritdoc/>
    public int FreeParameters { get; }

    /// <inheritdoc/>
    public bool TakesMissing => true;

    /// <inheritdoc/>
    public int ScratchLength(int rows)
    {
        int length = 0;
        foreach (int index in _others)
        {
            length += _parts[index].ScratchLength(rows);
        }
        return length;
    }

    /// <summary>A component of the blocks' distributions.</summary>
    /// <exception cref="ArgumentException">Not one per block.</exception>
    public Product Join(params ReadOnlySpan<object> parts)
    {
        if (parts.Length != _parts.Length)
        {
            throw new ArgumentException($"Expected {_parts.Length} distributions, one per block, found {parts.Length}.", nameof(parts));
        }
        double[] coefficients = new double[_functions];
        for (int index = 0; index < parts.Length; index++)
        {
            if (_parts[index].Linear is not null)
            {
                ((Distribution)parts[index]).Coefficients.CopyTo(coefficients, _statistics[index]);
            }
        }
        return new Product([.. parts], coefficients);
    }

    /// <inheritdoc/>
    public bool TryTails(Product component, ReadOnlySpan<double> row, Span<TailProbabilities> tails)
    {
        ArgumentNullException.ThrowIfNull(component);
        bool all = true;
        for (int index = 0; index < _parts.Length && all; index++)
        {
            int columns = _parts[index].Columns;
            all = _parts[index].TryTails(component.Parts[index], row.Slice(_firstColumns[index], columns), tails.Slice(_firstColumns[index], columns));
        }
        return all;
    }

    /// <inheritdoc/>
    public void LogDensity(Product component, RowTile tile, Span<double> scratch, Span<double> logDensity)
    {
        Span<double> functions = Functions(tile);
        LinearForm.Evaluate(functions, RowTile.Capacity, component.Coefficients, functions.Slice(_functions * RowTile.Capacity, tile.PaddedRows), logDensity, Simd.Level);
        BlockTile[] blocks = Blocks(tile);
        Span<double> own = stackalloc double[RowTile.Capacity];
        own = own[..tile.PaddedRows];
        for (int other = 0; other < _others.Length; other++)
        {
            ProductPart part = _parts[_others[other]];
            Span<double> kept = Next(ref scratch, part);
            if (blocks[other].AllMissing)
            {
                continue;
            }
            part.LogDensity(component.Parts[_others[other]], blocks[other].Tile, kept, own);
            for (int row = 0; row < own.Length && blocks[other].AnyMissing; row++)
            {
                own[row] = blocks[other].Observed[row] == 0 ? 0 : own[row];
            }
            TensorPrimitives.Add(logDensity, own, logDensity);
        }
    }

    /// <inheritdoc/>
    public void Accumulate(Product current, RowTile tile, ReadOnlySpan<double> scratch, ReadOnlySpan<double> weights, Span<double> statistic)
    {
        LinearForm.Accumulate(Functions(tile), RowTile.Capacity, weights, statistic[.._functions], Simd.Level);
        BlockTile[] blocks = Blocks(tile);
        Span<double> own = stackalloc double[RowTile.Capacity];
        own = own[..weights.Length];
        for (int other = 0; other < _others.Length; other++)
        {
            ProductPart part = _parts[_others[other]];
            int length = part.ScratchLength(RowTile.Capacity);
            if (!blocks[other].AllMissing)
            {
                TensorPrimitives.Multiply(weights, blocks[other].Observed, own);
                part.Accumulate(current.Parts[_others[other]], blocks[other].Tile, scratch[..length], own, StatisticOf(statistic, _others[other]));
            }
            scratch = scratch[length..];
        }
    }

    /// <inheritdoc/>
    public Product Estimate(ReadOnlySpan<double> statistic, Product current)
    {
        object[] parts = new object[_parts.Length];
        for (int index = 0; index < parts.Length; index++)
        {
            parts[index] = _parts[index].Estimate(statistic.Slice(_statistics[index], _parts[index].StatisticLength), current.Parts[index]);
        }
        return Join(parts);
    }

    /// <inheritdoc/>
    public Product Reference(ColumnSummary summary) => Join([.. _parts.Select((part, index) => part.Reference(summary.Slice(_firstColumns[index], part.Columns)))]);

    /// <inheritdoc/>
    public void Sample(Product component, RandomGenerator random, Span<double> row)
    {
        for (int index = 0; index < _parts.Length; index++)
        {
            _parts[index].Sample(component.Parts[index], random, row.Slice(_firstColumns[index], _parts[index].Columns));
        }
    }

    /// <inheritdoc/>
    public double CollapsePenalty(Product component, Product pooled)
    {
        double sum = 0;
        for (int index = 0; index < _parts.Length; index++)
        {
            sum += _parts[index].CollapsePenalty(component.Parts[index], pooled.Parts[index]);
        }
        return sum;
    }

    /// <inheritdoc/>
    public IEnumerable<(int Component, string Message)> Degeneracies(Product parameters)
    {
        foreach ((ProductPart part, object distribution) in _parts.Zip(parameters.Parts))
        {
            foreach (string message in part.Degeneracies(distribution))
            {
                yield return (0, message);
            }
        }
    }

    /// <summary>A block of several columns either has all its cells or none.</summary>
    /// <inheritdoc/>
    public (int Column, string Expected)? Misfit(ReadOnlySpan<double> row)
    {
        for (int index = 0; index < _parts.Length; index++)
        {
            ReadOnlySpan<double> cells = row.Slice(_firstColumns[index], _parts[index].Columns);
            int missing = 0;
            foreach (double cell in cells)
            {
                missing += double.IsNaN(cell) ? 1 : 0;
            }
            if (missing > 0 && missing < cells.Length)
            {
                return (_firstColumns[index] + cells.IndexOfAnyExceptInRange(double.NegativeInfinity, double.PositiveInfinity), $"a value, since {cells.Length} columns belong together");
            }
            if (missing == 0 && _parts[index].Family is ISupportFamily family && family.Misfit(cells) is { } misfit)
            {
                return (_firstColumns[index] + misfit.Column, misfit.Expected);
            }
        }
        return null;
    }

    private Span<double> Functions(RowTile tile)
    {
        Span<double> functions = tile.Keep(this, static family => new AlignedBuffer((family._functions + 1) * RowTile.Capacity), out bool stale).Span;
        if (stale)
        {
            Span<double> measure = functions[(_functions * RowTile.Capacity)..];
            measure.Clear();
            for (int index = 0; index < _parts.Length; index++)
            {
                _parts[index].Linear?.Describe(tile, _firstColumns[index], functions[(_statistics[index] * RowTile.Capacity)..], measure);
            }
        }
        return functions;
    }

    private BlockTile[] Blocks(RowTile tile)
    {
        BlockTile[] blocks = tile.Keep(this, static family => Array.ConvertAll(family._others, index => new BlockTile(family._firstColumns[index], family._parts[index].Columns)), out bool stale);
        for (int other = 0; other < blocks.Length && stale; other++)
        {
            blocks[other].Load(tile);
        }
        return blocks;
    }

    private Span<double> StatisticOf(Span<double> statistic, int index) => statistic.Slice(_statistics[index], _parts[index].StatisticLength);

    private static Span<double> Next(ref Span<double> scratch, ProductPart part)
    {
        int length = part.ScratchLength(RowTile.Capacity);
        Span<double> own = scratch[..length];
        scratch = scratch[length..];
        return own;
    }
}
