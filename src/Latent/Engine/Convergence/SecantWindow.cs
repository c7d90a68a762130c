using Latent.Engine.Acceleration;

namespace Latent.Engine.Convergence;

/// <summary>
/// The last accepted passes with their gradients, and what they say is still to gain. With H = −∇²L, differences s of points and y of gradients from the newest pass
/// obey y = Hs. On their span the gain of the quadratic model is exact, ½bᵀA⁻¹b with b = Sᵀ∇L and A = SᵀHS = SᵀY; what the span does not explain of the
/// gradient, ρ = ∇L − YA⁻¹b, adds the gain of a plain EM step on it, ½ρᵀ(f − TA⁻¹b), t the differences of f = F(θ) − θ, because (I − J)s = t.
/// </summary>
/// <remarks>
/// A lower bound where L is quadratic, since an EM step never goes too far. Unlike ½∇Lᵀδ with the Anderson step δ it is never negative, and it does not lose a slow direction
/// along which the newest pass has just leapt. An estimate costs 2m² products of two vectors, a push nothing but a copy.
/// </remarks>
internal sealed class SecantWindow
{
    // A pass this many nats lower lies beyond about one standard error, where curvature is another.
    private const double Reach = 1;

    // A direction that keeps less than this part of its curvature when the others are taken out is noise.
    private const double Independent = 1e-5;

    // A direction that raises what is left of the gradient so much is one that the quadratic model does not fit.
    private const double MostGrowth = 10;

    // The most that the third derivative may change a curvature by.
    private const double MostBend = 2;

    private const int Least = 2;

    private readonly int _memory;
    private readonly double[][] _points;
    private readonly double[][] _residuals;
    private readonly double[][] _gradients;
    private readonly double[] _objectives;
    private readonly double[] _curvatures;
    private readonly int[] _order;
    private readonly double[] _energy;
    private readonly double[] _pull;
    private readonly double[] _products;
    private readonly double[] _cross;
    private readonly double[] _bend;
    private readonly double[] _basis;
    private readonly double[] _lengths;
    private readonly double[] _step;
    private int _newest = -1;
    private int _count;

    public SecantWindow(int length, int memory)
    {
        _memory = memory;
        (_points, _residuals, _gradients) = (Vectors(), Vectors(), Vectors());
        (_objectives, _curvatures, _pull, _cross, _bend, _lengths, _step) =
            (new double[memory], new double[memory], new double[memory], new double[memory], new double[memory], new double[memory], new double[memory]);
        (_energy, _products, _basis) = (new double[memory * memory], new double[memory * memory], new double[memory * memory]);
        _order = new int[memory];

        double[][] Vectors() => [.. Enumerable.Range(0, memory).Select(_ => new double[length])];
    }

    /// <summary>Adds an accepted pass; one without a finite gradient says nothing.</summary>
    public void Push(EmPass pass)
    {
        if (!VectorMath.AllFinite(pass.Gradient))
        {
            return;
        }
        _newest = (_newest + 1) % _memory;
        _count = Math.Min(_count + 1, _memory);
        pass.Point.CopyTo(_points[_newest], 0);
        pass.Residual.CopyTo(_residuals[_newest], 0);
        pass.Gradient.CopyTo(_gradients[_newest], 0);
        _objectives[_newest] = pass.Objective;
    }

    /// <summary>L* − L at a pass, in nats; NaN where no pair serves.</summary>
    public double EstimateGain(EmPass now)
    {
        double plain = VectorMath.Dot(now.Gradient, now.Residual);
        int chosen = Choose(now);
        if (chosen == 0 || !double.IsFinite(plain))
        {
            return double.NaN;
        }
        Multiply(now, chosen);
        double gain = 0;
        double left = plain;
        int used = 0;
        _step.AsSpan(0, chosen).Clear();
        for (int i = 0; i < chosen; i++)
        {
            Span<double> direction = _basis.AsSpan(used * _memory, chosen);
            double length = Orthogonalize(i, used, chosen, direction);
            if (!(length > Independent * _energy[i * _memory + i]))
            {
                continue;
            }
            double pull = 0;
            for (int j = 0; j <= i; j++)
            {
                pull += direction[j] * _pull[j];
            }
            double move = pull / length;
            AddTo(_step, direction, move);
            double then = Left(plain, chosen);
            if (Math.Abs(then) > MostGrowth * plain)
            {
                AddTo(_step, direction, -move);
                continue;
            }
            gain += 0.5 * pull * move;
            left = then;
            _lengths[used++] = length;
        }
        return used == 0 ? double.NaN : gain + 0.5 * Math.Clamp(left, 0, Math.Max(0, plain));
    }

    public void Transfer(StateTransfer state)
    {
        for (int i = 0; i < _memory; i++)
        {
            state.Numbers(_points[i]);
            state.Numbers(_residuals[i]);
            state.Numbers(_gradients[i]);
        }
        state.Numbers(_objectives);
        state.Counter(ref _newest);
        state.Counter(ref _count);
    }

