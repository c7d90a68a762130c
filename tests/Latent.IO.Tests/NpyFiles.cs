using System.Runtime.InteropServices;
using System.Text;

namespace Latent.IO.Tests;

/// <summary>Arrays as NumPy writes them, made by hand from its description of the format.</summary>
internal static class NpyFiles
{
    public static byte[] Make(string type, string fortran, string shape, byte[] data, int version = 1)
    {
        string fields = $"{{'descr': {type}, 'fortran_order': {fortran}, 'shape': {shape}, }}";
        byte[] header = Encoding.ASCII.GetBytes(fields.PadRight(117) + "\n");
        byte[] length = version == 1 ? BitConverter.GetBytes((ushort)header.Length) : BitConverter.GetBytes((uint)header.Length);
        return [0x93, .. "NUMPY"u8, (byte)version, 0, .. length, .. header, .. data];
    }

    public static byte[] Bytes<T>(params T[] values) where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();
}
