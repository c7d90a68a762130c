using Latent.Data;

namespace Latent.Tests.Data;

/// <summary>Grouping by missing cells, against grouping by a string per row.</summary>
public class MissingPatternsTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(3, 500)]
    [InlineData(20, 9000)]
    [InlineData(63, 200)]
    [InlineData(64, 200)]
    [InlineData(130, 300)]
    public void GroupsAreThoseOfTheMasks(int columns, int rows)
    {
        double[] values = Values(columns, rows);
        MissingPatterns patterns = MissingPatterns.Of(RowSource.From(values, columns));
        var expected = Enumerable.Range(0, rows)
            .GroupBy(row => Mask(values, columns, row))
            .OrderBy(group => group.Key.Count(cell => cell == '1'))
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .ToList();

        Assert.Equal(expected.Count, patterns.Count);
        for (int pattern = 0; pattern < patterns.Count; pattern++)
        {
            Assert.Equal(expected[pattern], patterns.Rows(pattern).ToArray());
            string mask = expected[pattern].Key;
            Assert.Equal(Enumerable.Range(0, columns).Where(column => mask[column] == '0'), patterns.Observed(pattern).ToArray());
            Assert.Equal(Enumerable.Range(0, columns).Where(column => mask[column] == '1'), patterns.Missing(pattern).ToArray());
            Assert.All(expected[pattern], row => Assert.Equal(pattern, patterns.PatternOf(row)));
        }
    }

    [Fact]
    public void SinglesGroupLikeDoubles()
    {
        double[] values = Values(5, 700);
        float[] singles = Array.ConvertAll(values, value => (float)value);
        MissingPatterns doubles = MissingPatterns.Of(RowSource.From(values, 5));
        MissingPatterns floats = MissingPatterns.Of(RowSource.From(singles, 5));
        Assert.All(Enumerable.Range(0, 700), row => Assert.Equal(doubles.PatternOf(row), floats.PatternOf(row)));
    }

    [Fact]
    public void NoRowsHaveNoPattern() => Assert.Equal(0, MissingPatterns.Of(RowSource.From((double[])[], 3)).Count);

    private static double[] Values(int columns, int rows)
    {
        Random random = new(columns);
        return [.. Enumerable.Range(0, rows * columns).Select(_ => random.NextDouble() < 0.2 ? double.NaN : random.NextDouble())];
    }

    private static string Mask(double[] values, int columns, int row) =>
        string.Concat(Enumerable.Range(0, columns).Select(column => double.IsNaN(values[row * columns + column]) ? '1' : '0'));
}
