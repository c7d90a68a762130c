using System.Diagnostics;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Bench;

/// <summary>Time per EM iteration of whole mixtures on rows in memory, all processors, and what part of the multiply-add peak it is.</summary>
internal static class MixtureTables
{
    private sealed record Shape(string Structure, int Rows, int Columns, int Components);

    private static readonly Shape[] _shapes =
    [
        new("full", 200_000, 16, 16),
        new("full", 50_000, 64, 8),
        new("full", 500_000, 2, 10),
        new("diagonal", 500_000, 16, 32),
        new("spherical", 500_000, 16, 32),
        new("tied", 500_000, 16, 32),
    ];

    public static void Run(string only)
    {
        foreach (Shape shape in _shapes.Where(shape => only is "all" || only == shape.Structure))
        {
            foreach (double separation in new[] { 1.0, 8.0 })
            {
                (double[] values, double[][] means) = Draw(shape, separation);
                double[] ones = new double[shape.Columns];
                Array.Fill(ones, 1.0);
                double seconds = shape.Structure switch
                {
                    "full" => Iterate(new FullGaussianFamily(shape.Columns), [.. means.Select(mean => new Gaussian(mean, Covariance.FromVariances(ones)))], values, shape),
                    "diagonal" => Iterate(new DiagonalGaussianFamily(shape.Columns), [.. means.Select(mean => new DiagonalGaussian(mean, ones))], values, shape),
                    "spherical" => Iterate(new SphericalGaussianFamily(shape.Columns), [.. means.Select(mean => new SphericalGaussian(mean, 1))], values, shape),
                    _ => Iterate(new TiedGaussianFamily(shape.Columns), TiedGaussian.Create(means, Covariance.FromVariances(ones)), values, shape),
                };
                double each = seconds * 1e9 * Environment.ProcessorCount / shape.Rows / shape.Components;
                Console.WriteLine(
                    $"{shape.Structure,-10} {shape.Rows,7:n0} × {shape.Columns,2}, K = {shape.Components,2}, means {separation:f0} standard deviations apart: {seconds * 1e3,8:f1} ms per iteration, {each,6:f2} ns·cores per row and component");
            }
        }
    }

    private static (double[] Values, double[][] Means) Draw(Shape shape, double separation)
    {
        RandomGenerator random = new(7);
        double[][] means = [.. Enumerable.Range(0, shape.Components).Select(_ => (double[])[.. Enumerable.Range(0, shape.Columns).Select(_ => random.NextGaussian() * separation)])];
        double[] values = new double[shape.Rows * shape.Columns];
        for (int i = 0; i < shape.Rows; i++)
        {
            double[] mean = means[random.NextInt64(shape.Components)];
            for (int j = 0; j < shape.Columns; j++)
            {
                values[i * shape.Columns + j] = mean[j] + random.NextGaussian();
            }
        }
        return (values, means);
    }

    private static double Iterate<T>(IFamily<T, RowTile> family, T[] components, double[] values, Shape shape)
    {
        MixtureModel<T> model = new(family, shape.Components, shape.Columns);
        double[] weights = new double[shape.Components];
        Array.Fill(weights, 1.0);
        Mixture<T> start = new(weights, components);
        RowSource rows = RowSource.From(values, shape.Columns);
        double best = double.PositiveInfinity;
        EmOptions options = new() { MaxIterations = 2, Threads = Environment.ProcessorCount };
        for (int i = 0; i < 6; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            Em.Fit(model, rows, start, options);
            // Three sweeps: the start and two steps.
            best = Math.Min(best, Stopwatch.GetElapsedTime(begin).TotalSeconds / 3);
        }
        return best;
    }
}
