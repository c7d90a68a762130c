using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Latent.IO;

/// <summary>
/// A file mapped for reading. Until it is disposed the mapping stays, also when nothing refers to it any more: spans over
/// it never dangle. What was read long ago is given back to the system and comes again when it is wanted.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private const long WindowBytes = 32 << 20;
    private const long MostResident = 1L << 30;

    private readonly string _name;
    private readonly SafeFileHandle _handle;
    private readonly FileStamp _stamp;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly long[] _lastUse;
    private readonly int _mostWindows;
    private readonly Lock _trimming = new();
    private readonly bool _leased;
    private byte* _start;
    private long _clock = 1;
    private int _resident;

    /// <summary>Maps a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">What messages call it; null: its path.</param>
    /// <param name="memory">The most memory that may hold parts of it, in bytes; null for the default.</param>
    /// <param name="removed">Whether to take the file's name away at once: it is gone when this process is, however that ends.</param>
    /// <param name="holdWriters">Whether to ask the system to hold back those who would write to it.</param>
    public MappedFile(string path, string? name = null, long? memory = null, bool removed = false, bool holdWriters = false)
    {
        _name = name ?? path;
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, removed && OperatingSystem.IsWindows() ? FileOptions.DeleteOnClose : FileOptions.None);
        try
        {
            _leased = holdWriters && FileLease.TryTake(_handle);
            _stamp = FileStamp.Of(_handle);
            _file = MemoryMappedFile.CreateFromFile(_handle, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: true);
            _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
        catch
        {
            _file?.Dispose();
            _handle.Dispose();
            throw;
        }
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _start);
        _start += _view.PointerOffset;
        _lastUse = new long[(int)((_stamp.Length + WindowBytes - 1) / WindowBytes)];
        _mostWindows = (int)Math.Max(2, Math.Min(MostResident, (memory ?? MemoryBudget.Default) / 2) / WindowBytes);
        if (removed && !OperatingSystem.IsWindows())
        {
            File.Delete(path);
        }
    }

    /// <summary>The first byte.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public byte* Start
    {
        get
        {
            ObjectDisposedException.ThrowIf(_start is null, this);
            return _start;
        }
    }

    /// <summary>The length when it was opened.</summary>
    public long Length => _stamp.Length;

    /// <summary>To be called before bytes are read: they are still those of the file that was opened, and older ones make room.</summary>
    /// <exception cref="DataFormatException">The file was changed or cut: reading on would mix two files, or end the process.</exception>
    public void Prepare(long offset, long length)
    {
        FileStamp now = FileStamp.Of(_handle);
        if (now != _stamp)
        {
            throw _stamp.Changed(_name, now);
        }
        if (_leased && !FileLease.Holds(_handle))
        {
            throw new DataFormatException(_name, "the file to stay as it was while it is read", "that another program opens it for writing", "begin again when nothing writes to it any more");
        }
        for (long window = offset / WindowBytes; window * WindowBytes < offset + length; window++)
        {
            if (Interlocked.Exchange(ref _lastUse[window], Volatile.Read(ref _clock)) == 0)
            {
                Interlocked.Increment(ref _clock);
                if (Interlocked.Increment(ref _resident) > _mostWindows)
                {
                    Trim((int)window);
                }
            }
        }
    }

    public void Dispose()
    {
        if (_start is not null)
        {
            _start = null;
            _view.SafeMemoryMappedViewHandle.ReleasePointer();
            _view.Dispose();
            _file.Dispose();
            _handle.Dispose();
        }
    }

    /// <summary>Gives back the windows used longest ago, a quarter of what may be held. Whoever still reads one gets the same bytes again from the system.</summary>
    private void Trim(int current)
    {
        if (!_trimming.TryEnter())
        {
            return;
        }
        try
        {
            int[] oldest = [.. Enumerable.Range(0, _lastUse.Length).Where(window => window != current && Volatile.Read(ref _lastUse[window]) > 0).OrderBy(window => Volatile.Read(ref _lastUse[window]))];
            int surplus = Math.Max(1, _resident - _mostWindows * 3 / 4);
            foreach (int window in oldest.Take(surplus))
            {
                long first = window * WindowBytes;
                ResidentPages.Release(_start + first, Math.Min(WindowBytes, _stamp.Length - first));
                Volatile.Write(ref _lastUse[window], 0);
                Interlocked.Decrement(ref _resident);
            }
        }
        finally
        {
            _trimming.Exit();
        }
    }
}
