using System.Collections.Immutable;
using Latent.Engine.Checkpoints;
using Latent.Kernels;

namespace Latent.Tests.Engine.Checkpoints;

/// <summary>Values go out and come back to the last bit, and what is no data is named.</summary>
public sealed class StateTests
{
    private enum Season
    {
        Spring = 3,
        Autumn = 7,
    }

    [Fact]
    public void NumbersKeepEveryBit()
    {
        double[] numbers = [0.0, -0.0, double.Epsilon, double.MaxValue, double.NegativeInfinity, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234), Math.PI];
        Numbers read = Copy(new Numbers(numbers, 1.5f, ulong.MaxValue, long.MinValue, -7, 'ß', true, 250, 1.10m, Season.Autumn, 3, null, TimeSpan.FromTicks(17)));
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), read.Doubles.Select(BitConverter.DoubleToInt64Bits));
        Assert.Equal(
            (1.5f, ulong.MaxValue, long.MinValue, -7, 'ß', true, (byte)250, 1.10m, Season.Autumn, (int?)3, (double?)null, 17L),
            (read.Single, read.Unsigned, read.Long, read.Int, read.Letter, read.Flag, read.Byte, read.Exact, read.Season, read.Present, read.Absent, read.Time.Ticks));
    }

    [Fact]
    public void ArraysListsAndTuplesComeBack()
    {
        Holders read = Copy(new Holders([[1, 2], [3]], new double[,] { { 1, 2, 3 }, { 4, 5, 6 } }, ["a", null], [1.0, 2.0], [4, 5], ImmutableArray.Create(6, 7), ("x", 8), new HashSet<int> { 9 }));
        Assert.Equal([[1, 2], [3]], read.Jagged);
        Assert.Equal([1, 2, 3, 4, 5, 6], read.Matrix.Cast<double>());
        Assert.Equal(2, read.Matrix.GetLength(0));
        Assert.Equal("a,", string.Join(',', read.Texts));
        Assert.Equal([1.0, 2.0], read.Interface);
        Assert.Equal([4, 5], read.List);
        Assert.Equal([6, 7], read.Immutable.ToArray());
        Assert.Equal(("x", 8), read.Pair);
        Assert.Equal([9], read.Set);
    }

    /// <summary>Components that share a covariance share it afterwards, and a value that refers to itself comes back.</summary>
    [Fact]
    public void WhatIsSharedStaysShared()
    {
        Node node = new(null, [1]);
        Node[] read = Copy<Node[]>([new Node(node, node.Values), node, new Node(null, node.Values)]);
        Assert.Same(read[1], read[0].Next);
        Assert.Same(read[0].Values, read[2].Values);
        Ring ring = new();
        ring.Next = ring;
        Ring again = Copy(ring);
        Assert.Same(again, again.Next);
    }

    /// <summary>Aligned memory begins elsewhere in each run: what is written is its values alone.</summary>
    [Fact]
    public void AlignedMemoryIsItsValues()
    {
        AlignedBuffer[] buffers = [.. Enumerable.Range(0, 8).Select(_ => new AlignedBuffer(5))];
        foreach (AlignedBuffer buffer in buffers)
        {
            new double[] { 1, 2, 3, 4, 5 }.CopyTo(buffer.Span);
            Assert.Equal(Written(buffers[0]), Written(buffer));
        }
        Assert.Equal([1, 2, 3, 4, 5], Copy(buffers[0]).Span.ToArray());
    }

    [Fact]
    public void TheTypeOfAValueDecidesWhereABaseIsDeclared()
    {
        Shape[] read = Copy<Shape[]>([new Round(2), new Square(3) { Corner = 4 }]);
        Assert.Equal(new Round(2), read[0]);
        Assert.Equal(new Square(3) { Corner = 4 }, read[1]);
        Assert.Equal(5.0, Copy<object>(5.0));
    }

    /// <summary>A cache is left out, on the way out and on the way in, and so is what it could not store.</summary>
    [Fact]
    public void WhatIsNotSavedIsLeftOut()
    {
        Cached read = Copy(new Cached(3));
        Assert.Equal(3, read.Value);
        Assert.Null(read.Cache);
    }

    [Theory]
    [InlineData(typeof(Action), "Action")]
    [InlineData(typeof(HoldsStream), "found FileStream, in the field Stream of HoldsStream. Mark the field with [NotSaved]")]
    [InlineData(typeof(HoldsLazy), "found Lazy<Int32>, in the field Value of HoldsLazy")]
    [InlineData(typeof(CancellationToken), "CancellationTokenSource")]
    public void WhatIsNoDataIsNamed(Type type, string message) =>
        Assert.Contains(message, Assert.Throws<NotSupportedException>(() => StateShape.Check(type)).Message, StringComparison.Ordinal);

    [Fact]
    public void AnotherTypeOrLayoutIsRefused()
    {
        Assert.Contains("was expected", Assert.Throws<InvalidDataException>(() => Read<Node>(Written(new Ring()))).Message, StringComparison.Ordinal);
        byte[] node = Written(new Node(null, []));
        int name = node.AsSpan().IndexOf("Values>k__"u8);
        node[name] = (byte)'W';
        Assert.Contains("another layout of", Assert.Throws<InvalidDataException>(() => Read<Node>(node)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Read<Node>(node[..20]));
    }

    private static T Copy<T>(T value) => Read<T>(Written(value));

    private static byte[] Written<T>(T value)
    {
        using MemoryStream stream = new();
        using (StateWriter writer = new(stream))
        {
            writer.Write(value);
        }
        return stream.ToArray();
    }

    private static T Read<T>(byte[] written)
    {
        using MemoryStream stream = new(written);
        using StateReader reader = new(stream);
        T value = reader.Read<T>();
        Assert.Equal(written.Length, stream.Position);
        return value;
    }

    private sealed record Numbers(
        double[] Doubles, float Single, ulong Unsigned, long Long, int Int, char Letter, bool Flag, byte Byte, decimal Exact, Season Season, int? Present, double? Absent, TimeSpan Time);

    private sealed record Holders(
        int[][] Jagged, double[,] Matrix, string?[] Texts, IReadOnlyList<double> Interface, List<int> List, ImmutableArray<int> Immutable, (string Name, int Number) Pair, IEnumerable<int> Set);

    private sealed record Node(Node? Next, double[] Values);

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    private abstract record Shape;

    private sealed record Round(double Radius) : Shape;

    private sealed record Square(double Side) : Shape
    {
        public double Corner { get; init; }
    }

    private sealed class Cached(int value)
    {
        [NotSaved]
        private readonly Lazy<int>? _cache = new(() => 5);

        public int Value => value;

        public Lazy<int>? Cache => _cache;
    }

    private sealed record HoldsStream(FileStream Stream);

    private sealed record HoldsLazy(Lazy<int> Value);
}
