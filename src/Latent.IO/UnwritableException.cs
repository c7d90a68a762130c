namespace Latent.IO;

/// <summary>A file that was to be written could not be, or not to its end: the disk is full, the file larger than the system allows, its folder closed. The message is one line that names it.</summary>
public sealed class UnwritableException : IOException
{
    /// <summary>An error of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="expected">What was to be there, such as "a file that can be written".</param>
    /// <param name="cause">What the system said.</param>
    /// <param name="state">How far it went, or what is left, from its separator on; empty where there is nothing to say.</param>
    /// <param name="remedy">What to do about it, or null.</param>
    public UnwritableException(string file, string expected, Exception cause, string state, string? remedy)
        : base($"{file}: expected {expected}, found an error ({cause?.Message.ReplaceLineEndings(" ").TrimEnd('.')}){state}{(remedy is null ? "" : $"; {remedy}")}.", cause) => File = file;

    /// <summary>The file.</summary>
    public string File { get; }
}
