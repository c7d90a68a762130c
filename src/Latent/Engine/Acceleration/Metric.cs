namespace Latent.Engine.Acceleration;

/// <summary>The unit of each coordinate and the inner product ⟨x, y⟩ = Σ x_j y_j / unit_j² that goes with it; Euclidean while no unit is known.</summary>
internal sealed class Metric
{
    private readonly double[] _units;
    private readonly double[] _inverse;
    private readonly double[] _weights;
    private readonly double[] _scratch;

    public Metric(int length, bool scaled)
    {
        Length = length;
        Scaled = scaled;
        _units = new double[scaled ? length : 0];
        _inverse = new double[_units.Length];
        _weights = new double[_units.Length];
        _scratch = new double[_units.Length];
        _units.AsSpan().Fill(1);
        _inverse.AsSpan().Fill(1);
        _weights.AsSpan().Fill(1);
    }

    public int Length { get; }

    /// <summary>Whether the map gives units.</summary>
    public bool Scaled { get; }

    /// <summary>Changes whenever the units do.</summary>
    public int Version { get; private set; }

    /// <summary>Asks the map for the units at <paramref name="point"/>; entries that are no positive finite number keep the old unit.</summary>
    public void Refresh(IScaledEmMap map, ReadOnlySpan<double> point)
    {
        _units.CopyTo(_scratch, 0);
        map.Scale(point, _scratch);
        for (int j = 0; j < _units.Length; j++)
        {
            double inverse = 1 / _scratch[j];
            if (_scratch[j] > 0 && inverse > 0 && double.IsFinite(inverse * inverse))
            {
                _units[j] = _scratch[j];
            }
        }
        Derive();
    }

    /// <summary>The unit of coordinate <paramref name="j"/>, 1 when none is known.</summary>
    public double Unit(int j) => Scaled ? _units[j] : 1;

    /// <summary>⟨x, y⟩.</summary>
    public double Dot(ReadOnlySpan<double> x, ReadOnlySpan<double> y) =>
        Scaled ? VectorMath.Dot(x, y, _weights) : VectorMath.Dot(x, y);

    /// <summary>√⟨x, x⟩.</summary>
    public double Norm(ReadOnlySpan<double> x) => Math.Sqrt(Dot(x, x));

    /// <summary>Writes x, each coordinate in its unit.</summary>
    public void Scale(ReadOnlySpan<double> x, Span<double> target)
    {
        x.CopyTo(target);
        for (int j = 0; j < _inverse.Length; j++)
        {
            target[j] *= _inverse[j];
        }
    }

    public void Transfer(StateTransfer state)
    {
        state.Numbers(_units);
        if (state.Restoring)
        {
            Derive();
        }
    }

    private void Derive()
    {
        for (int j = 0; j < _units.Length; j++)
        {
            _inverse[j] = 1 / _units[j];
            _weights[j] = _inverse[j] * _inverse[j];
        }
        Version++;
    }
}
