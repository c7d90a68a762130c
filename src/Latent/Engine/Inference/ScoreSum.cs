using System.Numerics.Tensors;
using System.Runtime.Intrinsics;

namespace Latent;

/// <summary>
/// Where a model puts the scores of its observations: [Σ w | Σ w·s | Σ w·s·sᵀ, lower triangle row by row], the last part only
/// where outer products are wanted. A view of a chunk's sum.
/// </summary>
public readonly ref struct ScoreSum
{
    private readonly Span<double> _sums;

    /// <summary>A view of <paramref name="sums"/>, which has <see cref="LengthOf"/> values.</summary>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public ScoreSum(Span<double> sums, int length, bool products)
    {
        if (sums.Length != LengthOf(length, products))
        {
            throw new ArgumentException($"Expected {LengthOf(length, products)} values, found {sums.Length}.", nameof(sums));
        }
        _sums = sums;
        Length = length;
        HasProducts = products;
    }

    /// <summary>Values per score.</summary>
    public int Length { get; }

    /// <summary>Whether outer products are summed too.</summary>
    public bool HasProducts { get; }

    /// <summary>The sum of the weights so far.</summary>
    public double Weight => _sums[0];

    /// <summary>Σ w·s.</summary>
    public Span<double> Total => _sums.Slice(1, Length);

    /// <summary>Σ w·s·sᵀ, lower triangle row by row; empty without <see cref="HasProducts"/>.</summary>
    public Span<double> Products => _sums[(1 + Length)..];

    /// <summary>Doubles in the sum of scores of <paramref name="length"/> values.</summary>
    public static int LengthOf(int length, bool products) => checked(1 + length + (products ? length * (length + 1) / 2 : 0));

    /// <summary>Adds one observation, or <paramref name="weight"/> equal ones.</summary>
    /// <exception cref="ArgumentException">The score has another length.</exception>
    public void Add(double weight, ReadOnlySpan<double> score)
    {
        if (score.Length != Length)
        {
            throw new ArgumentException($"Expected a score of {Length} values, found {score.Length}.", nameof(score));
        }
        if (!(weight > 0))
        {
            return;
        }
        _sums[0] += weight;
        for (int i = 0; i < score.Length; i++)
        {
            Total[i] += weight * score[i];
        }
        Span<double> row = Products;
        for (int i = 0; i < score.Length && HasProducts; i++)
        {
            double weighted = weight * score[i];
            for (int j = 0; j <= i; j++)
            {
                row[j] = Math.FusedMultiplyAdd(weighted, score[j], row[j]);
            }
            row = row[(i + 1)..];
        }
    }

    /// <summary>Adds a tile of observations, one value of the score after the other.</summary>
    /// <param name="weights">One per observation, a multiple of 8 of them; those of the padding are 0.</param>
    /// <param name="scores">Value j of observation i at j·<paramref name="stride"/> + i, all finite, also in the padding.</param>
    /// <param name="stride">Distance between two values of one observation.</param>
    /// <exception cref="ArgumentException">The number of weights is no multiple of 8, or the scores do not fill the tile.</exception>
    public void AddTile(ReadOnlySpan<double> weights, ReadOnlySpan<double> scores, int stride)
    {
        int rows = weights.Length;
        if (rows % Vector512<double>.Count != 0 || rows > stride || scores.Length < (Length - 1) * stride + rows)
        {
            throw new ArgumentException($"Expected a multiple of 8 weights and {Length} × {stride} scores, found {rows} and {scores.Length}.");
        }
        _sums[0] += Dot(weights, weights, ones: true);
        Span<double> weighted = stackalloc double[rows];
        Span<double> row = Products;
        for (int i = 0; i < Length; i++)
        {
            TensorPrimitives.Multiply(weights, scores.Slice(i * stride, rows), weighted);
            Total[i] += Dot(weighted, weighted, ones: true);
            if (!HasProducts)
            {
                continue;
            }
            for (int j = 0; j <= i; j++)
            {
                row[j] += Dot(weighted, scores.Slice(j * stride, rows), ones: false);
            }
            row = row[(i + 1)..];
        }
    }

    /// <summary>Σ a·b, or Σ a, in eight lanes that join in a fixed order: the same bits on every machine.</summary>
    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b, bool ones)
    {
        Vector512<double> sum = Vector512<double>.Zero;
        for (int i = 0; i < a.Length; i += Vector512<double>.Count)
        {
            Vector512<double> left = Vector512.Create(a[i..]);
            sum = ones ? sum + left : Vector512.FusedMultiplyAdd(left, Vector512.Create(b[i..]), sum);
        }
        return ((sum[0] + sum[4]) + (sum[2] + sum[6])) + ((sum[1] + sum[5]) + (sum[3] + sum[7]));
    }
}
