namespace Latent.Data;

/// <summary>Which cells of a row are missing. Equal patterns are equal objects.</summary>
internal sealed class MissingCells : IEquatable<MissingCells>
{
    private readonly ulong[] _mask;
    private readonly int _hash;

    /// <summary>The pattern of a mask, one bit per column (set: missing).</summary>
    public MissingCells(ReadOnlySpan<ulong> mask)
    {
        _mask = mask.ToArray();
        _hash = Hash(mask);
        List<int> columns = [];
        for (int column = 0; column < 64 * mask.Length; column++)
        {
            if ((mask[column / 64] >> (column % 64) & 1) != 0)
            {
                columns.Add(column);
            }
        }
        Columns = [.. columns];
    }

    /// <summary>The missing columns, ascending; none for a complete row.</summary>
    public int[] Columns { get; }

    /// <summary>Whether this is the pattern of a mask.</summary>
    public bool Is(ReadOnlySpan<ulong> mask) => mask.SequenceEqual(_mask);

    /// <summary>A number that equal masks share.</summary>
    public static int Hash(ReadOnlySpan<ulong> mask)
    {
        ulong hash = 0;
        foreach (ulong word in mask)
        {
            hash = System.Numerics.BitOperations.RotateLeft((hash ^ word) * 0x9E3779B97F4A7C15, 29);
        }
        return (int)(hash >> 32);
    }

    /// <inheritdoc/>
    public bool Equals(MissingCells? other) => other is not null && (ReferenceEquals(this, other) || other._mask.AsSpan().SequenceEqual(_mask));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MissingCells);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;
}
