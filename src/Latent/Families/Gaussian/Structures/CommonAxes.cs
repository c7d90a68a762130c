using Latent.Kernels;
using Latent.Numerics;

namespace Latent.Families;

/// <summary>
/// One orientation for all components (EVE, VVE): the rotation D that minimises Σₖ nₖ·log Πⱼ uₖⱼ, or Σₖ (Πⱼ uₖⱼ)^(1/d) where volumes are equal, with
/// uₖⱼ = (DᵀWₖD)ⱼⱼ: the likelihood with the best volumes and shapes put in [Flury1984].
/// </summary>
/// <remarks>
/// Axes are turned two at a time. Turned by θ, uₖᵢ·uₖⱼ = αₖ − βₖ·cos 4θ − γₖ·sin 4θ, and both objectives are concave in these products: their tangents majorise
/// them [BrowneMcNicholas2014], and the minimum of the tangents has a closed form. So no turn ever raises the objective. What turns are the rows of DᵀFₖ, Wₖ = FₖFₖᵀ,
/// so that a variance that is small beside another along these axes keeps its digits.
/// </remarks>
internal sealed class CommonAxes
{
    private const int MostSweeps = 100;
    private const int MostTurns = 10;
    private const double Settled = 1e-11;

    private readonly double[] _counts;
    private readonly double[][] _factors;
    private readonly double _least;
    private readonly bool _equalVolume;
    private readonly int _dimension;
    private readonly double[] _alpha;
    private readonly double[] _beta;
    private readonly double[] _gamma;
    private readonly double[] _rest;

    private CommonAxes(double[] counts, double[][] factors, double[] axes, bool equalVolume, double least)
    {
        (_counts, _equalVolume, _least) = (counts, equalVolume, least);
        _dimension = (int)Math.Round(Math.Sqrt(axes.Length));
        Axes = [.. axes];
        _factors = [.. factors.Select(factor => SquareMatrix.TransposeMultiply(axes, factor, _dimension))];
        _alpha = new double[counts.Length];
        _beta = new double[counts.Length];
        _gamma = new double[counts.Length];
        _rest = new double[counts.Length];
    }

    /// <summary>D, row-major; its columns are the axes.</summary>
    public double[] Axes { get; }

    /// <summary>(DᵀWₖD)ⱼⱼ.</summary>
    public double[][] Spread => [.. _factors.Select(factor => SquareMatrix.RowSquares(factor, _dimension))];

    /// <summary>The axes that a descent from given ones ends at.</summary>
    /// <param name="counts">nₖ, all positive.</param>
    /// <param name="factors">Fₖ, row-major d × d.</param>
    /// <param name="axes">Where to begin.</param>
    /// <param name="equalVolume">EVE, or else VVE.</param>
    /// <param name="least">The least variance along an axis: keeps a scatter without extent in some direction from drawing all axes to it.</param>
    public static CommonAxes From(double[] counts, double[][] factors, double[] axes, bool equalVolume, double least)
    {
        CommonAxes state = new(counts, factors, axes, equalVolume, least);
        for (int sweep = 0; sweep < MostSweeps && state.Sweep() > Settled; sweep++)
        {
        }
        return state;
    }

    /// <summary>The best of the descents from the axes of all rows together and from those of each component.</summary>
    public static CommonAxes Best(double[] counts, double[][] factors, int dimension, bool equalVolume, double least)
    {
        CommonAxes? best = null;
        foreach (double[] factor in factors.Prepend(Together(factors, dimension)))
        {
            CommonAxes found = From(counts, factors, FactorSpectrum.Decompose(factor, dimension).Vectors, equalVolume, least);
            best = best is null || found.Objective() < best.Objective() ? found : best;
        }
        return best!;
    }

    /// <summary>A factor of Σₖ Wₖ: the factors side by side.</summary>
    private static double[] Together(double[][] factors, int dimension)
    {
        double[] all = new double[factors.Length * dimension * dimension];
        for (int k = 0; k < factors.Length; k++)
        {
            for (int i = 0; i < dimension; i++)
            {
                factors[k].AsSpan(i * dimension, dimension).CopyTo(all.AsSpan((i * factors.Length + k) * dimension));
            }
        }
        return Cholesky.LowerOf(all, dimension);
    }

