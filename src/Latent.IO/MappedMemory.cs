using System.Buffers;

namespace Latent.IO;

/// <summary>Part of a mapped file as memory of <typeparamref name="T"/>.</summary>
internal sealed unsafe class MappedMemory<T>(MappedFile file, long offset, int length) : MemoryManager<T> where T : unmanaged
{
    /// <inheritdoc/>
    public override Span<T> GetSpan() => new(file.Start + offset, length);

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0) => new((T*)(file.Start + offset) + elementIndex);

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
    }
}
