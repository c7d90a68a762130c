using Latent.Data;

namespace Latent.Tests.Data;

public class SequenceSourceTests
{
    [Theory]
    [InlineData(new[] { 3, 1, 2 }, new[] { 3 })]
    [InlineData(new[] { 4096, 1 }, new[] { 1, 1 })]
    [InlineData(new[] { 4095, 1, 5 }, new[] { 2, 1 })]
    [InlineData(new[] { 10000, 1, 4096, 2, 2 }, new[] { 1, 2, 2 })]
    [InlineData(new int[0], new int[0])]
    public void A_chunk_closes_with_the_sequence_that_fills_it(int[] lengths, int[] perChunk)
    {
        int total = lengths.Sum();
        RowSource flat = RowSource.From([.. Enumerable.Range(0, total).Select(step => (double)step)]).WithWeights(Enumerable.Range(0, total).Select(step => step + 1.0).ToArray());
        RowSource blocks = RowSource.From(Enumerable.Range(0, total), ("step", step => (double)step)).WithWeights(flat.Weights);
        foreach (RowSource rows in new[] { flat, blocks })
        {
            var source = SequenceSource.From(rows, lengths);
            Assert.Equal((total, lengths.Length, perChunk.Length), (source.Steps, source.Sequences, source.ChunkCount));
            int next = 0;
            int step = 0;
            for (int index = 0; index < source.ChunkCount; index++)
            {
                SequenceChunk chunk = source.GetChunk(index);
                Assert.Equal(perChunk[index], chunk.Sequences);
                Assert.Equal(next, chunk.FirstSequence);
                for (int sequence = 0; sequence < chunk.Sequences; sequence++)
                {
                    RowChunk steps = chunk[sequence];
                    Assert.Equal(lengths[next++], steps.Rows);
                    Assert.Equal(step, steps.FirstRow);
                    for (int row = 0; row < steps.Rows; row++, step++)
                    {
                        Assert.True(steps[row, 0] == step && steps.Weights[row] == step + 1);
                    }
                }
            }
            Assert.Equal(total, step);
            Assert.Throws<ArgumentOutOfRangeException>(() => source.GetChunk(source.ChunkCount));
        }
    }

    [Fact]
    public void Arrays_and_a_single_sequence_are_accepted()
    {
        var source = SequenceSource.From([new double[,] { { 1, 2 } }, new double[,] { { 3, 4 }, { 5, double.NaN } }]);
        Assert.Equal((3L, 2L, true), (source.Steps, source.Sequences, source.HasMissing));
        Assert.Equal([3, 4, 5], source.GetChunk(0)[1].Values[..3].ToArray());
        Assert.Equal(1, SequenceSource.From(new double[] { 1, 2, 3 }).Sequences);
        Assert.Equal(0, SequenceSource.From(new double[0, 2]).Sequences);
    }

    [Fact]
    public void Wrong_lengths_are_named()
    {
        Message("found length 0 at index 1", () => SequenceSource.From(new double[] { 1, 2 }, 2, 0));
        Message("sum to the 2 rows, found a sum of 3", () => SequenceSource.From(new double[] { 1, 2 }, 1, 2));
        Message("found 1 at index 1", () => SequenceSource.From([new double[1, 2], new double[1, 1]]));
        Message("Expected at least one sequence", () => SequenceSource.From(Array.Empty<double[,]>()));
        Message("Expected offsets from 0 to 2", () => new SequenceChunk(new RowChunk(new double[2], 1), new[] { 0, 1 }));
        Message("do not decrease", () => new SequenceChunk(new RowChunk(new double[2], 1), new[] { 0, 2, 1, 2 }));

        static void Message(string part, Func<object> make) =>
            Assert.Contains(part, Assert.Throws<ArgumentException>(make).Message, StringComparison.Ordinal);
    }
}
