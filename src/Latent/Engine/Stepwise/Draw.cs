using Latent.Numerics;

namespace Latent.Engine.Stepwise;

/// <summary>The order in which an epoch visits pieces, and how they make batches: the same for the same seed, epoch and data.</summary>
internal sealed class Draw<TChunk>
{
    private const ulong Stream = 0x7374_6570_7769;

    private readonly int[] _order;
    private readonly List<int> _ends = [];

    public Draw(IDataSource<TChunk> pieces, Func<TChunk, double> mass, double batchMass, ulong seed, int epoch)
    {
        _order = new int[pieces.ChunkCount];
        RandomGenerator random = new(seed, Stream + (ulong)epoch);
        for (int index = 0; index < _order.Length; index++)
        {
            // Each permutation is as likely as any other [Knuth1997, algorithm 3.4.2P].
            int other = (int)random.NextInt64(index + 1);
            _order[index] = _order[other];
            _order[other] = index;
        }
        double sum = 0;
        for (int index = 0; index < _order.Length; index++)
        {
            sum += mass(pieces.GetChunk(_order[index]));
            if (sum >= batchMass)
            {
                _ends.Add(index + 1);
                sum = 0;
            }
        }
        // A short rest would count as much as a whole batch: it goes with the one before.
        if (_ends.Count > 0)
        {
            _ends[^1] = sum < batchMass / 2 ? _order.Length : _ends[^1];
        }
        if (_ends.Count == 0 || _ends[^1] < _order.Length)
        {
            _ends.Add(_order.Length);
        }
    }

    /// <summary>The number of batches.</summary>
    public int Batches => _order.Length == 0 ? 0 : _ends.Count;

    /// <summary>The pieces of a batch, in the order in which their statistics are summed.</summary>
    public ReadOnlySpan<int> Batch(int index) => _order.AsSpan((index == 0 ? 0 : _ends[index - 1]).._ends[index]);
}
