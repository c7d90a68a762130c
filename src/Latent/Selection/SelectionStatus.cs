namespace Latent.Selection;

/// <summary>How far a cell of a <see cref="SelectionTable"/> can be trusted.</summary>
public enum SelectionStatus
{
    /// <summary>Converged, and found again by another start, or the only start that there is to one component.</summary>
    Sound,

    /// <summary>Converged, but no other start came within 0.1 nats: a better solution may exist.</summary>
    Lone,

    /// <summary>Stopped at a limit before it converged.</summary>
    NotConverged,

    /// <summary>A component is empty, or its covariance lies on the floor: the likelihood says more about the floor than about the data.</summary>
    Degenerate,

    /// <summary>There is no fit; the message says why.</summary>
    Failed,

    /// <summary>There is no fit, or an unfinished one, because the search was cancelled.</summary>
    Cancelled,
}

/// <summary>Where the solution of a cell came from.</summary>
public enum SelectionOrigin
{
    /// <summary>A fresh start.</summary>
    Race,

    /// <summary>The solution with fewer components, one of them cut in two.</summary>
    Split,

    /// <summary>The solution with more components, two of them made one.</summary>
    Merge,

    /// <summary>The solution with as many components under a structure that this one contains.</summary>
    Nested,
}
