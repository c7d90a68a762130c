namespace Latent.Testing;

/// <summary>A sum that carries its own rounding error along (Neumaier): as good as twice the digits.</summary>
public struct CompensatedSum
{
    private double _sum;
    private double _error;

    /// <summary>The sum so far.</summary>
    public readonly double Value => _sum + _error;

    /// <summary>The sum of <paramref name="values"/>.</summary>
    public static double Of(ReadOnlySpan<double> values)
    {
        CompensatedSum sum = new();
        foreach (double value in values)
        {
            sum.Add(value);
        }
        return sum.Value;
    }

    /// <summary>Adds a value.</summary>
    public void Add(double value)
    {
        double next = _sum + value;
        _error += Math.Abs(_sum) >= Math.Abs(value) ? _sum - next + value : value - next + _sum;
        _sum = next;
    }
}
