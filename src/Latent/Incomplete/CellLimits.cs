using Latent.Data;

namespace Latent.Incomplete;

/// <summary>What imputed cells of each column may be: bounds, and whole numbers alone.</summary>
internal sealed class CellLimits
{
    private readonly double[] _lower;
    private readonly double[] _upper;
    private readonly bool[] _whole;

    public CellLimits(Schema schema, ImputationOptions options)
    {
        _lower = [.. Enumerable.Repeat(double.NegativeInfinity, schema.Count)];
        _upper = [.. Enumerable.Repeat(double.PositiveInfinity, schema.Count)];
        _whole = new bool[schema.Count];
        foreach (string name in options.WholeNumbers)
        {
            _whole[schema.Require(name)] = true;
        }
        foreach ((string name, ImputationBounds bounds) in options.Bounds)
        {
            int column = schema.Require(name);
            (_lower[column], _upper[column]) = _whole[column] ? (Math.Ceiling(bounds.Lower), Math.Floor(bounds.Upper)) : (bounds.Lower, bounds.Upper);
            if (!(_lower[column] <= _upper[column]))
            {
                throw new ArgumentException($"Expected bounds of column '{name}' with a value between them, found {bounds.Lower} and {bounds.Upper}.", nameof(options));
            }
        }
        Any = options.Bounds.Count > 0;
    }

    private bool Any { get; }

    /// <summary>Whether these cells of a row lie within their bounds.</summary>
    public bool Hold(double[] row, int[] columns) => !Any || Array.TrueForAll(columns, column => row[column] >= _lower[column] && row[column] <= _upper[column]);

    /// <summary>The value as it may be: rounded where only whole numbers may, then moved to the nearer bound.</summary>
    public double Apply(int column, double value) =>
        Math.Clamp(_whole[column] ? Math.Round(value, MidpointRounding.ToEven) : value, _lower[column], _upper[column]);
}
