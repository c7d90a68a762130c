using Latent.Data;
using Latent.Engine;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Tests.Engine.Acceleration;

namespace Latent.Bench.Gap;

/// <summary>A slow problem and a start: those on which rules on changes stop far too early.</summary>
internal sealed record GapProblem(string Name, Func<IEmMap> Map, double[] Start)
{
    public static IEnumerable<GapProblem> All()
    {
        yield return new("Hasselblad .3, 1, 2.5", () => new HasselbladMap(strict: true), [.3, 1, 2.5]);
        yield return new("Hasselblad .5, 1, 3", () => new HasselbladMap(strict: true), [.5, 1, 3]);
        yield return new("Hasselblad .9, 1, 6", () => new HasselbladMap(strict: true), [.9, 1, 6]);
        yield return new("factors, .5", () => new FactorMap(strict: true), FactorMap.Start(.5));
        yield return new("factors, 1e-8", () => new FactorMap(strict: true), FactorMap.Start(1e-8));
        yield return Mixture("faithful, K 3", RowSource.From([.. FaithfulData.Rows.SelectMany(row => row)], 2), FaithfulData.Tertiles);
        for (ulong seed = 1; seed <= 5; seed++)
        {
            double[] values = Overlapping(seed, 600);
            yield return Mixture($"overlap 2-D, {seed}", RowSource.From(values, 2), Tertiles(values, 2));
        }
        // Of the first eight seeds those whose optimum is not on the boundary, where logits would run away.
        foreach (ulong seed in (ulong[])[1, 2, 5, 7])
        {
            LatentClassMap map = new(3, 6, 2000, seed);
            yield return new($"latent classes, {seed}", () => map, map.Start(seed));
        }
    }

    /// <summary>The engine's own map of a Gaussian mixture with three full covariances, from a partition.</summary>
    private static GapProblem Mixture(string name, RowSource rows, int[] labels)
    {
        GaussianMixtureFit start = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { StartLabels = labels, MaxIterations = 0 });
        MixtureModel<Gaussian> model = new(new FullGaussianFamily(rows.Columns, CovarianceFloor.RelativeTo(start.Data)), 3, rows.Columns);
        Mixture<Gaussian> mixture = new(start.Weights.AsSpan(), start.Components.AsSpan());
        ModelMap<Mixture<Gaussian>, RowChunk> Map() =>
            ModelMap<Mixture<Gaussian>, RowChunk>.TryCreate(model, new Reduction<Mixture<Gaussian>, RowChunk>(model, rows, 1), mixture)!;
        return new(name, Map, Map().Start());
    }

    private static double[] Overlapping(ulong seed, int rows)
    {
        RandomGenerator random = new(seed, 9);
        (double X, double Y)[] means = [(0, 0), (1.5, 1), (3, -.5)];
        double[] values = new double[2 * rows];
        for (int row = 0; row < rows; row++)
        {
            int component = (int)random.NextInt64(3);
            values[2 * row] = means[component].X + random.NextGaussian();
            values[2 * row + 1] = means[component].Y + (.6 + .3 * component) * random.NextGaussian();
        }
        return values;
    }

    private static int[] Tertiles(double[] values, int columns)
    {
        double[] first = [.. values.Where((_, index) => index % columns == 0)];
        double[] ordered = [.. first.Order()];
        (double low, double high) = (ordered[first.Length / 3], ordered[2 * first.Length / 3]);
        return [.. first.Select(value => value < low ? 0 : value < high ? 1 : 2)];
    }
}
