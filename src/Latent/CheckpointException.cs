namespace Latent;

/// <summary>Why a checkpoint cannot be resumed.</summary>
public enum CheckpointProblem
{
    /// <summary>It is damaged, and so is the one before it, or there is none.</summary>
    Damaged,

    /// <summary>It was made by another version of this library.</summary>
    OtherVersion,

    /// <summary>It was made by another model, or one of another size.</summary>
    OtherModel,

    /// <summary>It was made with another option that decides the result.</summary>
    OtherOptions,

    /// <summary>It was made from other data.</summary>
    OtherData,
}

/// <summary>A fit cannot be resumed from the checkpoint that is there. The message names it, and what differs.</summary>
public sealed class CheckpointException : InvalidOperationException
{
    /// <summary>Creates the error.</summary>
    public CheckpointException(CheckpointProblem problem, string message, Exception? cause = null)
        : base(message, cause) => Problem = problem;

    /// <summary>What is wrong with it.</summary>
    public CheckpointProblem Problem { get; }
}
