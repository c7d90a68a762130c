using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Latent.Engine.Checkpoints;

/// <summary>
/// The bytes of a checkpoint: a name, the version of the format, the length of the body, the body, and the SHA-256 of all before. Whatever was cut off or
/// overwritten shows.
/// </summary>
internal static class CheckpointFormat
{
    /// <summary>The version that is written, and the only one that is read: a checkpoint outlives no version of the library.</summary>
    public const int Version = 1;

    /// <summary>What is said of content that never was a checkpoint, and that nobody should lose to one.</summary>
    public const string Foreign = "something that is no checkpoint";

    private const int PieceLength = 1 << 20;

    private static ReadOnlySpan<byte> Name => "LATENT-CHECKPOINT\n"u8;

    private static int HeadLength => Name.Length + sizeof(int) + sizeof(long);

    /// <summary>Writes a body from its beginning.</summary>
    public static void Write(Stream target, Stream body)
    {
        Span<byte> head = stackalloc byte[HeadLength];
        Name.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[Name.Length..], Version);
        BinaryPrimitives.WriteInt64LittleEndian(head[(Name.Length + sizeof(int))..], body.Length);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        target.Write(head);
        byte[] piece = new byte[(int)Math.Min(PieceLength, Math.Max(1, body.Length))];
        body.Position = 0;
        int count;
        while ((count = body.Read(piece)) > 0)
        {
            hash.AppendData(piece, 0, count);
            target.Write(piece, 0, count);
        }
        target.Write(hash.GetHashAndReset());
    }

    /// <summary>Reads and checks a body; it stands at its beginning.</summary>
    /// <exception cref="InvalidDataException">The stream is no whole checkpoint; the message says what it is instead.</exception>
    public static StateBuffer Read(Stream source)
    {
        byte[] head = new byte[HeadLength];
        int found = source.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        if (found == 0)
        {
            throw new InvalidDataException("nothing, an empty file");
        }
        if (!head.AsSpan(0, Math.Min(found, Name.Length)).SequenceEqual(Name[..Math.Min(found, Name.Length)]))
        {
            throw new InvalidDataException(Foreign);
        }
        if (found < head.Length)
        {
            throw new InvalidDataException($"only the first {found} bytes of one");
        }
        int version = BinaryPrimitives.ReadInt32LittleEndian(head.AsSpan(Name.Length));
        if (version != Version)
        {
            throw new InvalidDataException($"one of the format {version}, while this version writes and reads the format {Version}");
        }
        long length = BinaryPrimitives.ReadInt64LittleEndian(head.AsSpan(Name.Length + sizeof(int)));
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        StateBuffer body = new();
        byte[] piece = new byte[(int)Math.Clamp(length, 1, PieceLength)];
        while (body.Length < length)
        {
            int count = source.Read(piece, 0, (int)Math.Min(piece.Length, length - body.Length));
            if (count == 0)
            {
                throw new InvalidDataException($"only {head.Length + body.Length} of its {head.Length + length + SHA256.HashSizeInBytes} bytes");
            }
            hash.AppendData(piece, 0, count);
            body.Write(piece, 0, count);
        }
        byte[] written = new byte[SHA256.HashSizeInBytes];
        if (source.ReadAtLeast(written, written.Length, throwOnEndOfStream: false) < written.Length)
        {
            throw new InvalidDataException("one without the whole of its checksum");
        }
        if (!hash.GetHashAndReset().AsSpan().SequenceEqual(written) || source.ReadByte() >= 0)
        {
            throw new InvalidDataException("one whose checksum does not agree with its content");
        }
        body.Position = 0;
        return body;
    }
}
