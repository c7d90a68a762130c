using Latent.Data;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>Documents that an online fit keeps back, and how well it foretells them as it goes.</summary>
internal sealed class OnlineCheck
{
    private const ulong Stream = 0x6B65_7074;
    private const int ChecksInPass = 10;
    private const int Patience = 3;

    private readonly TopicOptions _options;
    private readonly List<HeldOutCheck> _checks = [];
    private readonly int _interval;

    private OnlineCheck(DocumentSource documents, int[] kept, TopicOptions options)
    {
        _options = options;
        Documents = documents.Select(kept);
        Kept = new bool[documents.Documents];
        foreach (int document in kept)
        {
            Kept[document] = true;
        }
        _interval = Math.Max(1, (documents.Documents - kept.Length) / options.BatchSize / ChecksInPass);
    }

    /// <summary>The documents kept back.</summary>
    public DocumentSource Documents { get; }

    /// <summary>Whether a document of the corpus is one of them.</summary>
    public bool[] Kept { get; }

    /// <summary>The perplexities so far.</summary>
    public IReadOnlyList<HeldOutCheck> Checks => _checks;

    /// <summary>The score at the last check; null where there was none since a fit was resumed.</summary>
    public HeldOutScore? Last { get; private set; }

    /// <summary>Keeps back what the options say; null where they keep nothing.</summary>
    /// <exception cref="ArgumentException">Nothing is left to learn from, or no kept document has two words.</exception>
    public static OnlineCheck? Of(DocumentSource documents, TopicOptions options)
    {
        if (options.HeldOut == 0)
        {
            return null;
        }
        int count = (int)Math.Max(1, Math.Min(documents.Documents, Math.Round(options.HeldOut < 1 ? options.HeldOut * documents.Documents : options.HeldOut)));
        if (count >= documents.Documents)
        {
            throw new ArgumentException($"Expected documents enough to keep {options.HeldOut} back, found {documents.Documents}.", nameof(documents));
        }
        int[] order = [.. Enumerable.Range(0, documents.Documents)];
        RandomGenerator random = new(options.Seed, Stream);
        for (int i = 0; i < count; i++)
        {
            int j = i + (int)random.NextInt64(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        int[] kept = order[..count];
        Array.Sort(kept);
        return new OnlineCheck(documents, kept, options);
    }

    /// <summary>Goes on with the checks of an interrupted fit.</summary>
    public void Restore(IEnumerable<HeldOutCheck> checks) => _checks.AddRange(checks);

    /// <summary>Whether to check after so many batches.</summary>
    public bool IsDue(int steps) => steps % _interval == 0;

    /// <summary>The score under some parameters.</summary>
    public HeldOutScore Score(TopicParameters parameters) => new TopicModel(parameters).HeldOut(Documents, _options.Seed, _options.Threads);

    /// <summary>Enters a check; true once none of the last few gained enough on the best before them.</summary>
    public bool Settles(int steps, TopicParameters parameters)
    {
        Last = Score(parameters);
        _checks.Add(new HeldOutCheck(steps, Last.Perplexity));
        if (_options.HeldOutTolerance == 0 || _checks.Count <= Patience)
        {
            return false;
        }
        double best = _checks.SkipLast(Patience).Min(check => check.Perplexity);
        return _checks.TakeLast(Patience).All(check => Math.Log(best / check.Perplexity) < _options.HeldOutTolerance);
    }
}

/// <summary>How well an online fit foretold documents that it keeps back.</summary>
/// <param name="Step">After so many batches.</param>
/// <param name="Perplexity">Half of each document's words, given the other half.</param>
public readonly record struct HeldOutCheck(int Step, double Perplexity);
