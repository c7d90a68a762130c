using Latent.Data;

namespace Latent.IO.Tests.Corpora;

public sealed class CorpusTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static readonly CorpusOptions _all = new() { LeastDocuments = 1, MostDocuments = 1, Tokens = TokenOptions.Default with { StopWords = [] } };

    [Fact]
    public void LdaCIsReadWithAndWithoutWords()
    {
        string path = Write("a.ldac", "2 0:3 2:1\n0\n1 1:4\n");
        Corpus plain = Corpus.Read(path);
        Assert.Equal([[(0, 3), (2, 1)], [], [(1, 4)]], Cells(plain));
        Assert.Equal(["0", "1", "2"], plain.Words);
        Corpus named = Corpus.Read(path, new CorpusOptions { VocabularyFile = Write("v.txt", "cat\ndog\nemu\nfox\n") });
        Assert.Equal(["cat", "dog", "emu", "fox"], named.Words);
        Assert.Equal(4, named.Documents.Vocabulary);
        Assert.Equal(8, named.Documents.Tokens);
    }

    [Fact]
    public void AKnownVocabularyLeavesTheRestOut()
    {
        CorpusOptions options = new() { VocabularyFile = Write("v.txt", "cat\ndog\nemu\n"), Vocabulary = ["emu", "cat", "gnu"] };
        Corpus corpus = Corpus.Read(Write("a.ldac", "3 0:3 1:5 2:1\n"), options);
        Assert.Equal([[(0, 1), (1, 3)]], Cells(corpus));
        Assert.Equal(5, corpus.UnknownWords);
        Corpus text = Corpus.Read(Write("t.txt", "cat gnats gnu\n"), _all with { Vocabulary = ["emu", "cat", "gnu"] });
        Assert.Equal([[(1, 1), (2, 1)]], Cells(text));
        Assert.Equal(1, text.UnknownWords);
    }

    [Fact]
    public void UciFilesCountFromOne()
    {
        Corpus corpus = Corpus.Read(Write("docword.x.txt", "4\n3\n3\n1 1 2\n1 3 1\n3 2 5\n"));
        Assert.Equal([[(0, 2), (2, 1)], [], [(1, 5)], []], Cells(corpus));
    }

    [Theory]
    [InlineData("a.ldac", "1 0:1\n2 0:1\n", "a.ldac, line 2: expected 2 terms, as the line says, found '1'")]
    [InlineData("a.ldac", "1 0:x\n", "line 1: expected term:count")]
    [InlineData("a.ldac", "1 0:0\n", "line 1: expected term:count")]
    [InlineData("a.ldac", "1 -1:2\n", "line 1: expected term:count")]
    [InlineData("a.ldac", "1 0:1\n\n", "line 2: expected a document, found 'an empty line'")]
    [InlineData("a.ldac", "", "expected documents, found none")]
    [InlineData("a.ldac", "0\n", "expected words, found none")]
    [InlineData("docword.txt", "2\n3\n", "line 3: expected the number of cells")]
    [InlineData("docword.txt", "2\n3\n1\n1 4 1\n", "line 4: expected document word count, a document from 1 to 2, a word from 1 to 3")]
    [InlineData("docword.txt", "2\n3\n2\n2 1 1\n1 1 1\n", "line 5: expected document word count, a document from 2 to 2")]
    [InlineData("docword.txt", "2\n3\n2\n1 1 1\n", "expected 2 cells, as line 3 says, found 1")]
    [InlineData("a.txt", "\n\n", "expected words, found none")]
    [InlineData("a.txt", "", "expected documents, found none")]
    [InlineData("a.txt", "abc\0def\n", "line 1: expected text, found a character of code 0")]
    [InlineData("a.csv", "x\ny\n", "name the column of text (--text)")]
    public void DamageIsNamedWithFileAndLine(string name, string content, string expected)
    {
        DataFormatException refused = Assert.Throws<DataFormatException>(() => Corpus.Read(Write(name, content), _all));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Contains(name, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEmptyVocabularyAfterFilteringSaysWhy()
    {
        string path = Write("a.txt", "one fish\ntwo birds\n");
        DataFormatException refused = Assert.Throws<DataFormatException>(() => Corpus.Read(path));
        Assert.Contains("expected words to keep, found none of 2 that stand in 2 to 1 of 2 documents; keep rarer words (--min-df 1)", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TextIsOneDocumentALine()
    {
        Corpus corpus = Corpus.Read(Write("a.txt", "The cat's cat\n\ndog, CAT; dog!\n"), _all);
        Assert.Equal(["cat", "dog", "the"], corpus.Words);
        Assert.Equal([[(0, 2), (2, 1)], [], [(0, 1), (1, 2)]], Cells(corpus));
        Assert.Null(corpus.Ids);
    }

    [Fact]
    public void AFolderIsADocumentAFile()
    {
        Directory.CreateDirectory(_folder["texts/b"]);
        Write("texts/z.txt", "cat\ndog\n");
        Write("texts/b/a", "cat");
        Write("texts/.hidden", "dog");
        Corpus corpus = Corpus.Read(_folder["texts"], _all);
        Assert.Equal([Path.Join("b", "a"), "z.txt"], corpus.Ids);
        Assert.Equal([[(0, 1)], [(0, 1), (1, 1)]], Cells(corpus));
    }

    [Fact]
    public void TablesOfTextKeepTheirOtherColumns()
    {
        string path = Write("a.csv", "id,body,year\na,\"cat, dog\",2001\nb,,2002\nc,dog dog,2001\n");
        Corpus corpus = Corpus.Read(path, _all with { Text = "body", Columns = ["year"], Table = new DataOptions { Id = "id" } });
        Assert.Equal(["a", "b", "c"], corpus.Ids);
        Assert.Equal([[(0, 1), (1, 1)], [], [(1, 2)]], Cells(corpus));
        Assert.Equal(["2001", "2002"], corpus.Columns.Single().Levels);
        Assert.Equal([0, 1, 0], corpus.Columns.Single().Codes.ToArray());
    }

    [Fact]
    public void TablesOfCountsTakeWordsOrNumbers()
    {
        CorpusOptions options = new() { Document = "d", Term = "t", Count = "n" };
        Corpus words = Corpus.Read(Write("a.csv", "d,t,n\nx,cat,2\ny,dog,1\nx,ant,1\nx,cat,1\n"), options);
        Assert.Equal(["ant", "cat", "dog"], words.Words);
        Assert.Equal([[(0, 1), (1, 3)], [(2, 1)]], Cells(words));
        Assert.Equal(["x", "y"], words.Ids);
        Corpus numbers = Corpus.Read(Write("b.csv", "d,t,n\n0,2,2\n1,0,1\n"), options with { VocabularyFile = Write("v.csv", "term,word\n0,cat\n1,dog\n2,emu\n") });
        Assert.Equal([[(2, 2)], [(0, 1)]], Cells(numbers));
        DataFormatException beyond = Assert.Throws<DataFormatException>(() => Corpus.Read(Write("c.csv", "d,t,n\n0,3,2\n"), options with { VocabularyFile = _folder["v.csv"] }));
        Assert.Contains("which has 3 words, found '3'", beyond.Message, StringComparison.Ordinal);
        DataFormatException half = Assert.Throws<DataFormatException>(() => Corpus.Read(Write("d.csv", "d,t,n\nx,cat,1\nx,dog,1.5\n"), options));
        Assert.Contains("d.csv, line 3, column 'n': expected a whole number, found 1.5", half.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The dogs' café — naïve Ελλάδα 北京 x2 42", "dogs café naïve ελλάδα 北京 x2")]
    [InlineData("don't rock'n'roll it's John's", "rock'n'roll john")]
    [InlineData("a b cc ____ \"quoted\" semi-detached", "cc quoted semi detached")]
    public void WordsAreRunsOfLetters(string text, string expected) => Assert.Equal(expected, string.Join(' ', Split(text, TokenOptions.Default)));

    [Fact]
    public void TokensFollowTheirOptions()
    {
        TokenOptions options = new() { LowerCase = false, StopWords = ["of"], LeastLength = 1, Numbers = true, Grams = 2 };
        Assert.Equal(["House", "Cards", "House_Cards", "7", "Cards_7"], Split("House of Cards 7", options));
    }

    [Fact]
    public void LimitsOfTheVocabularyHold()
    {
        string path = Write("a.txt", string.Concat(Enumerable.Range(0, 10).Select(line => $"all {(line < 4 ? "some some" : "")} {(line == 0 ? "rare" : "")} {(line % 2 == 0 ? "half" : "")}\n")));
        CorpusOptions options = _all with { LeastDocuments = 2, MostDocuments = 0.5 };
        Assert.Equal(["half", "some"], Corpus.Read(path, options).Words);
        Assert.Equal(["some"], Corpus.Read(path, options with { MostWords = 1 }).Words);
        Assert.Equal(["all", "half", "some"], Corpus.Read(path, options with { LeastDocuments = 0.2, MostDocuments = 10 }).Words);
        Assert.Equal(2, Corpus.Read(path, options).DroppedWords);
    }

    [Fact]
    public void WhatDoesNotFitIntoMemoryIsMapped()
    {
        Random random = new(1);
        string path = Write("a.ldac", string.Concat(Enumerable.Range(0, 3000).Select(_ => "60 " + string.Join(' ', Enumerable.Range(0, 60).Select(term => $"{term * 7 % 120 + random.Next(2) * 120}:{1 + random.Next(3)}")) + "\n")));
        Corpus whole = Corpus.Read(path);
        Corpus mapped = Corpus.Read(path, new CorpusOptions { Memory = 1 });
        Assert.Equal(whole.Documents.Tokens, mapped.Documents.Tokens);
        Assert.Equal(Cells(whole), Cells(mapped));
    }

    [Fact]
    public void TextThatDoesNotFitIntoMemoryIsMappedTwice()
    {
        Random random = new(1);
        string[] texts = [.. Enumerable.Range(0, 4000).Select(_ => string.Join(' ', Enumerable.Range(0, 40).Select(_ => $"word{random.Next(300)} rare{random.Next(1 << 20)}")))];
        string table = Write("t.csv", "text,year\n" + string.Concat(texts.Select((text, row) => $"{text},{row % 7}\n")));
        CorpusOptions options = new() { Text = "text", Columns = ["year"] };
        Corpus whole = Corpus.Read(table, options);
        Corpus mapped = Corpus.Read(table, options with { Memory = 1 });
        Assert.Equal(whole.Words, mapped.Words);
        Assert.Equal(Cells(whole), Cells(mapped));
        Assert.Equal(Cells(whole), Cells(Corpus.Read(Write("t.txt", string.Join('\n', texts)), new CorpusOptions { Memory = 1 })));
        Assert.Equal(whole.Columns[0].Codes.ToArray(), mapped.Columns[0].Codes.ToArray());
        Assert.DoesNotContain(Directory.GetFiles(Path.GetTempPath(), $"latent-{Environment.ProcessId}-*"), file => file.EndsWith(".documents", StringComparison.Ordinal));
    }

    [Fact]
    public void VocabulariesAreChecked()
    {
        Assert.Contains("line 3: expected a word of its own on every line, found 'cat', as on line 1", Assert.Throws<DataFormatException>(() => VocabularyFile.Read(Write("v", "cat\ndog\ncat\n"))).Message, StringComparison.Ordinal);
        Assert.Contains("expected words, found an empty file", Assert.Throws<DataFormatException>(() => VocabularyFile.Read(Write("v", ""))).Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text) => _folder.Write(name, text);

    private static string[] Split(string text, TokenOptions options)
    {
        List<string> words = [];
        new Tokenizer(options).Split(text, word => words.Add(word.ToString()));
        return [.. words];
    }

    private static (int Term, int Count)[][] Cells(Corpus corpus)
    {
        List<(int, int)[]> documents = [];
        for (int index = 0; index < corpus.Documents.ChunkCount; index++)
        {
            DocumentChunk chunk = corpus.Documents.GetChunk(index);
            for (int document = 0; document < chunk.Documents; document++)
            {
                int[] terms = chunk.Terms[chunk[document]].ToArray();
                documents.Add([.. terms.Zip(chunk.Counts[chunk[document]].ToArray())]);
            }
        }
        return [.. documents];
    }
}
