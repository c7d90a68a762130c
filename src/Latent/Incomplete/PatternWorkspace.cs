using Latent.Data;
using Latent.Families;
using Latent.Kernels;

namespace Latent.Incomplete;

/// <summary>
/// The E-step of a normal distribution on a chunk of incomplete rows, and the buffers of one thread that it needs.
/// </summary>
/// <remarks>
/// <para>Let z be a row's deviation from the mean with its missing cells filled by their conditional mean. Two ways lead there, each from a
/// factor of a matrix per pattern, eight patterns in lock-step:</para>
/// <para><b>By the precision</b> K = Σ⁻¹, where fewer cells are missing than observed: with anything, say the origin, in missing cells of z₀, r = Kz₀ is one
/// dense product for 64 rows; then C = (K_mm)⁻¹ is the conditional covariance, z_m = z₀_m − C·r_m, the quadratic form z₀ᵀr − r_mᵀCr_m, and
/// log |Σ_oo| = log |Σ| + log |K_mm|. Only m × m matrices are factorised.</para>
/// <para><b>By the covariance</b>, where more cells are missing than observed: Σ_oo⁻¹ = WᵀW, y = W·z_o, z_m = Σ_mo·Wᵀy, quadratic form ‖y‖². The sum of
/// conditional covariances is Σ − Σ·(WᵀW)·Σ, the product taken once per chunk.</para>
/// <para>Both lose the digits of the least eigenvalue where Σ is ill-conditioned. There everything happens in whitened coordinates, in which completing a row is a
/// projection (<see cref="MissingFrame"/>), and the sums stay in them: see <see cref="FrameOf"/>.</para>
/// </remarks>
internal sealed partial class PatternWorkspace
{
    private const int Stride = RowTile.Capacity;

    private readonly int _columns;
    private readonly AlignedBuffer _z;
    private readonly AlignedBuffer _products;
    private readonly AlignedBuffer _forms = new(Stride);
    private readonly AlignedBuffer _logs = new(Lanes.Count);
    private readonly double[] _shift;
    private readonly double[] _scatter;
    private readonly double[] _precisions;
    private readonly double[] _small;
    private AlignedBuffer _batch = new(Lanes.Count);
    private double[] _factors = [];
    private int _first;
    private int _last;
    private int _stride;
    private bool _byPrecision;
    private double _covarianceCount;
    private double _logDeterminants;

    public PatternWorkspace(int columns)
    {
        _columns = columns;
        _z = new AlignedBuffer(columns * Stride);
        _products = new AlignedBuffer(columns * Stride);
        _shift = new double[columns];
        _scatter = new double[ScatterKernel.Length(columns)];
        _precisions = new double[columns * columns];
        _small = new double[2 * columns];
    }

    /// <summary>Adds [n | Σ z | lower triangle of Σ (z·zᵀ + C)] of the chunk's observations, in the coordinates of <see cref="FrameOf"/>, and returns their log-likelihood.</summary>
    public double Expect(Gaussian normal, PatternChunk chunk, Span<double> statistic)
    {
        Begin(normal, chunk);
        bool whitened = IsWhitened(normal.Covariance);
        double logLikelihood = 0;
        for (int tile = 0; tile < chunk.Tiles; tile++)
        {
            if (whitened)
            {
                FillWhitened(normal.Covariance, chunk, tile);
            }
            else
            {
                Fill(normal, chunk, tile);
            }
            int rows = chunk.PaddedRows(tile);
            ReadOnlySpan<double> counts = chunk.Counts(tile);
            statistic[0] += LaneSum.Of(counts);
            for (int column = 0; column < _columns; column++)
            {
                statistic[1 + column] += Lanes.WeightedSum(counts, _z.Span.Slice(column * Stride, rows), Simd.Level);
            }
            ScatterKernel.Accumulate(_z.Span, _columns, chunk.Weights(tile), _scatter, Simd.Level);
            logLikelihood -= 0.5 * Lanes.WeightedSum(chunk.Weights(tile), _forms.Span[..rows], Simd.Level);
        }
        AddConditional(normal.Covariance);
        Span<double> triangle = statistic.Slice(1 + _columns, _scatter.Length - _columns);
        for (int i = 0; i < triangle.Length; i++)
        {
            triangle[i] += _scatter[_columns + i];
        }
        return logLikelihood - 0.5 * _logDeterminants;
    }