    /// <summary>The pairs that serve, those of least curvature sᵀy first: the nearest, where L is most nearly quadratic.</summary>
    private int Choose(EmPass now)
    {
        int near = 0;
        for (int i = 0; i < _count; i++)
        {
            double curvature = 0;
            (double[] point, double[] gradient) = (_points[i], _gradients[i]);
            for (int j = 0; j < point.Length; j++)
            {
                curvature = Math.FusedMultiplyAdd(point[j] - now.Point[j], now.Gradient[j] - gradient[j], curvature);
            }
            _curvatures[i] = curvature;
            int place = near;
            if (curvature > 0 && double.IsFinite(curvature))
            {
                for (; place > 0 && _curvatures[_order[place - 1]] > curvature; place--)
                {
                    _order[place] = _order[place - 1];
                }
                _order[place] = i;
                near++;
            }
        }
        int chosen = 0;
        for (int i = 0; i < near; i++)
        {
            if (_objectives[_order[i]] >= now.Objective - Reach || chosen < Least)
            {
                _order[chosen++] = _order[i];
            }
        }
        return chosen;
    }

    /// <summary>All products of differences from the newest pass: A, b, ⟨t, t⟩ and ⟨t, f⟩ in the inner product of the complete-data information, in which ⟨t, v⟩ = yᵀv.</summary>
    private void Multiply(EmPass now, int chosen)
    {
        for (int a = 0; a < chosen; a++)
        {
            int i = _order[a];
            double pull = 0, cross = 0;
            for (int j = 0; j < now.Point.Length; j++)
            {
                double step = _points[i][j] - now.Point[j];
                double force = now.Gradient[j] - _gradients[i][j];
                pull = Math.FusedMultiplyAdd(step, now.Gradient[j], pull);
                cross = Math.FusedMultiplyAdd(force, now.Residual[j], cross);
                cross = Math.FusedMultiplyAdd(now.Gradient[j], now.Residual[j] - _residuals[i][j], cross);
            }
            _pull[a] = pull;
            _bend[a] = Bend(now, i, pull);
            _cross[a] = _bend[a] * cross / 2;
        }
        for (int a = 0; a < chosen; a++)
        {
            for (int b = 0; b < chosen; b++)
            {
                (double[] point, double[] other, double[] residual) = (_points[_order[a]], _gradients[_order[b]], _residuals[_order[a]]);
                double energy = 0, product = 0;
                for (int j = 0; j < point.Length; j++)
                {
                    double force = now.Gradient[j] - other[j];
                    energy = Math.FusedMultiplyAdd(point[j] - now.Point[j], force, energy);
                    product = Math.FusedMultiplyAdd(now.Residual[j] - residual[j], force, product);
                }
                _energy[a * _memory + b] = energy;
                _products[a * _memory + b] = product;
            }
        }
        for (int a = 0; a < chosen; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double bend = (_bend[a] + _bend[b]) / 2;
                _energy[a * _memory + b] = _energy[b * _memory + a] = bend * (_energy[a * _memory + b] + _energy[b * _memory + a]) / 2;
                _products[a * _memory + b] = _products[b * _memory + a] = _bend[a] * _bend[b] * (_products[a * _memory + b] + _products[b * _memory + a]) / 2;
            }
        }
    }

    /// <summary>
    /// The curvature at the newest pass over the mean one along a secant. Two differences tell them apart: sᵀy = h − c/2 and 2(sᵀ∇L − ΔL) = h − c/3, h the curvature
    /// and c the third derivative.
    /// </summary>
    private double Bend(EmPass now, int pass, double pull)
    {
        double difference = _objectives[pass] - now.Objective;
        return Math.Abs(difference) > 1e-9 * Math.Abs(now.Objective)
            ? Math.Clamp(6 * (pull - difference) / _curvatures[pass] - 2, 1 / MostBend, MostBend)
            : 1;
    }

    /// <summary>Pair i with the directions before it taken out, as coefficients of the pairs; its curvature.</summary>
    private double Orthogonalize(int i, int used, int chosen, Span<double> direction)
    {
        direction.Clear();
        direction[i] = 1;
        for (int k = 0; k < used; k++)
        {
            ReadOnlySpan<double> other = _basis.AsSpan(k * _memory, chosen);
            AddTo(direction, other, -Energy(direction, other) / _lengths[k]);
        }
        return Energy(direction, direction);
    }

    private double Energy(ReadOnlySpan<double> first, ReadOnlySpan<double> second) => Bilinear(_energy, first, second);

    /// <summary>⟨f − Σγt, f − Σγt⟩.</summary>
    private double Left(double plain, int chosen)
    {
        ReadOnlySpan<double> step = _step.AsSpan(0, chosen);
        return plain - 2 * VectorMath.Dot(step, _cross.AsSpan(0, chosen)) + Bilinear(_products, step, step);
    }

    private double Bilinear(double[] matrix, ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double sum = 0;
        for (int a = 0; a < first.Length; a++)
        {
            if (first[a] != 0)
            {
                sum += first[a] * VectorMath.Dot(matrix.AsSpan(a * _memory, second.Length), second);
            }
        }
        return sum;
    }

    private static void AddTo(Span<double> target, ReadOnlySpan<double> direction, double factor)
    {
        for (int j = 0; j < direction.Length; j++)
        {
            target[j] = Math.FusedMultiplyAdd(factor, direction[j], target[j]);
        }
    }
}
