using System.Runtime.Intrinsics;
using Latent.Data;

namespace Latent.Families;

/// <summary>Codes 0, 1, … as one function per code that is 1 where the cell has it.</summary>
internal static class OneHot
{
    /// <summary>Writes the functions of one column; a missing cell has none, and any other than the codes makes the base measure −∞.</summary>
    public static void Describe(RowTile tile, int column, int levels, Span<double> functions, Span<double> baseMeasure)
    {
        ReadOnlySpan<double> codes = tile.Column(column);
        for (int row = 0; row < codes.Length; row += RowTile.Lane)
        {
            Vector512<double> code = Vector512.Create(codes[row..]);
            Vector512<double> known = Vector512<double>.Zero;
            for (int level = 0; level < levels; level++)
            {
                Vector512<double> has = Vector512.ConditionalSelect(Vector512.Equals(code, Vector512.Create((double)level)), Vector512<double>.One, Vector512<double>.Zero);
                has.CopyTo(functions[(level * RowTile.Capacity + row)..]);
                known += has;
            }
            Vector512<double> strange = Vector512.Equals(known, Vector512<double>.Zero) & Vector512.Equals(code, code);
            Vector512<double> measure = Vector512.Create<double>(baseMeasure[row..]);
            Vector512.ConditionalSelect(strange, Vector512.Create(double.NegativeInfinity), measure).CopyTo(baseMeasure[row..]);
        }
    }
}
