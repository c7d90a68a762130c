namespace Latent.Engine.Acceleration;

/// <summary>
/// Successive differences of the last passes and the damped Anderson (type II) step they imply, with f = F(θ) − θ:
/// δ = f − (ΔX + ΔF)γ, γ = argmin ‖f − ΔF γ‖² + λ‖γ‖², λ = reg · tr(ΔFᵀΔF) [WalkerNi2011, eq. 2.1].
/// </summary>
/// <remarks>
/// δ estimates (I − J)⁻¹f, the Newton step of the fixed-point equation, with J = F′: it serves as a proposal and as the
/// measure of what is still to gain. The normal equations are kept from push to push, so that a step costs O(mp): 4m + 2 products of two
/// vectors. What they lose, ε·tr against a damping of 10⁴ε·tr, does not show in δ, where a direction's error counts times its singular value.
/// </remarks>
internal sealed class AndersonWindow
{
    private readonly Metric _metric;
    private readonly double _regularization;
    private readonly int _memory;
    private readonly double[] _point;
    private readonly double[] _residual;
    private readonly double[][] _residualChanges;
    private readonly double[][] _imageChanges;
    private readonly double[] _gains;
    private readonly double[] _gram;
    private readonly double[] _system;
    private readonly double[] _gamma;
    private readonly double[] _step;
    private double _objective = double.NaN;
    private int _columns;
    private int _newest = -1;
    private bool _started;
    private int _gramVersion = -1;
    private StepState _state = StepState.Stale;

    public AndersonWindow(Metric metric, int memory, double regularization)
    {
        // more columns than rows would fit the residual exactly, and with the oldest differences as gladly as with the newest
        _memory = Math.Min(memory, metric.Length);
        _metric = metric;
        _regularization = regularization;
        _point = new double[metric.Length];
        _residual = new double[metric.Length];
        _residualChanges = new double[_memory][];
        _imageChanges = new double[_memory][];
        for (int i = 0; i < _memory; i++)
        {
            _residualChanges[i] = new double[metric.Length];
            _imageChanges[i] = new double[metric.Length];
        }
        _gains = new double[_memory];
        _gram = new double[_memory * _memory];
        _system = new double[_memory * _memory];
        _gamma = new double[_memory];
        _step = new double[metric.Length];
    }

    private enum StepState
    {
        Stale,
        Known,
        Unknown,
    }

    /// <summary>Differences held: one less than passes.</summary>
    public int Columns => _columns;

    /// <summary>Adds a pass; the oldest difference goes when the window is full.</summary>
    public void Push(EmPass pass)
    {
        if (_started)
        {
            _newest = (_newest + 1) % _memory;
            _columns = Math.Min(_columns + 1, _memory);
            double[] residualChange = _residualChanges[_newest], imageChange = _imageChanges[_newest];
            for (int j = 0; j < _point.Length; j++)
            {
                double change = pass.Residual[j] - _residual[j];
                residualChange[j] = change;
                imageChange[j] = pass.Point[j] - _point[j] + change;
            }
            _gains[_newest] = pass.Objective - _objective;
            UpdateGram();
        }
        pass.Point.CopyTo(_point, 0);
        pass.Residual.CopyTo(_residual, 0);
        _objective = pass.Objective;
        _started = true;
        _state = StepState.Stale;
    }

    /// <summary>The step δ from the newest pass; false when there is no difference yet or the numbers do not allow a step.</summary>
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
    public double GradientFactor(ReadOnlySpan<double> step, Span<double> displacement, Span<double> force)
    {
        double factor = double.NaN, bestAlignment = 0, gain = 0;
        displacement.Clear();
        for (int j = 0; j < force.Length; j++)
        {
            force[j] = 2 * _residual[j];
        }
        for (int age = 0; age < _columns; age++)
        {
            int column = Column(age);
            gain += _gains[column];
            VectorMath.AddScaledDifference(1, _imageChanges[column], _residualChanges[column], displacement);
            VectorMath.AddScaled(-1, _residualChanges[column], force);
            if (!(Math.Abs(gain) > 1e-12 * Math.Abs(_objective)))
            {
                continue;
            }
            double along = _metric.Dot(step, displacement);
            double alignment = along * along / _metric.Dot(displacement, displacement);
            double candidate = 2 * gain / _metric.Dot(force, displacement);
            if (candidate > 0 && double.IsFinite(candidate) && alignment > bestAlignment)
            {
                (factor, bestAlignment) = (candidate, alignment);
            }
        }
        return factor;
    }

    /// <summary>The largest eigenvalue of J on the subspace of the window. For reports: it allocates.</summary>
    public double LargestRate() =>
        RitzValues.LargestRate(_metric, _point, [.. Enumerable.Range(0, _columns).Select(age => _imageChanges[Column(age)])], [.. Enumerable.Range(0, _columns).Select(age => _residualChanges[Column(age)])]);

    public void Transfer(StateTransfer state)
    {
        state.Numbers(_point);
        state.Numbers(_residual);
        for (int i = 0; i < _memory; i++)
        {
            state.Numbers(_residualChanges[i]);
            state.Numbers(_imageChanges[i]);
        }
        state.Numbers(_gains);
        state.Number(ref _objective);
        state.Counter(ref _columns);
        state.Counter(ref _newest);
        state.Flag(ref _started);
        if (state.Restoring)
        {
            _gramVersion = -1;
            _state = StepState.Stale;
        }
    }

    private int Column(int age) => (_newest - age + _memory) % _memory;

    /// <summary>The products of the newest column with all others.</summary>
    private void UpdateGram()
    {
        if (_gramVersion == _metric.Version)
        {
            UpdateGram(_newest);
        }
    }

    private void UpdateGram(int column)
    {
        for (int other = 0; other < _columns; other++)
        {
            double product = _metric.Dot(_residualChanges[column], _residualChanges[other]);
            _gram[column * _memory + other] = product;
            _gram[other * _memory + column] = product;
        }
    }

    private bool ComputeStep()
    {
        if (_columns == 0)
        {
            return false;
        }
        if (_gramVersion != _metric.Version)
        {
            for (int column = 0; column < _columns; column++)
            {
                UpdateGram(column);
            }
            _gramVersion = _metric.Version;
        }
        Span<double> system = _system.AsSpan(0, _columns * _columns), gamma = _gamma.AsSpan(0, _columns);
        double trace = 0;
        for (int i = 0; i < _columns; i++)
        {
            _gram.AsSpan(i * _memory, _columns).CopyTo(system[(i * _columns)..]);
            gamma[i] = _metric.Dot(_residualChanges[i], _residual);
            trace += system[i * _columns + i];
        }
        for (int i = 0; i < _columns; i++)
        {
            system[i * _columns + i] += _regularization * trace;
        }
        if (!(trace > 0) || !SmallLinearSystem.TrySolvePositive(system, gamma))
        {
            return false;
        }
        _residual.CopyTo(_step, 0);
        for (int column = 0; column < _columns; column++)
        {
            VectorMath.AddScaled(-gamma[column], _imageChanges[column], _step);
        }
        return VectorMath.AllFinite(_step);
    }
}
