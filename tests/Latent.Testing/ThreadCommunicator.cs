using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Xunit.Sdk;

namespace Latent.Testing;

/// <summary>
/// Ranks of one process, each on its own thread: what a cluster does to a fit, without a cluster. It adds the ranks in
/// an order that changes from call to call, and refuses a sum to which two ranks contribute, so that a caller which
/// relies on the order of addition is found out.
/// </summary>
public class ThreadCommunicator : ICommunicator
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private readonly Exchange _exchange;

    private ThreadCommunicator(Exchange exchange, int rank)
    {
        _exchange = exchange;
        Rank = rank;
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Size => _exchange.Size;

    /// <summary>Runs <paramref name="body"/> once per rank, all at once, and returns their answers in the order of the ranks.</summary>
    /// <remarks>When one rank fails, the others' next exchange fails too, and the first failure is thrown.</remarks>
    public static T[] Run<T>(int size, Func<ICommunicator, T> body) => Run(size, body, messages: false);

    /// <summary>The same with ranks that can also send each other messages (<see cref="IMessenger"/>).</summary>
    public static T[] RunWithMessages<T>(int size, Func<ICommunicator, T> body) => Run(size, body, messages: true);

    private static T[] Run<T>(int size, Func<ICommunicator, T> body, bool messages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentNullException.ThrowIfNull(body);
        using Exchange exchange = new(size);
        T[] answers = new T[size];
        Exception? failure = null;
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                answers[rank] = body(messages ? new Messenger(exchange, rank) : new ThreadCommunicator(exchange, rank));
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
            finally
            {
                exchange.Leave();
            }
        }))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
        return answers;
    }

    /// <inheritdoc/>
    /// <exception cref="XunitException">Two ranks contribute to one value, or the ranks disagree on the length, or one has left.</exception>
    public void Sum(Span<double> values)
    {
        double[] own = values.ToArray();
        double[][] all = _exchange.All(Rank, own, out int call);
        for (int index = 0; index < values.Length; index++)
        {
            double sum = 0;
            int contributors = 0;
            for (int step = 0; step < Size; step++)
            {
                double value = all[(step + call) % Size][index];
                sum += value;
                contributors += value == 0 ? 0 : 1;
            }
            if (contributors > 1)
            {
                throw new XunitException($"Expected at most one rank to contribute to a sum, found {contributors} for value {index}: the result would depend on the order of addition.");
            }
            values[index] = sum;
        }
    }

    /// <inheritdoc/>
    public void Broadcast(Span<double> values) => _exchange.All(Rank, values.ToArray(), out _)[0].CopyTo(values);

    private sealed class Messenger(Exchange exchange, int rank) : ThreadCommunicator(exchange, rank), IMessenger
    {
        public void Send(int rank, ReadOnlySpan<double> values) => _exchange.Box(Rank, rank).Add(values.ToArray());

        public void Receive(int rank, Span<double> values)
        {
            if (!_exchange.Box(rank, Rank).TryTake(out double[]? sent, _patience) || sent.Length != values.Length)
            {
                throw new XunitException($"Expected a message of {values.Length} values from rank {rank} to rank {Rank}, found {(sent is null ? "none within a minute" : $"one of {sent.Length}")}.");
            }
            sent.CopyTo(values);
        }
    }

    private sealed class Exchange : IDisposable
    {
        private readonly Barrier _barrier;
        private readonly double[][] _posted;
        private readonly ConcurrentDictionary<(int From, int To), BlockingCollection<double[]>> _boxes = [];
        private bool _complete;
        private int _phase;

        public Exchange(int size)
        {
            Size = size;
            _posted = new double[size][];
            _barrier = new Barrier(size, barrier =>
            {
                _complete = barrier.ParticipantCount == size;
                _phase++;
            });
        }

        public int Size { get; }

        /// <summary>What every rank has posted; <paramref name="call"/> counts the exchanges.</summary>
        public double[][] All(int rank, double[] values, out int call)
        {
            _posted[rank] = values;
            Meet();
            call = _phase / 2;
            double[][] all = [.. _posted];
            Meet();
            if (Array.Exists(all, one => one.Length != values.Length))
            {
                throw new XunitException($"Expected every rank to exchange {values.Length} values, found {string.Join(", ", all.Select(one => one.Length))}.");
            }
            return all;
        }

        /// <summary>The messages from one rank to another that were not received yet.</summary>
        public BlockingCollection<double[]> Box(int from, int to) => _boxes.GetOrAdd((from, to), _ => []);

        public void Leave() => _barrier.RemoveParticipant();

        public void Dispose()
        {
            _barrier.Dispose();
            foreach (BlockingCollection<double[]> box in _boxes.Values)
            {
                box.Dispose();
            }
        }

        // The barrier's own action sets the fields read here, and cannot run again before this rank comes back.
        private void Meet()
        {
            _barrier.SignalAndWait();
            if (!_complete)
            {
                throw new XunitException("Expected every rank to take part in an exchange, but one has already returned or failed: the ranks disagree on when to stop.");
            }
        }
    }
}
