using Latent.Data;
using Latent.Numerics;

namespace Latent.Topics;

/// <summary>One number of topics that was tried.</summary>
/// <param name="Topics">K.</param>
/// <param name="HeldOut">How well the documents kept back are foretold.</param>
/// <param name="Fit">The fit to the other documents.</param>
public sealed record TopicSelectionCell(int Topics, HeldOutScore HeldOut, TopicFit Fit);

/// <summary>The choice of the number of topics by how well documents that were kept back are foretold.</summary>
/// <param name="Cells">What was tried, in the order given.</param>
public sealed record TopicSelection(IReadOnlyList<TopicSelectionCell> Cells)
{
    private const ulong Stream = 0x7365_6C65_6374;

    /// <summary>The cell with the least perplexity.</summary>
    public TopicSelectionCell Best => Cells.MinBy(cell => cell.HeldOut.Perplexity)!;

    /// <summary>The fewest topics whose log-likelihood per word is within one standard error of the best.</summary>
    public TopicSelectionCell Simplest
    {
        get
        {
            HeldOutScore best = Best.HeldOut;
            double allowed = Math.Log(best.Perplexity) + (double.IsFinite(best.StandardError) ? best.StandardError : 0);
            return Cells.Where(cell => Math.Log(cell.HeldOut.Perplexity) <= allowed).MinBy(cell => cell.Topics)!;
        }
    }

    /// <summary>Fits every number of topics to the documents but a random share, and asks each fit for the rest.</summary>
    /// <param name="documents">The corpus.</param>
    /// <param name="topics">The numbers of topics to try.</param>
    /// <param name="options">How each is fitted.</param>
    /// <param name="share">The share of documents kept back. Default a tenth.</param>
    /// <param name="visit">Called after each cell, or null.</param>
    /// <param name="cancellation">Cancels: the cells done so far are returned, if there is one.</param>
    /// <exception cref="ArgumentException">There is nothing to try, or too few documents to keep some back.</exception>
    public static TopicSelection Run(
        DocumentSource documents, IReadOnlyList<int> topics, TopicOptions? options = null, double share = 0.1, Action<TopicSelectionCell>? visit = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(documents);
        ArgumentNullException.ThrowIfNull(topics);
        ArgumentOutOfRangeException.ThrowIfZero(topics.Count);
        if (!(share > 0 && share < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(share), share, "Expected a share between 0 and 1.");
        }
        options ??= TopicOptions.Default;
        (DocumentSource rest, DocumentSource kept) = Split(documents, share, options.Seed);
        List<TopicSelectionCell> cells = [];
        foreach (int count in topics)
        {
            if (cells.Count > 0 && cancellation.IsCancellationRequested)
            {
                break;
            }
            TopicFit fit = TopicModel.Fit(rest, count, options, cancellation);
            cells.Add(new TopicSelectionCell(count, fit.Model.HeldOut(kept, options.Seed, options.Threads), fit));
            visit?.Invoke(cells[^1]);
        }
        return new TopicSelection(cells);
    }

    /// <summary>A random share of the documents, and the others.</summary>
    /// <param name="documents">The corpus.</param>
    /// <param name="share">The share kept back, between 0 and 1.</param>
    /// <param name="seed">The same seed keeps back the same documents.</param>
    /// <exception cref="ArgumentException">There are too few documents for one on either side.</exception>
    public static (DocumentSource Training, DocumentSource Kept) Split(DocumentSource documents, double share, ulong seed = 1)
    {
        ArgumentNullException.ThrowIfNull(documents);
        int count = (int)Math.Max(1, Math.Round(share * documents.Documents));
        if (count >= documents.Documents)
        {
            throw new ArgumentException($"Expected documents enough to keep a share of {share} back, found {documents.Documents}.", nameof(documents));
        }
        int[] order = [.. Enumerable.Range(0, documents.Documents)];
        RandomGenerator random = new(seed, Stream);
        for (int i = 0; i < count; i++)
        {
            int j = i + (int)random.NextInt64(order.Length - i);
            (order[i], order[j]) = (order[j], order[i]);
        }
        int[] kept = order[..count];
        int[] rest = order[count..];
        Array.Sort(kept);
        Array.Sort(rest);
        return (documents.Select(rest), documents.Select(kept));
    }
}
