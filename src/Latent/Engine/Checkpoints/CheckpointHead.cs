namespace Latent.Engine.Checkpoints;

/// <summary>What a checkpoint says of itself before its state.</summary>
/// <param name="Library">The version that wrote it.</param>
/// <param name="Made">Of what it was made.</param>
/// <param name="Elapsed">The time that the fit had taken, all its runs together.</param>
/// <param name="Finished">Whether the fit had come to its end.</param>
internal sealed record CheckpointHead(string Library, FingerprintEntry[] Made, TimeSpan Elapsed, bool Finished)
{
    /// <summary>The version of this library.</summary>
    public static string ThisLibrary { get; } = typeof(Checkpointer).Assembly.GetName().Version?.ToString(3) ?? "";
}
