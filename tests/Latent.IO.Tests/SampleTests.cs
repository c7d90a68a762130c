namespace Latent.IO.Tests;

public class SampleTests
{
    [Theory]
    [InlineData("faithful.csv", 272, 2, 0, 0)]
    [InlineData("iris.csv", 150, 5, 1, 0)]
    [InlineData("galaxies.csv", 82, 1, 0, 0)]
    [InlineData("airquality.csv", 153, 6, 0, 44)]
    [InlineData("nile.csv", 100, 2, 0, 0)]
    [InlineData("titanic.csv", 32, 5, 4, 0)]
    public void A_sample_is_what_its_page_says(string file, int rows, int columns, int texts, int missing)
    {
        using RowTable table = DataFiles.Read(Path.Join(Samples(), file), new DataOptions { TextCells = TextCells.Categories });
        Assert.Equal((rows, columns), (table.Rows.Rows, table.Rows.Columns));
        Assert.Equal(texts, table.Rows.Schema.Count(column => column.Kind == Latent.Data.ColumnKind.Categorical));
        Assert.Equal(missing, table.Rows.MissingCells);
        Assert.Contains($"| `{file}` | {rows} |", File.ReadAllText(Path.Join(Samples(), "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void Counts_of_a_sample_are_weights()
    {
        using RowTable table = DataFiles.Read(Path.Join(Samples(), "titanic.csv"), new DataOptions { TextCells = TextCells.AllCategories, Weights = "count" });
        Assert.Equal(2201, table.Rows.TotalWeight);
        Assert.Equal(["Female", "Male"], table.Rows.Schema[1].Levels);
    }

    private static string Samples()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Join(folder, "Latent.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }
        return Path.Join(folder, "samples");
    }
}
