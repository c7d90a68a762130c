using Latent.Data;

namespace Latent.Isa;

/// <summary>Data made of integer arithmetic and exact scalings alone, so that they are the same on every machine.</summary>
internal static class Rows
{
    /// <summary>Three overlapping clouds of rough bell shape at an offset.</summary>
    public static RowSource Of(int rows, int columns, double offset) => RowSource.From([.. Values(rows, columns).Select(value => value + offset)], columns);

    /// <summary>The same clouds in float32.</summary>
    public static RowSource Singles(int rows, int columns) => RowSource.From([.. Values(rows, columns).Select(value => (float)value)], columns);

    /// <summary>Prints the name and a hash and count of the bits, then the first and last values in full.</summary>
    public static void Print(string name, Func<IEnumerable<double>> compute)
    {
        ulong[] bits = [.. compute().Select(BitConverter.DoubleToUInt64Bits)];
        ulong hash = bits.Aggregate(14695981039346656037UL, (sum, value) => unchecked((sum ^ value) * 1099511628211UL));
        Console.WriteLine($"{name}: {bits.Length} values {hash:x16} {bits[0]:x16} {bits[^1]:x16}");
    }

    private static IEnumerable<double> Values(int rows, int columns)
    {
        uint state = 12345;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                int sum = 0;
                for (int draw = 0; draw < 4; draw++)
                {
                    state = unchecked((state * 1664525) + 1013904223);
                    sum += (int)(state >> 20);
                }
                yield return (sum - 8192) / 1024.0 + row % 3 * (4 - column);
            }
        }
    }
}