    private void Begin(Gaussian normal, PatternChunk chunk)
    {
        Array.Clear(_scatter);
        Array.Clear(_precisions);
        (_first, _last, _covarianceCount, _logDeterminants, _frame) = (0, 0, 0, 0, null);
        for (int column = 0; column < _columns; column++)
        {
            _shift[column] = normal.Mean[column] - chunk.Origin[column];
        }
    }

    /// <summary>Fills the tile's deviations and quadratic forms, factorising patterns as they come.</summary>
    private void Fill(Gaussian normal, PatternChunk chunk, int tile)
    {
        Precision precision = normal.Covariance.Precision;
        int rows = chunk.PaddedRows(tile);
        int start = tile * Stride;
        int count = Math.Min(Stride, chunk.Rows - start);
        ProductKernel.Subtract(chunk.Values(tile), _shift, chunk.Counts(tile), _z.Span, Simd.Level);
        ProductKernel.Multiply(precision.Packed, _columns, _z.Span, rows, _products.Span, _forms.Span, Simd.Level);
        int last;
        for (int row = 0; row < count; row = last)
        {
            int pattern = chunk.PatternOf(start + row);
            last = row + 1;
            while (last < count && chunk.PatternOf(start + last) == pattern)
            {
                last++;
            }
            if (pattern >= _last)
            {
                Factor(normal.Covariance, precision, chunk, pattern);
            }
            ReadOnlySpan<double> factor = _factors.AsSpan((pattern - _first) * _stride, _stride);
            if (_byPrecision)
            {
                PatternKernel.Fill(_products.Span, chunk.Missing(pattern), factor, row, last - row, _z.Span, _forms.Span, Simd.Level);
                continue;
            }
            for (; row < last; row++)
            {
                FillByCovariance(normal.Covariance.Matrix, chunk.Observed(pattern), chunk.Missing(pattern), factor, row);
            }
        }
    }

    private static bool ByPrecision(PatternChunk chunk, int pattern) => chunk.Missing(pattern).Length <= chunk.Observed(pattern).Length;

    /// <summary>Factorises up to eight patterns from <paramref name="first"/> on, and adds what they contribute whatever their rows.</summary>
    private void Factor(Covariance covariance, Precision precision, PatternChunk chunk, int first)
    {
        _byPrecision = ByPrecision(chunk, first);
        _first = first;
        _last = first + 1;
        while (_last < chunk.Patterns && _last < first + Lanes.Count && ByPrecision(chunk, _last) == _byPrecision)
        {
            _last++;
        }
        int size = 0;
        for (int pattern = first; pattern < _last; pattern++)
        {
            size = Math.Max(size, Picked(chunk, pattern).Length);
        }
        _stride = _byPrecision ? size * PatternKernel.Padded(size) : size * (size + 1) / 2;
        if (_batch.Length < CholeskyBatch.Length(size))
        {
            _batch = new AlignedBuffer(CholeskyBatch.Length(size));
        }
        if (_factors.Length < Lanes.Count * _stride)
        {
            _factors = new double[Lanes.Count * _stride];
        }
        ReadOnlySpan<double> matrix = _byPrecision ? precision.Matrix : covariance.Matrix;
        for (int lane = 0; lane < Lanes.Count; lane++)
        {
            PatternKernel.Gather(matrix, _columns, first + lane < _last ? Picked(chunk, first + lane) : [], size, lane, _batch.Span);
        }
        CholeskyBatch.Invert(_batch.Span, size, _logs.Span, Simd.Level);
        if (_byPrecision)
        {
            CholeskyBatch.Square(_batch.Span, size, Simd.Level);
        }
        for (int pattern = first; pattern < _last; pattern++)
        {
            double count = chunk.CountOf(pattern);
            double logDeterminant = _logs.Span[pattern - first] + (_byPrecision ? covariance.LogDeterminant : 0);
            _logDeterminants += count * (chunk.Observed(pattern).Length * GaussianConstants.LogTwoPi + logDeterminant);
            if (_byPrecision)
            {
                PatternKernel.Spread(_batch.Span, pattern - first, chunk.Missing(pattern), count, _factors.AsSpan((pattern - first) * _stride, _stride), _scatter.AsSpan(_columns));
            }
            else
            {
                // A complete row leaves nothing to add: Σ − Σ·Σ⁻¹·Σ.
                KeepFactor(chunk.Observed(pattern), pattern - first, chunk.Missing(pattern).IsEmpty ? 0 : count);
            }
        }
    }

