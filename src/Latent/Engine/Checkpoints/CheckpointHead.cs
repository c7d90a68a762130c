namespace Latent.Engine.Checkpoints;

/// <summary>What a checkpoint says of itself before its state.</summary>
/// <param name="Library">The version that wrote it.</param>
/// <param name="Made">Of what it was made.</param>
/// <param name="Elapsed">The time that the fit had taken, all its runs together.</param>
/// <param name="Finished">Whether the fit had come to its end.</param>
/// <param name="Part">Which of several fits, one after the other, it is of.</param>
/// <param name="Before">The checkpoint of the fit before it, at its end; null for the first.</param>
internal sealed record CheckpointHead(string Library, FingerprintEntry[] Made, TimeSpan Elapsed, bool Finished, int Part, byte[]? Before)
{
    /// <summary>Reads what a body says of itself, and leaves it at its beginning.</summary>
    /// <exception cref="InvalidDataException">It was written by another version.</exception>
    public static CheckpointHead Of(StateBuffer body)
    {
        using StateReader reader = new(body);
        CheckpointHead head = reader.Read<CheckpointHead>();
        body.Position = 0;
        return head;
    }

    /// <summary>The version of this library.</summary>
    public static string ThisLibrary { get; } = typeof(Checkpointer).Assembly.GetName().Version?.ToString(3) ?? "";
}
