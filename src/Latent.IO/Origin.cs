namespace Latent.IO;

/// <summary>From a row on, where rows stand: each further row is one line further.</summary>
/// <param name="FirstRow">The index of the row in the table.</param>
/// <param name="File">Its file.</param>
/// <param name="Line">Its line, or for .npy its row, from 1.</param>
internal readonly record struct Origin(long FirstRow, string File, long Line);