    private ReadOnlySpan<int> Picked(PatternChunk chunk, int pattern) => _byPrecision ? chunk.Missing(pattern) : chunk.Observed(pattern);

    /// <summary>W, and the share of WᵀW in the sum of inverses.</summary>
    private void KeepFactor(ReadOnlySpan<int> observed, int lane, double count)
    {
        ReadOnlySpan<double> batch = _batch.Span;
        Span<double> factor = _factors.AsSpan(lane * _stride, _stride);
        int o = observed.Length;
        for (int i = 0; i < o * (o + 1) / 2; i++)
        {
            factor[i] = batch[i * Lanes.Count + lane];
        }
        if (count == 0)
        {
            return;
        }
        _covarianceCount += count;
        for (int k = 0; k < o; k++)
        {
            ReadOnlySpan<double> row = factor.Slice(k * (k + 1) / 2, k + 1);
            for (int i = 0; i <= k; i++)
            {
                Span<double> target = _precisions.AsSpan(observed[i] * _columns, _columns);
                double scaled = count * row[i];
                for (int j = 0; j <= i; j++)
                {
                    target[observed[j]] = Math.FusedMultiplyAdd(scaled, row[j], target[observed[j]]);
                }
            }
        }
    }

    private void FillByCovariance(ReadOnlySpan<double> covariance, ReadOnlySpan<int> observed, ReadOnlySpan<int> missing, ReadOnlySpan<double> factor, int row)
    {
        int o = observed.Length;
        Span<double> z = _z.Span;
        Span<double> own = _small.AsSpan(0, o);
        Span<double> back = _small.AsSpan(_columns, o);
        for (int i = 0; i < o; i++)
        {
            own[i] = z[observed[i] * Stride + row];
        }
        back.Clear();
        double form = 0;
        for (int i = 0; i < o; i++)
        {
            ReadOnlySpan<double> line = factor.Slice(i * (i + 1) / 2, i + 1);
            double y = 0;
            for (int j = 0; j < line.Length; j++)
            {
                y = Math.FusedMultiplyAdd(line[j], own[j], y);
            }
            form = Math.FusedMultiplyAdd(y, y, form);
            for (int j = 0; j < line.Length; j++)
            {
                back[j] = Math.FusedMultiplyAdd(line[j], y, back[j]);
            }
        }
        _forms.Span[row] = form;
        foreach (int column in missing)
        {
            ReadOnlySpan<double> line = covariance.Slice(column * _columns, _columns);
            double sum = 0;
            for (int j = 0; j < o; j++)
            {
                sum = Math.FusedMultiplyAdd(line[observed[j]], back[j], sum);
            }
            z[column * Stride + row] = sum;
        }
    }

    /// <summary>Adds n·Σ − Σ·G·Σ to the scatter, G the sum of the embedded inverses of the patterns that went by the covariance.</summary>
    private void AddConditional(Covariance covariance)
    {
        if (_covarianceCount == 0)
        {
            return;
        }
        int d = _columns;
        ReadOnlySpan<double> sigma = covariance.Matrix;
        Span<double> triangle = _scatter.AsSpan(d);
        Span<double> half = _products.Span;
        for (int i = 0; i < d; i++)
        {
            // Row i of Σ·G, then its products with the rows of Σ.
            Span<double> product = half[..d];
            product.Clear();
            for (int k = 0; k < d; k++)
            {
                double s = sigma[i * d + k];
                for (int j = 0; j < d; j++)
                {
                    product[j] = Math.FusedMultiplyAdd(s, _precisions[Math.Max(k, j) * d + Math.Min(k, j)], product[j]);
                }
            }
            Span<double> target = triangle.Slice(i * (i + 1) / 2, i + 1);
            for (int j = 0; j <= i; j++)
            {
                double sum = 0;
                for (int k = 0; k < d; k++)
                {
                    sum = Math.FusedMultiplyAdd(product[k], sigma[k * d + j], sum);
                }
                target[j] += Math.FusedMultiplyAdd(_covarianceCount, sigma[i * d + j], -sum);
            }
        }
    }
}
