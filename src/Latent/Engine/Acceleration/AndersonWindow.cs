using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace Latent.Engine.Acceleration;

/// <summary>
/// The last pairs (θ_i, f_i = F(θ_i) − θ_i) and the damped Anderson (type II) step they imply:
/// δ = f − (ΔX + ΔF)γ, γ = argmin ‖f − ΔF γ‖² + λ‖γ‖², λ = reg · σ_max(ΔF)² [WalkerNi2011, eq. 2.1].
/// </summary>
/// <remarks>
/// δ estimates (I − J)⁻¹f, the Newton step of the fixed-point equation, with J = F′: it serves as a proposal and as the
/// measure of what is still to gain.
/// </remarks>
internal sealed class AndersonWindow
{
    // directions whose squared extent is less than this part of the widest are left out of the rate
    private const double RateCutoff = 1e-10;

    private readonly Metric _metric;
    private readonly double _regularization;
    private readonly double[][] _points;
    private readonly double[][] _residuals;
    private readonly double[] _objectives;
    private readonly RegularizedLeastSquares _solver;
    private readonly double[] _coefficients;
    private readonly double[] _step;
    private int _count;
    private int _newest = -1;
    private StepState _state = StepState.Stale;

    public AndersonWindow(Metric metric, int memory, double regularization)
    {
        // more columns than rows would fit the residual exactly, and with the oldest differences as gladly as with the newest
        memory = Math.Min(memory, metric.Length);
        _metric = metric;
        _regularization = regularization;
        _points = new double[memory + 1][];
        _residuals = new double[memory + 1][];
        for (int i = 0; i <= memory; i++)
        {
            _points[i] = new double[metric.Length];
            _residuals[i] = new double[metric.Length];
        }
        _objectives = new double[memory + 1];
        _solver = new RegularizedLeastSquares(metric.Length, memory);
        _coefficients = new double[memory];
        _step = new double[metric.Length];
    }

    private enum StepState
    {
        Stale,
        Known,
        Unknown,
    }

    /// <summary>Pairs held.</summary>
    public int Count => _count;

    /// <summary>Adds a pass as the newest pair; the oldest goes when the window is full.</summary>
    public void Push(EmPass pass)
    {
        _newest = (_newest + 1) % _points.Length;
        _count = Math.Min(_count + 1, _points.Length);
        pass.Point.CopyTo(_points[_newest], 0);
        pass.Residual.CopyTo(_residuals[_newest], 0);
        _objectives[_newest] = pass.Objective;
        _state = StepState.Stale;
    }

    /// <summary>The step δ from the newest pair; false when there are fewer than two pairs or the numbers do not allow one.</summary>
    public bool TryStep(out ReadOnlySpan<double> step)
    {
        if (_state == StepState.Stale)
        {
            _state = ComputeStep() ? StepState.Known : StepState.Unknown;
        }
        step = _step;
        return _state == StepState.Known;
    }

    /// <summary>
    /// The factor κ that makes κ·W·f an estimate of ∇L: (L_b − L_a) = ½κ⟨f_a + f_b, θ_b − θ_a⟩ by the trapezoidal rule, exact
    /// for a quadratic L whose complete-data information is proportional to the metric W. Of the pairs (newest, older) the one whose displacement lies most along
    /// <paramref name="step"/> is taken, because that is where the factor will be used. NaN when no pair will do: the difference of two objectives must
    /// stand clear of their rounding.
    /// </summary>
    public double GradientFactor(ReadOnlySpan<double> step)
    {
        double factor = double.NaN, bestAlignment = 0;
        ReadOnlySpan<double> point = _points[_newest], residual = _residuals[_newest];
        for (int age = 1; age < _count; age++)
        {
            int older = Index(age);
            double gain = _objectives[_newest] - _objectives[older];
            if (!(Math.Abs(gain) > 1e-12 * Math.Abs(_objectives[_newest])))
            {
                continue;
            }
            double work = 0, length = 0, along = 0;
            for (int j = 0; j < step.Length; j++)
            {
                double unit = _metric.Unit(j);
                double displacement = (point[j] - _points[older][j]) / unit;
                work = Math.FusedMultiplyAdd((residual[j] + _residuals[older][j]) / unit, displacement, work);
                length = Math.FusedMultiplyAdd(displacement, displacement, length);
                along = Math.FusedMultiplyAdd(step[j] / unit, displacement, along);
            }
            double alignment = along * along / length;
            double candidate = 2 * gain / work;
            if (candidate > 0 && double.IsFinite(candidate) && alignment > bestAlignment)
            {
                (factor, bestAlignment) = (candidate, alignment);
            }
        }
        return factor;
    }

