using Latent.Clustering;
using Latent.Data;
using Latent.Kernels;

namespace Latent.Tests.Clustering;

[Collection("simd level")]
public class NearestCentersTests
{
    public static TheoryData<int, int, int> Shapes()
    {
        TheoryData<int, int, int> shapes = [];
        foreach (int columns in (int[])[1, 2, 3, 7, 8, 9, 16, 17, 40])
        {
            foreach (int clusters in (int[])[1, 2, 3, 4, 5, 6, 7, 9, 12, 13, 31])
            {
                shapes.Add(columns, clusters, 64 + columns + clusters);
            }
        }
        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void LabelsAreThoseOfDirectDifferences(int columns, int clusters, int rows)
    {
        double[] values = ClusterData.Blobs(rows, columns, clusters, seed: 5);
        CheckLabels(values, columns, ClusterData.FirstRows(values, columns, clusters));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 5)]
    [InlineData(3, 8)]
    public void AmongEquallyNearCentersTheFirstIsTaken(int columns, int clusters)
    {
        double[] values = ClusterData.Lattice(500, columns, seed: 6);
        CheckLabels(values, columns, ClusterData.FirstRows(values, columns, clusters));
    }

    [Theory]
    [InlineData(0, 1e-9)]
    [InlineData(1e8, 1)]
    [InlineData(0, 1e150)]
    [InlineData(-3e5, 1e-4)]
    public void UnitsAndOffsetsDoNotMatter(double offset, double unit)
    {
        double[] values = Array.ConvertAll(ClusterData.Blobs(300, 5, 7, seed: 7), value => offset + unit * value);
        CheckLabels(values, 5, ClusterData.FirstRows(values, 5, 7));
    }

    [Fact]
    public void OneFarRowAndOneFarCenterDoNotMatter()
    {
        double[] values = ClusterData.Blobs(300, 4, 5, seed: 8);
        values.AsSpan(8, 4).Fill(1e9);
        values.AsSpan(200, 4).Fill(-3e30);
        CheckLabels(values, 4, ClusterData.FirstRows(values, 4, 5));
    }

    [Fact]
    public void OnlyRowsInDoubtAreSearchedAgain()
    {
        double[] values = ClusterData.Blobs(64 * 200, 16, 20, seed: 9);
        KMeansCenters centers = ClusterData.FirstRows(values, 16, 20);
        NearestCenters nearest = new(centers, FrameOf(values, 16));
        NearestWorkspace work = new(16);
        int undecided = 0;
        for (int start = 0; start < 64 * 200; start += 64)
        {
            undecided += nearest.Assign(values.AsSpan(start * 16, 64 * 16), [], work);
        }
        Assert.InRange(undecided, 0, 64 * 200 / 200);
    }

    [Fact]
    public void ARowBetweenTwoCentersIsSearchedAgain()
    {
        double[] values = [0, 0, 1, 1, 0.5, 0.5 + 1e-12, 0.5, 0.5 - 1e-12];
        KMeansCenters centers = ClusterData.FirstRows(values, 2, 2);
        NearestWorkspace work = new(2);
        int undecided = new NearestCenters(centers, Frame.Plain(2)).Assign(values, [], work);
        Assert.Equal(2, undecided);
        Assert.Equal([0, 1, 1, 0], work.Labels.AsSpan(0, 4).ToArray());
    }

    private static Frame FrameOf(double[] values, int columns) => RowScan.Of(RowSource.From(values, columns), columns, 1, 1, default).Frame;

    private static void CheckLabels(double[] values, int columns, KMeansCenters centers)
    {
        SimdLevel before = Simd.Level;
        int rows = values.Length / columns;
        foreach (Frame frame in (Frame[])[FrameOf(values, columns), Frame.Plain(columns)])
        {
            NearestWorkspace work = new(columns);
            for (SimdLevel level = SimdLevel.Scalar; level <= Simd.Best; level++)
            {
                try
                {
                    Simd.Level = level;
                    NearestCenters nearest = new(centers, frame);
                    for (int start = 0; start < rows; start += 64)
                    {
                        int count = Math.Min(64, rows - start);
                        nearest.Assign(values.AsSpan(start * columns, count * columns), [], work);
                        for (int row = 0; row < count; row++)
                        {
                            ReadOnlySpan<double> x = values.AsSpan((start + row) * columns, columns);
                            Assert.Equal((start + row, ClusterData.Nearest(x, centers)), (start + row, work.Labels[row]));
                        }
                    }
                }
                finally
                {
                    Simd.Level = before;
                }
            }
        }
    }
}