    private double Objective()
    {
        double sum = 0;
        for (int k = 0; k < _counts.Length; k++)
        {
            double logs = 0;
            foreach (double square in SquareMatrix.RowSquares(_factors[k], _dimension))
            {
                logs += Elementary.Log(Math.Max(square, _counts[k] * _least));
            }
            sum += _equalVolume ? Elementary.Exp(logs / _dimension) : _counts[k] * logs;
        }
        return sum;
    }

    /// <summary>Turns every pair of axes once; returns the sine of the largest angle.</summary>
    private double Sweep()
    {
        double largest = 0;
        for (int i = 0; i < _dimension - 1; i++)
        {
            for (int j = i + 1; j < _dimension; j++)
            {
                (double c, double s) = Rotation(i, j);
                largest = Math.Max(largest, Math.Abs(s));
                if (s != 0)
                {
                    Turn(i, j, c, s);
                }
            }
        }
        return largest;
    }

    /// <summary>cos θ and sin θ of the turn of two axes.</summary>
    private (double Cosine, double Sine) Rotation(int i, int j)
    {
        for (int k = 0; k < _counts.Length; k++)
        {
            (double a, double b, double c) = SquareMatrix.Products(Row(k, i), Row(k, j));
            (double s, double p) = (0.5 * (a + b), 0.5 * (a - b));
            _alpha[k] = s * s - 0.5 * (p * p + c * c);
            _beta[k] = 0.5 * (p * p - c * c);
            _gamma[k] = p * c;
            _rest[k] = _equalVolume ? RestRoot(k, i, j) : _counts[k];
        }
        (double cosine, double sine) = (1, 0);
        for (int turn = 0; turn < MostTurns; turn++)
        {
            double along = 0;
            double across = 0;
            for (int k = 0; k < _counts.Length; k++)
            {
                double least = _counts[k] * _least;
                double product = Math.Max(_alpha[k] - _beta[k] * cosine - _gamma[k] * sine, Math.Max(least * least, double.Epsilon));
                double weight = _equalVolume ? _rest[k] * Elementary.Exp(Elementary.Log(product) / _dimension) / product : _rest[k] / product;
                along += weight * _beta[k];
                across += weight * _gamma[k];
            }
            double length = Math.Sqrt(along * along + across * across);
            if (!(length > 0) || !double.IsFinite(length))
            {
                break;
            }
            double change = Math.Max(Math.Abs(along / length - cosine), Math.Abs(across / length - sine));
            (cosine, sine) = (along / length, across / length);
            if (!(change > 0.1 * Settled))
            {
                break;
            }
        }
        (cosine, sine) = Half(cosine, sine);
        return Half(cosine, sine);
    }

    /// <summary>Cosine and sine of half an angle between −π and π.</summary>
    private static (double Cosine, double Sine) Half(double cosine, double sine)
    {
        double larger = Math.Sqrt(0.5 * (1 + Math.Abs(cosine)));
        double smaller = sine / (2 * larger);
        return cosine >= 0 ? (larger, smaller) : sine >= 0 ? (smaller, larger) : (-smaller, -larger);
    }

    /// <summary>(Π uₖₗ)^(1/d) over the other axes.</summary>
    private double RestRoot(int k, int i, int j)
    {
        double logs = 0;
        for (int l = 0; l < _dimension; l++)
        {
            if (l != i && l != j)
            {
                logs += Elementary.Log(Math.Max(SquareMatrix.Products(Row(k, l), Row(k, l)).First, Math.Max(_counts[k] * _least, double.Epsilon)));
            }
        }
        return Elementary.Exp(logs / _dimension);
    }

    private Span<double> Row(int k, int i) => _factors[k].AsSpan(i * _dimension, _dimension);

    private void Turn(int i, int j, double c, double s)
    {
        for (int k = 0; k < _factors.Length; k++)
        {
            SquareMatrix.Rotate(Row(k, i), Row(k, j), c, s);
        }
        for (int l = 0; l < _dimension; l++)
        {
            (double mi, double mj) = (Axes[l * _dimension + i], Axes[l * _dimension + j]);
            (Axes[l * _dimension + i], Axes[l * _dimension + j]) = (c * mi + s * mj, c * mj - s * mi);
        }
    }
}
