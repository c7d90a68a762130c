using Latent.Engine;

namespace Latent.Topics;

/// <summary>The vocabulary in blocks of words, for work on all words that several threads share; sums do not depend on how many.</summary>
/// <param name="vocabulary">The number of words.</param>
/// <param name="threads">Threads to use.</param>
internal sealed class WordBlocks(int vocabulary, int threads)
{
    private const int Words = 512;

    /// <summary>Adds up what <paramref name="visit"/> makes of each block, in the order of the blocks.</summary>
    /// <param name="stride">Doubles per word.</param>
    /// <param name="length">Doubles in the sum.</param>
    /// <param name="visit">Receives the range of a block's doubles and a sum of zeros to add to.</param>
    public double[] Sum(int stride, int length, BlockVisit visit)
    {
        int blocks = (vocabulary + Words - 1) / Words;
        double[] sums = new double[blocks * length];
        ChunkSweep.Run(blocks, threads, CancellationToken.None, block =>
        {
            int first = block * Words;
            int last = Math.Min(first + Words, vocabulary);
            visit((first * stride)..(last * stride), sums.AsSpan(block * length, length));
        });
        double[] total = new double[length];
        for (int i = 0; i < sums.Length; i++)
        {
            total[i % length] += sums[i];
        }
        return total;
    }
}

/// <summary>Work on one block of words.</summary>
/// <param name="range">Its doubles.</param>
/// <param name="sum">What it adds.</param>
internal delegate void BlockVisit(Range range, Span<double> sum);
