namespace Latent.Engine.Checkpoints;

/// <summary>A stream in memory without the two gigabytes at which one array ends.</summary>
internal sealed class StateBuffer : Stream
{
    private const int SegmentLength = 1 << 20;

    private readonly List<byte[]> _segments = [];
    private long _length;
    private long _position;

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => _length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set => _position = value;
    }

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        int total = (int)Math.Clamp(_length - _position, 0, buffer.Length);
        Span<byte> rest = buffer[..total];
        while (!rest.IsEmpty)
        {
            Span<byte> here = Here(rest.Length);
            here.CopyTo(rest);
            rest = rest[here.Length..];
            _position += here.Length;
        }
        return total;
    }

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_position == (long)_segments.Count * SegmentLength)
            {
                _segments.Add(new byte[SegmentLength]);
            }
            Span<byte> here = Here(buffer.Length);
            buffer[..here.Length].CopyTo(here);
            buffer = buffer[here.Length..];
            _position += here.Length;
            _length = Math.Max(_length, _position);
        }
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => _position = offset + origin switch
    {
        SeekOrigin.Current => _position,
        SeekOrigin.End => _length,
        _ => 0,
    };

    /// <inheritdoc/>
    public override void SetLength(long value)
    {
        while ((long)_segments.Count * SegmentLength < value)
        {
            _segments.Add(new byte[SegmentLength]);
        }
        _length = value;
    }

    /// <summary>The bytes from the position to the end of its segment, at most so many.</summary>
    private Span<byte> Here(int most)
    {
        int within = (int)(_position % SegmentLength);
        return _segments[(int)(_position / SegmentLength)].AsSpan(within, Math.Min(most, SegmentLength - within));
    }
}
