using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Bench.Coverage;

/// <summary>
/// How often 95 % intervals cover the truth: data are simulated, fitted from the truth on (so that labels keep their order) and given
/// intervals, again and again. With 1,000 replicates a true coverage of 95 % shows as 95 ± 0.7 % (one standard deviation).
/// </summary>
internal static class CoverageStudy
{
    private const int Rows = 1000;

    public static void Run(int replicates)
    {
        MixtureModel<Gaussian> gaussian = new(new FullGaussianFamily(2), 2, 2);
        Mixture<Gaussian> clusters = new([.4, .6], [new Gaussian([0, 0], [1, .3, .3, .8]), new Gaussian([3, 2], [.7, -.2, -.2, 1.2])]);
        FittedMixture<Gaussian> source = new(gaussian, clusters, ["x1", "x2"]);
        Study("Gaussian mixture, full covariances, k = 2, d = 2 (scores)", gaussian, clusters, random => RowSource.From(source.Sample(Rows, random.NextUInt64()).Values, 2), replicates);

        TwoMeans rates = new(.4, 1.5, 6);
        Study("Poisson mixture, k = 2 (expected score)", new PoissonMixture(), rates, random => Draw(random, rates, Poisson), replicates);

        TwoMeans lives = new(.5, .5, 5);
        Study("exponential mixture, k = 2 (objective alone)", new ExponentialMixture(), lives, random => Draw(random, lives, Exponential), replicates);
    }

    private static void Study<TParameters>(string name, IEmModel<TParameters, RowChunk> model, TParameters truth, Func<RandomGenerator, RowSource> draw, int replicates)
    {
        INaturalParameters<TParameters> natural = (INaturalParameters<TParameters>)model;
        IReadOnlyList<NaturalParameter> names = natural.NaturalParameters(truth);
        double[] values = new double[names.Count];
        natural.WriteNaturalParameters(truth, values);
        ParameterEstimates[] found = new ParameterEstimates[replicates];
        EmOptions options = new() { Threads = 1 };
        Parallel.For(0, replicates, index =>
        {
            RowSource rows = draw(new RandomGenerator(2026, (ulong)index));
            TParameters estimate = Em.Fit(model, rows, truth, options).Parameters;
            found[index] = StandardErrors.Of(model, rows, estimate, new() { Threads = 1, MissingInformation = false });
        });
        CultureInfo culture = CultureInfo.InvariantCulture;
        Console.WriteLine(string.Create(culture, $"{name}; {Rows} rows, {replicates} replicates"));
        Console.WriteLine($"{"parameter",-24} {"coverage",9} {"mean s.e.",11} {"s.d. of estimates",18}");
        double all = 0;
        for (int i = 0; i < values.Length; i++)
        {
            double coverage = found.Average(one => one.Parameters[i].Lower <= values[i] && values[i] <= one.Parameters[i].Upper ? 1.0 : 0);
            double mean = found.Average(one => one.Parameters[i].Value);
            double deviation = Math.Sqrt(found.Sum(one => Math.Pow(one.Parameters[i].Value - mean, 2)) / (replicates - 1));
            Console.WriteLine(string.Create(culture, $"{names[i].Name,-24} {coverage,9:P1} {found.Average(one => one.Parameters[i].StandardError),11:G4} {deviation,18:G4}"));
            all += coverage / values.Length;
        }
        Console.WriteLine(string.Create(culture, $"{"all",-24} {all,9:P1}; {found.Count(one => one.Undetermined.Count > 0)} replicates with an undetermined direction"));
        Console.WriteLine();
    }

    private static RowSource Draw(RandomGenerator random, TwoMeans truth, Func<RandomGenerator, double, double> one)
    {
        double[] values = new double[Rows];
        for (int row = 0; row < Rows; row++)
        {
            values[row] = one(random, random.NextDouble() < truth.Share ? truth.First : truth.Second);
        }
        return RowSource.From(values, 1);
    }

    private static double Exponential(RandomGenerator random, double mean) => -mean * Math.Log(1 - random.NextDouble());

    /// <summary>Arrivals of a Poisson process within one unit of time.</summary>
    private static double Poisson(RandomGenerator random, double mean)
    {
        int count = -1;
        for (double time = 0; time <= 1; count++)
        {
            time += Exponential(random, 1 / mean);
        }
        return count;
    }
}
