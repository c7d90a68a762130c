namespace Latent;

/// <summary>
/// Optional ability of a communicator: messages from one process to another. With it the sums of a sweep climb the reduction tree, so that a process sends some log₂P statistics and not one of each
/// process; without it they are exchanged by <see cref="ICommunicator.Sum"/>, with the same bits.
/// </summary>
public interface IMessenger : ICommunicator
{
    /// <summary>Sends values; may return before they were received.</summary>
    /// <param name="rank">The receiver.</param>
    /// <param name="values">The values; the receiver asks for as many. Messages between two processes arrive in order.</param>
    void Send(int rank, ReadOnlySpan<double> values);

    /// <summary>Waits for values.</summary>
    /// <param name="rank">The sender.</param>
    /// <param name="values">Receives them.</param>
    void Receive(int rank, Span<double> values);
}
