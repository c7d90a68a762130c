namespace Latent.IO;

/// <summary>Where the rows of a table are while it is used.</summary>
/// <param name="Place">In memory, in the files themselves, or in a copy on the disk.</param>
/// <param name="Bytes">How much they take there.</param>
/// <param name="Memory">The most memory that rows may take, in bytes.</param>
/// <param name="Path">The cache, where there is one that stays.</param>
public sealed record TableStorage(TablePlace Place, long Bytes, long Memory, string? Path = null);

/// <summary>Where rows are.</summary>
public enum TablePlace
{
    /// <summary>In memory, as a whole.</summary>
    Memory,

    /// <summary>In their own files, mapped: read from the disk when they are used.</summary>
    MappedFiles,

    /// <summary>In a copy on the disk that goes when the table is closed.</summary>
    TemporaryFile,

    /// <summary>In a cache beside the file, for the next time.</summary>
    Cache,
}
