using Latent.Engine.Checkpoints;

namespace Latent.Tests.Engine.Checkpoints;

/// <summary>Whatever was cut off, overwritten or added shows.</summary>
public sealed class CheckpointFormatTests
{
    private static readonly byte[] _whole = Write([.. Enumerable.Range(0, 200).Select(i => (byte)(i * 7))]);

    [Fact]
    public void ABodyComesBack()
    {
        using StateBuffer body = Read(_whole);
        Assert.Equal(0, body.Position);
        byte[] bytes = new byte[body.Length];
        body.ReadExactly(bytes);
        Assert.Equal([.. Enumerable.Range(0, 200).Select(i => (byte)(i * 7))], bytes);
        Assert.Equal(0, body.Read(bytes));
    }

    [Fact]
    public void EveryCutIsSeen()
    {
        for (int length = 0; length < _whole.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => Read(_whole[..length]));
        }
        Assert.Equal("nothing, an empty file", Refusal([]));
        Assert.StartsWith("only the first", Refusal(_whole[..20]), StringComparison.Ordinal);
        Assert.StartsWith("only 100 of its ", Refusal(_whole[..100]), StringComparison.Ordinal);
    }

    [Fact]
    public void EveryFlippedBitIsSeen()
    {
        for (int place = 0; place < _whole.Length; place++)
        {
            byte[] flipped = [.. _whole];
            flipped[place] ^= (byte)(1 << (place % 8));
            Assert.Throws<InvalidDataException>(() => Read(flipped));
        }
        Assert.Throws<InvalidDataException>(() => Read([.. _whole, 0]));
    }

    [Fact]
    public void OtherFilesAndOtherFormatsAreNamed()
    {
        Assert.Equal("something that is no checkpoint", Refusal("{ \"format\": \"latent-model\" }"u8.ToArray()));
        byte[] newer = [.. _whole];
        newer["LATENT-CHECKPOINT\n".Length] = 9;
        Assert.Contains("one of the format 9", Refusal(newer), StringComparison.Ordinal);
    }

    /// <summary>Longer than a piece, so that pieces join.</summary>
    [Fact]
    public void LongBodiesComeBack()
    {
        byte[] content = new byte[(1 << 21) + 12345];
        new Random(1).NextBytes(content);
        using StateBuffer body = Read(Write(content));
        using MemoryStream copy = new();
        body.CopyTo(copy);
        Assert.Equal(content, copy.ToArray());
    }

    private static string Refusal(byte[] bytes) => Assert.Throws<InvalidDataException>(() => Read(bytes)).Message;

    private static StateBuffer Read(byte[] bytes) => CheckpointFormat.Read(new MemoryStream(bytes));

    private static byte[] Write(byte[] content)
    {
        using StateBuffer body = new();
        body.Write(content);
        using MemoryStream target = new();
        CheckpointFormat.Write(target, body);
        return target.ToArray();
    }
}
