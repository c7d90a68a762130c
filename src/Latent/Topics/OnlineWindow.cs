using Latent.Data;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>
/// The order in which a pass of the online algorithms visits documents: random, but for a corpus that may lie on a disk read in runs of neighbouring chunks. A window of
/// <see cref="RunsInWindow"/> random runs is held in memory, and its documents are shuffled; a corpus of one window is shuffled as a whole.
/// </summary>
/// <remarks>The order depends on the data, the seed and the pass alone. What is held takes 8 bytes a cell: some 32 MB.</remarks>
internal sealed class OnlineWindow
{
    private const ulong Stream = 0x6F6E_6C69_6E65;
    private const int ChunksInRun = 16;
    private const int RunsInWindow = 16;

    private readonly DocumentSource _documents;
    private readonly bool[]? _kept;
    private readonly ulong _seed;
    private readonly int[] _firsts;
    private int[] _runs = [];
    private RandomGenerator _random = new(0);
    private int[] _order = [];
    private int[] _offsets = [0];
    private int[] _terms = [];
    private int[] _counts = [];
    private int _next;

    /// <summary>Orders of a corpus.</summary>
    /// <param name="documents">The corpus.</param>
    /// <param name="kept">Which documents to pass over; null: none.</param>
    /// <param name="seed">The seed of the fit.</param>
    public OnlineWindow(DocumentSource documents, bool[]? kept, ulong seed)
    {
        (_documents, _kept, _seed) = (documents, kept, seed);
        _firsts = new int[documents.ChunkCount + 1];
        _firsts[^1] = documents.Documents;
        for (int chunk = 0; chunk < documents.ChunkCount; chunk++)
        {
            _firsts[chunk] = documents.GetChunk(chunk).FirstDocument;
        }
    }

    /// <summary>The windows of a pass.</summary>
    public int Windows => (Runs + RunsInWindow - 1) / RunsInWindow;

    /// <summary>Documents of the window.</summary>
    public int Documents { get; private set; }

    private int Runs => (_firsts.Length - 1 + ChunksInRun - 1) / ChunksInRun;

    /// <summary>Begins a pass.</summary>
    public void BeginPass(int pass)
    {
        _random = new RandomGenerator(unchecked(_seed + (ulong)pass), Stream);
        _runs = [.. Enumerable.Range(0, Runs)];
        Shuffle(_runs, _runs.Length);
        _next = 0;
    }

    /// <summary>Goes to the next window of the pass.</summary>
    /// <param name="skips">Whether a window of so many documents is to be passed over without being read.</param>
    /// <returns>False where it was passed over.</returns>
    public bool Next(Func<int, bool> skips)
    {
        int[] runs = _runs[_next..Math.Min(_next + RunsInWindow, _runs.Length)];
        _next += RunsInWindow;
        Array.Sort(runs);
        Documents = runs.Sum(Count);
        // The numbers are drawn even where they are not used: the windows after this one are the same.
        int[] order = [.. Enumerable.Range(0, Documents)];
        Shuffle(order, order.Length);
        if (skips(Documents))
        {
            return false;
        }
        _order = order;
        Read(runs);
        return true;
    }

    /// <summary>A document of the window by its place in the order.</summary>
    public void Get(int place, out ReadOnlySpan<int> terms, out ReadOnlySpan<int> counts)
    {
        Range range = _offsets[_order[place]].._offsets[_order[place] + 1];
        terms = _terms.AsSpan(range);
        counts = _counts.AsSpan(range);
    }

    private int Count(int run)
    {
        (int first, int last) = (_firsts[run * ChunksInRun], _firsts[Math.Min((run + 1) * ChunksInRun, _firsts.Length - 1)]);
        int count = last - first;
        for (int document = first; _kept is not null && document < last; document++)
        {
            count -= _kept[document] ? 1 : 0;
        }
        return count;
    }

    private void Read(int[] runs)
    {
        Buffers.Grow(ref _offsets, Documents + 1);
        int documents = 0;
        int cells = 0;
        foreach (int run in runs)
        {
            for (int index = run * ChunksInRun; index < Math.Min((run + 1) * ChunksInRun, _firsts.Length - 1); index++)
            {
                DocumentChunk chunk = _documents.GetChunk(index);
                ReadOnlySpan<int> terms = chunk.Terms;
                ReadOnlySpan<int> counts = chunk.Counts;
                Buffers.Grow(ref _terms, cells + terms.Length);
                Buffers.Grow(ref _counts, cells + terms.Length);
                for (int document = 0; document < chunk.Documents; document++)
                {
                    if (_kept is not null && _kept[chunk.FirstDocument + document])
                    {
                        continue;
                    }
                    Range range = chunk[document];
                    terms[range].CopyTo(_terms.AsSpan(cells));
                    counts[range].CopyTo(_counts.AsSpan(cells));
                    cells += range.End.Value - range.Start.Value;
                    _offsets[++documents] = cells;
                }
            }
        }
    }

    private void Shuffle(int[] places, int length)
    {
        for (int i = length - 1; i > 0; i--)
        {
            int j = (int)_random.NextInt64(i + 1);
            (places[i], places[j]) = (places[j], places[i]);
        }
    }
}

/// <summary>Arrays that grow.</summary>
internal static class Buffers
{
    /// <summary>Makes room for so many values, at least twice what there was.</summary>
    public static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            Array.Resize(ref array, (int)Math.Min(Array.MaxLength, Math.Max(length, 2L * array.Length)));
        }
    }
}
