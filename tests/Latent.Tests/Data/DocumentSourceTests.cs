using Latent.Data;

namespace Latent.Tests.Data;

public class DocumentSourceTests
{
    [Fact]
    public void Documents_keep_their_cells_across_chunks()
    {
        (List<int> offsets, List<int> terms, List<int> counts) = Draw();
        var source = DocumentSource.From(offsets.ToArray(), terms.ToArray(), counts.ToArray(), 400);
        Assert.True(source.ChunkCount > 2);
        Assert.Equal((700, 400, counts.Sum(count => (long)count)), (source.Documents, source.Vocabulary, source.Tokens));
        int next = 0;
        for (int index = 0; index < source.ChunkCount; index++)
        {
            DocumentChunk chunk = source.GetChunk(index);
            Assert.Equal(next, chunk.FirstDocument);
            int beforeLast = 0;
            for (int document = 0; document < chunk.Documents; document++, next++)
            {
                Range cells = chunk[document];
                beforeLast = cells.Start.Value;
                Assert.Equal(terms[offsets[next]..offsets[next + 1]], chunk.Terms[cells].ToArray());
                Assert.Equal(counts[offsets[next]..offsets[next + 1]], chunk.Counts[cells].ToArray());
            }
            Assert.True(beforeLast < DocumentSource.ChunkCells, "A chunk closes with the document that fills it.");
            Assert.True(index == source.ChunkCount - 1 || chunk.Terms.Length >= DocumentSource.ChunkCells);
        }
        Assert.Equal(700, next);
        Assert.Throws<ArgumentOutOfRangeException>(() => source.GetChunk(source.ChunkCount));
    }

    [Fact]
    public void Documents_chosen_are_the_same_in_memory_and_elsewhere()
    {
        (List<int> offsets, List<int> terms, List<int> counts) = Draw();
        var held = DocumentSource.From(offsets.ToArray(), terms.ToArray(), counts.ToArray(), 400);
        var elsewhere = DocumentSource.From(new Elsewhere(held), 400);
        int[] chosen = [.. Enumerable.Range(0, 700).Where(document => document % 7 != 3), 10, 3];
        DocumentSource first = held.Select(chosen);
        DocumentSource second = elsewhere.Select(chosen);
        Assert.Equal((chosen.Length, held.Tokens), (first.Documents, first.Tokens + held.Select([.. Enumerable.Range(0, 700).Except(chosen)]).Tokens));
        Assert.True(first.ChunkCount > 2);
        Assert.Equal(first.ChunkCount, second.ChunkCount);
        for (int i = 0; i < chosen.Length; i++)
        {
            (int index, int document) = first.Find(i);
            DocumentChunk chunk = first.GetChunk(index);
            Range cells = chunk[document];
            Assert.Equal(terms[offsets[chosen[i]]..offsets[chosen[i] + 1]], chunk.Terms[cells].ToArray());
            Assert.Equal(counts[offsets[chosen[i]]..offsets[chosen[i] + 1]], chunk.Counts[cells].ToArray());
            DocumentChunk other = second.GetChunk(index);
            Assert.Equal((first.Find(i), chunk.FirstDocument), (second.Find(i), other.FirstDocument));
            Assert.True(chunk.Terms.SequenceEqual(other.Terms) && chunk.Counts.SequenceEqual(other.Counts) && cells.Equals(other[document]));
        }
        Assert.Equal((0, 0), (elsewhere.Select([]).Documents, held.Select([]).ChunkCount));
        Assert.Throws<ArgumentOutOfRangeException>(() => elsewhere.Select([700]));
    }

    private static (List<int> Offsets, List<int> Terms, List<int> Counts) Draw()
    {
        var random = new Random(3);
        List<int> offsets = [0];
        List<int> terms = [];
        List<int> counts = [];
        for (int document = 0; document < 700; document++)
        {
            for (int term = random.Next(3); term < 400 && document % 50 != 7; term += 1 + random.Next(8))
            {
                terms.Add(term);
                counts.Add(1 + random.Next(5));
            }
            offsets.Add(terms.Count);
        }
        return (offsets, terms, counts);
    }

    private sealed class Elsewhere(DocumentSource source) : IDataSource<DocumentChunk>
    {
        public int ChunkCount => source.ChunkCount;

        public DocumentChunk GetChunk(int index) => source.GetChunk(index);
    }

    [Fact]
    public void An_empty_corpus_is_valid()
    {
        var source = DocumentSource.From(new[] { 0 }, default, default, 5);
        Assert.Equal((0, 0, 0L), (source.Documents, source.ChunkCount, source.Tokens));
    }

    [Theory]
    [InlineData("Expected 2 counts", new[] { 0, 2 }, new[] { 0, 1 }, new[] { 1 })]
    [InlineData("Expected offsets from 0 to 2", new[] { 0, 1 }, new[] { 0, 1 }, new[] { 1, 1 })]
    [InlineData("found none", new int[0], new[] { 0, 1 }, new[] { 1, 1 })]
    [InlineData("do not decrease", new[] { 0, 2, 1, 2 }, new[] { 0, 1 }, new[] { 1, 1 })]
    [InlineData("terms in [0, 3), found 3 in document 1", new[] { 0, 1, 2 }, new[] { 0, 3 }, new[] { 1, 1 })]
    [InlineData("terms in [0, 3), found -1 in document 0", new[] { 0, 2 }, new[] { -1, 1 }, new[] { 1, 1 })]
    [InlineData("found 1 twice in document 0", new[] { 0, 2 }, new[] { 1, 1 }, new[] { 1, 1 })]
    [InlineData("counts of at least one, found 0", new[] { 0, 2 }, new[] { 0, 1 }, new[] { 1, 0 })]
    public void Wrong_cells_are_named(string message, int[] offsets, int[] terms, int[] counts)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => DocumentSource.From(offsets, terms, counts, 3));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Words_must_match_the_vocabulary()
    {
        Assert.Throws<ArgumentException>(() => DocumentSource.From(new[] { 0 }, default, default, 2, ["a"]));
        Assert.Equal("b", DocumentSource.From(new[] { 0, 1 }, new[] { 1 }, new[] { 4 }, 2, ["a", "b"]).Words![1]);
    }
}
