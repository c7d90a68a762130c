namespace Latent;

/// <summary>
/// The processes that share one fit. The engine calls it with at most one non-zero contribution to each value of a sum,
/// so that the result has the same bits whatever the order in which a transport adds.
/// </summary>
public interface ICommunicator
{
    /// <summary>This process, in [0, <see cref="Size"/>).</summary>
    int Rank { get; }

    /// <summary>The number of processes.</summary>
    int Size { get; }

    /// <summary>Replaces <paramref name="values"/> on every rank by their sum over the ranks.</summary>
    void Sum(Span<double> values);

    /// <summary>Replaces <paramref name="values"/> on every rank by those of rank 0.</summary>
    void Broadcast(Span<double> values);
}
