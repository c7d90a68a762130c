using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Latent.Data;

namespace Latent.IO;

/// <summary>Writes NumPy array files (.npy, version 1): rows × columns in C order, little-endian.</summary>
public static class NpyWriter
{
    private const int Alignment = 64;

    /// <summary>Writes rows as float64, or as float32 when the source holds such. Names and weights are not written.</summary>
    public static void Write(Stream stream, IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(rows);
        bool single = rows.ChunkCount > 0 && rows.GetChunk(0).IsSingle;
        stream.Write(Header(single ? "<f4" : "<f8", rows.Rows, rows.Columns));
        for (int index = 0; index < rows.ChunkCount; index++)
        {
            RowChunk chunk = rows.GetChunk(index);
            stream.Write(single ? MemoryMarshal.AsBytes(chunk.Singles) : MemoryMarshal.AsBytes(chunk.Values));
        }
    }

    private static byte[] Header(string type, long rows, int columns)
    {
        string fields = string.Create(
            CultureInfo.InvariantCulture, $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
        const int Prefix = 10;
        int length = (Prefix + fields.Length + 1 + Alignment - 1) / Alignment * Alignment - Prefix;
        byte[] header = new byte[Prefix + length];
        "NUMPY"u8.CopyTo(header.AsSpan(1));
        header[0] = 0x93;
        header[6] = 1;
        header[8] = (byte)length;
        header[9] = (byte)(length >> 8);
        Encoding.ASCII.GetBytes(fields.PadRight(length - 1) + "\n", header.AsSpan(Prefix));
        return header;
    }
}
