using Latent.Data;
using Latent.Kernels;

namespace Latent.Tests.Kernels;

public class TranspositionTests
{
    public static TheoryData<string> Levels => ElementaryTests.Levels;

    [Theory]
    [MemberData(nameof(Levels))]
    public void EveryShapeComesOutWholeAndNothingElseIsTouched(string name)
    {
        SimdLevel level = Enum.Parse<SimdLevel>(name);
        const int stride = 64;
        for (int columns = 1; columns <= 26; columns++)
        {
            for (int rows = 0; rows <= 64; rows += columns < 6 ? 1 : 7)
            {
                double[] values = [.. Enumerable.Range(0, rows * columns).Select(i => i % 11 == 5 ? double.NaN : i)];
                float[] singles = [.. values.Select(value => (float)value)];
                foreach (bool single in new[] { false, true })
                {
                    double[] target = new double[columns * stride];
                    Array.Fill(target, -1);
                    if (single)
                    {
                        Transposition.Run(singles, rows, columns, target, stride, level);
                    }
                    else
                    {
                        Transposition.Run(values, rows, columns, target, stride, level);
                    }
                    for (int column = 0; column < columns; column++)
                    {
                        for (int row = 0; row < stride; row++)
                        {
                            Assert.Equal(row < rows ? values[row * columns + column] : -1, target[column * stride + row]);
                        }
                    }
                }
            }
        }
    }

    [Fact]
    public void ATileRepeatsItsLastRowWithoutWeight()
    {
        RowTile tile = Tile(rows: 11, columns: 3);
        Assert.Equal((11, 16), (tile.Rows, tile.PaddedRows));
        for (int column = 0; column < 3; column++)
        {
            for (int row = 0; row < 16; row++)
            {
                Assert.Equal(Math.Min(row, 10) * 3 + column, tile.Column(column)[row]);
                Assert.Equal(row < 11 ? 1 : 0, tile.Weights[row]);
            }
        }
    }

    [Fact]
    public void AnEmptyTileIsEmpty()
    {
        RowTile tile = Tile(rows: 0, columns: 3);
        Assert.Equal((0, 0), (tile.Rows, tile.PaddedRows));
        Assert.True(tile.Weights.IsEmpty);
    }

    [Fact]
    public void WrongShapesAreRefused()
    {
        Assert.Throws<ArgumentException>(() => Transposition.Run(new double[5], 2, 3, new double[200], 64, SimdLevel.Scalar));
        Assert.Throws<ArgumentException>(() => Transposition.Run(new double[6], 2, 3, new double[129], 64, SimdLevel.Scalar));
    }

    private static RowTile Tile(int rows, int columns)
    {
        RowTile tile = new(columns);
        tile.Load(new RowChunk(Enumerable.Range(0, rows * columns).Select(i => (double)i).ToArray(), columns), 0, rows);
        return tile;
    }
}