    /// <summary>
    /// The largest eigenvalue of J on the subspace that the window spans (a Ritz value). With G = ΔXᵀΔX = V d² Vᵀ it is that of
    /// I + d⁻¹Vᵀ(ΔXᵀΔF)V d⁻¹, leaving out directions that rounding would blur. NaN when the window spans nothing. For reports: it allocates.
    /// </summary>
    public double LargestRate()
    {
        int columns = _count - 1;
        if (columns < 1)
        {
            return double.NaN;
        }
        double[][] points = Differences(_points, columns), residuals = Differences(_residuals, columns);
        Evd<double> gram = Gram(points, points).Evd(Symmetricity.Symmetric);
        double[] squares = [.. gram.EigenValues.Select(value => value.Real)];
        double floor = Math.Max(RateCutoff * squares.Max(), 1e-20 * _metric.Dot(_points[_newest], _points[_newest]));
        int[] kept = [.. Enumerable.Range(0, columns).Where(k => squares[k] > floor)];
        if (kept.Length == 0)
        {
            return double.NaN;
        }
        Matrix<double> basis = Matrix<double>.Build.Dense(columns, kept.Length, (i, k) => gram.EigenVectors[i, kept[k]] / Math.Sqrt(squares[kept[k]]));
        Matrix<double> projected = basis.TransposeThisAndMultiply(Gram(points, residuals) * basis);
        return 1 + projected.Evd().EigenValues.Max(value => value.Real);
    }

    private double[][] Differences(double[][] source, int columns)
    {
        double[][] differences = new double[columns][];
        for (int age = 0; age < columns; age++)
        {
            differences[age] = new double[_metric.Length];
            _metric.Difference(source[Index(age)], source[Index(age + 1)], differences[age]);
        }
        return differences;
    }

    private static Matrix<double> Gram(double[][] left, double[][] right) =>
        Matrix<double>.Build.Dense(left.Length, right.Length, (i, j) => VectorMath.Dot(left[i], right[j]));

    public void Transfer(StateTransfer state)
    {
        for (int i = 0; i < _points.Length; i++)
        {
            state.Numbers(_points[i]);
            state.Numbers(_residuals[i]);
        }
        state.Numbers(_objectives);
        state.Counter(ref _count);
        state.Counter(ref _newest);
        if (state.Restoring)
        {
            _state = StepState.Stale;
        }
    }

    private int Index(int age) => (_newest - age + _points.Length) % _points.Length;

    private bool ComputeStep()
    {
        int columns = _count - 1;
        if (columns < 1)
        {
            return false;
        }
        double[] newest = _residuals[_newest];
        for (int column = 0; column < columns; column++)
        {
            int age = columns - column;
            _metric.Difference(_residuals[Index(age - 1)], _residuals[Index(age)], _solver.Column(column));
        }
        _metric.Scale(newest, _solver.RightSide);
        Span<double> gamma = _coefficients.AsSpan(0, columns);
        if (!_solver.TrySolve(columns, _regularization, gamma))
        {
            return false;
        }
        newest.CopyTo(_step, 0);
        for (int column = 0; column < columns; column++)
        {
            int age = columns - column;
            VectorMath.AddScaledDifference(-gamma[column], _points[Index(age - 1)], _points[Index(age)], _step);
            VectorMath.AddScaledDifference(-gamma[column], _residuals[Index(age - 1)], _residuals[Index(age)], _step);
        }
        return VectorMath.AllFinite(_step);
    }
}
