namespace Latent.Engine;

/// <summary>What a method made of one pass.</summary>
public enum PassOutcome
{
    /// <summary>The point is the new incumbent.</summary>
    Accepted,

    /// <summary>A step on the way to a proposal; the incumbent stays until the proposal is judged.</summary>
    Trial,

    /// <summary>A proposal that did not keep the objective (or the residual): the pass is lost, the incumbent stays.</summary>
    Rejected,

    /// <summary>A proposal outside the parameter space: the pass is lost, the incumbent stays.</summary>
    Infeasible,

    /// <summary>The map failed at a point where it must not: the start, or the image of a feasible point. The iteration cannot go on.</summary>
    Failed,
}
