namespace Latent.IO.Tests;

/// <summary>The binary copy of text files: read instead of them, and made anew when it is not what it should be.</summary>
public sealed class CacheFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _notices = [];
    private readonly string _path;

    public CacheFileTests() => _path = _folder.Write("x.csv", LargerThanMemoryTests.Numbers("a,b,w", 9000));

    private DataOptions Options => new() { Cache = true, Weights = "w", Notice = _notices.Add };

    private string Cache => _path + ".latent-cache";

    [Fact]
    public void TheCacheHasTheSameTable()
    {
        using RowTable text = DataFiles.Read(_path, Options with { Cache = false });
        using (RowTable first = DataFiles.Read(_path, Options))
        {
            Same(text, first);
        }
        DateTime made = File.GetLastWriteTimeUtc(Cache);
        using RowTable second = DataFiles.Read(_path, Options);
        Same(text, second);
        Assert.Equal(made, File.GetLastWriteTimeUtc(Cache));
        Assert.Equal(Cache, second.Storage.Path);
        Assert.Empty(_notices);
        Assert.Equal(text.Where(8999), second.Where(8999));
    }

    [Fact]
    public void TheRowsComeFromTheCacheNotFromTheText()
    {
        DataFiles.Read(_path, Options).Dispose();
        DateTime time = File.GetLastWriteTimeUtc(_path);
        string text = File.ReadAllText(_path);
        File.WriteAllText(_path, text[..^2] + (text[^2] == '1' ? "2\n" : "1\n"));
        File.SetLastWriteTimeUtc(_path, time);
        using RowTable cached = DataFiles.Read(_path, Options);
        using RowTable read = DataFiles.Read(_path, Options with { Cache = false });
        Assert.NotEqual(read.Rows.Weights.Span[^1], cached.Rows.Weights.Span[^1]);
    }

    [Theory]
    [InlineData("text", "has changed since it was made")]
    [InlineData("options", "was made with other options")]
    [InlineData("cell", "is damaged")]
    [InlineData("weights", "was made with other options")]
    [InlineData("head", "is damaged")]
    [InlineData("end", "is damaged")]
    [InlineData("short", "is damaged")]
    [InlineData("empty", "is damaged")]
    public void ACacheThatCannotBeUsedIsNamedAndMadeAnew(string what, string reason)
    {
        DataFiles.Read(_path, Options).Dispose();
        DataOptions options = Options;
        byte[] bytes = File.ReadAllBytes(Cache);
        switch (what)
        {
            case "text":
                File.AppendAllText(_path, "1,2,3\n");
                break;
            case "options":
                options = options with { Drop = ["a"] };
                break;
            case "cell":
                bytes[4096 + 8 * 12345] ^= 1;
                File.WriteAllBytes(Cache, bytes);
                break;
            case "weights":
                options = options with { Weights = null };
                break;
            case "head":
                bytes[9] ^= 4;
                File.WriteAllBytes(Cache, bytes);
                break;
            case "end":
                bytes[^20] ^= 4;
                File.WriteAllBytes(Cache, bytes);
                break;
            case "short":
                File.WriteAllBytes(Cache, bytes[..^4096]);
                break;
            default:
                File.WriteAllBytes(Cache, []);
                break;
        }
        using RowTable anew = DataFiles.Read(_path, options);
        string notice = Assert.Single(_notices);
        Assert.Contains(reason, notice);
        Assert.Contains(".latent-cache cannot be used", notice);
        using RowTable text = DataFiles.Read(_path, options with { Cache = false });
        Same(text, anew);
        DataFiles.Read(_path, options).Dispose();
        Assert.Single(_notices);
    }

    [Fact]
    public void DamageOfAWeightIsSeen()
    {
        DataFiles.Read(_path, Options).Dispose();
        byte[] bytes = File.ReadAllBytes(Cache);
        bytes[4096 + 9000 * 2 * 8 + 8 * 777] ^= 1;
        File.WriteAllBytes(Cache, bytes);
        DataFiles.Read(_path, Options).Dispose();
        Assert.Contains("is damaged", Assert.Single(_notices));
    }

    [Fact]
    public void SeveralFilesHaveOneCache()
    {
        string other = _folder.Write("y.csv", LargerThanMemoryTests.Numbers("a,b,w", 100));
        using RowTable text = DataFiles.Read([_path, other], Options with { Cache = false });
        DataFiles.Read([_path, other], Options).Dispose();
        using RowTable cached = DataFiles.Read([_path, other], Options);
        Same(text, cached);
        Assert.EndsWith("x.csv.and-1-more.latent-cache", cached.Storage.Path);
        Assert.Equal([_path, other], cached.Files);
    }

    [Fact]
    public void ATableWithTextBesideTheDataIsReadWithoutACache()
    {
        using RowTable table = DataFiles.Read(_path, Options with { Weights = null, Id = "w" });
        Assert.Contains("No cache is kept", Assert.Single(_notices));
        Assert.False(File.Exists(Cache));
        Assert.Equal(9000, table.Ids!.Count);
    }

    [Fact]
    public void BadTextLeavesNoCache()
    {
        File.AppendAllText(_path, "1,2,oops\n");
        DataFormatException bad = Assert.Throws<DataFormatException>(() => DataFiles.Read(_path, Options));
        Assert.Equal(9002, bad.Line);
        Assert.Single(Directory.GetFiles(_folder.Path));
    }

    public void Dispose() => _folder.Dispose();

    private static void Same(RowTable expected, RowTable actual)
    {
        Assert.Equal(expected.Rows.Schema.Names, actual.Rows.Schema.Names);
        Tables.SameBits(Tables.Cells(expected.Rows), Tables.Cells(actual.Rows));
        Assert.Equal(expected.Rows.Weights.ToArray(), actual.Rows.Weights.ToArray());
    }
}
