using System.Diagnostics;
using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.IO;
using Latent.Mixtures;

namespace Latent.Bench;

/// <summary>Time of one EM iteration of latent classes over a file of items, patterns not collapsed.</summary>
internal static class LatentClassTables
{
    /// <summary><c>lca FILE [CLASSES]</c>: the least of several iterations, on one thread and on all.</summary>
    public static void Print(string path, int classes)
    {
        using RowTable table = DataFiles.Read([path], DataOptions.Default with { TextCells = TextCells.AllCategories });
        RowSource rows = table.Rows;
        ProductFamily family = LatentClass.FamilyOf(rows.Schema);
        MixtureModel<Product> model = new(family, classes, rows.Columns);
        MixtureFit<Product> start = Mixture.Fit(family, rows, classes, new MixtureOptions<Product> { MaxIterations = 3, Starts = 1, Acceleration = Accelerator.None });
        Console.WriteLine($"{rows.Rows} rows of {rows.Columns} items, {classes} classes, {family.StatisticLength} categories");
        foreach (int threads in (int[])[1, Environment.ProcessorCount])
        {
            Reduction<Mixture<Product>, RowChunk> reduction = new(model, rows, threads);
            double[] statistic = new double[model.StatisticLength];
            Mixture<Product> parameters = start.Parameters;
            double least = double.PositiveInfinity;
            for (int iteration = 0; iteration < 60; iteration++)
            {
                long began = Stopwatch.GetTimestamp();
                Array.Clear(statistic);
                reduction.Evaluate(parameters, statistic, default);
                parameters = model.Maximize(statistic, parameters);
                least = Math.Min(least, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            Console.WriteLine($"{threads} thread{(threads == 1 ? "" : "s")}: {least:F2} ms per iteration");
        }
    }
}
