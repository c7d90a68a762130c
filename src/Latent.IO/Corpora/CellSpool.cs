using System.Runtime.InteropServices;

namespace Latent.IO;

/// <summary>Whole numbers added one at a time: in memory while they fit there, else in a file without a name that is mapped.</summary>
internal sealed class CellSpool(long memory) : IDisposable
{
    private readonly List<int> _recent = [];
    private readonly int _most = (int)Math.Clamp(memory / sizeof(int), 1 << 16, 1 << 28);
    private FileStream? _file;
    private string? _path;

    /// <summary>How many numbers there are.</summary>
    public int Count { get; private set; }

    /// <exception cref="DataFormatException">There are more than 2³¹ numbers, or the disk is full.</exception>
    public void Add(int value)
    {
        if (Count == int.MaxValue)
        {
            throw new DataFormatException("the corpus", "at most 2147483647 cells", "more", "split it");
        }
        Count++;
        _recent.Add(value);
        if (_recent.Count == _most)
        {
            Flush();
        }
    }

    /// <summary>The numbers; add nothing afterwards.</summary>
    public ReadOnlyMemory<int> ToMemory()
    {
        if (_file is null)
        {
            return _recent.ToArray();
        }
        Flush();
        _file.Flush();
        MappedFile mapped = new(_path!, "the temporary copy of the corpus", memory, removed: true);
        _file.Dispose();
        _path = null;
        return new MappedMemory<int>(mapped, 0, Count).Memory;
    }

    /// <summary>Removes what was written, unless it was mapped.</summary>
    public void Dispose()
    {
        _file?.Dispose();
        if (_path is not null && File.Exists(_path))
        {
            File.Delete(_path);
        }
    }

    private void Flush()
    {
        try
        {
            if (_file is null)
            {
                _path = Path.Join(Path.GetTempPath(), $"latent-{Environment.ProcessId}-{Guid.NewGuid():N}.cells");
                _file = new FileStream(_path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, 1 << 16);
            }
            _file.Write(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_recent)));
        }
        catch (IOException cause)
        {
            throw new DataFormatException(
                _path ?? Path.GetTempPath(), "a file that takes the documents which do not fit into memory", $"an error ({cause.Message.TrimEnd('.')})",
                "make room, name another folder (TMPDIR), or allow more memory (--memory)", cause: cause);
        }
        _recent.Clear();
    }
}
