using Latent.Clustering;
using Latent.Data;
using Latent.Families;
using Latent.Incomplete;
using Latent.Markov;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Tests.Mixtures;

/// <summary>How a random fit ended.</summary>
/// <param name="Kind">The model.</param>
/// <param name="Refusal">The named error, where the data or the options were refused.</param>
/// <param name="Fault">What must not happen: a decrease, a number that is none, an error without a name.</param>
/// <param name="Settings">Enough to find it again, beside its index.</param>
internal sealed record RandomFitOutcome(string Kind, string? Refusal, string? Fault, string Settings);

/// <summary>
/// One fit of a random model to random data with random options, from its index alone: overlapping groups, ill-conditioned, repeated, constant, heavy-tailed, far from the origin, in extreme
/// units, with weights, of very few rows.
/// </summary>
internal static class RandomFit
{
    private const int MostIterations = 150;
    private const double Rounding = 1e-8;

    private static readonly Accelerator[] _accelerators =
        [Accelerator.Default, Accelerator.Default, Accelerator.None, new Squarem { ObjectiveTolerance = 0 }, new Daarem(), new QuasiNewton(), new ParabolicEm()];

    /// <summary>Makes the fit.</summary>
    public static RandomFitOutcome Run(ulong index)
    {
        RandomGenerator random = new(2026, index);
        string kind = "";
        string settings = "";
        Accelerator accelerator = _accelerators[random.NextInt64(_accelerators.Length)];
        try
        {
            EmResult? result = Fit(random, accelerator, ref kind, ref settings);
            return new RandomFitOutcome(kind, null, result is null ? null : Fault(result, accelerator), $"{settings}, {accelerator.GetType().Name}");
        }
        catch (Exception failure) when (failure is ArgumentException and not ArgumentNullException or NumericalException or DegenerateStartException)
        {
            return new RandomFitOutcome(kind, failure.Message, failure.Message.StartsWith("Expected", StringComparison.Ordinal) || failure is ArgumentOutOfRangeException ? null : $"unnamed: {failure.Message}", settings);
        }
        catch (Exception failure)
        {
            return new RandomFitOutcome(kind, null, $"{failure.GetType().Name}: {failure.Message}", $"{settings}, {accelerator.GetType().Name}");
        }
    }

    private static EmResult? Fit(RandomGenerator random, Accelerator accelerator, ref string kind, ref string settings)
    {
        int die = (int)random.NextInt64(20);
        int components = 1 + (int)random.NextInt64(8);
        switch (die)
        {
            case < 11:
                GaussianMixtureOptions options = GaussianOptions(random, accelerator);
                (RowSource rows, string data) = Values(random, missing: false);
                (kind, settings) = ($"gmm {options.Covariance}", $"k {components}, {data}, {options.Prior}, floor {options.CovarianceFloor}, ratio {options.EigenvalueRatio}, weight prior {options.WeightPrior}, {options.Degeneracy}, annihilate {options.Annihilate}");
                return Checked(GaussianMixture.Fit(rows, components, options));
            case < 12:
                (rows, data) = Values(random, missing: false);
                (kind, settings) = ("kmeans", $"k {components}, {data}");
                KMeansFit clusters = KMeans.Fit(rows, components, new KMeansOptions { Seed = random.NextUInt64(), Threads = 1, Starts = 2, MaxIterations = MostIterations });
                return double.IsFinite(clusters.Inertia) && clusters.Trace.Zip(clusters.Trace.Skip(1)).All(pair => pair.Second <= pair.First * (1 + 1e-12)) ? null
                    : throw new InvalidOperationException($"inertia {clusters.Inertia}, {string.Join(" ", clusters.Trace)}");
            case < 13:
                (rows, data) = Values(random, missing: true);
                (kind, settings) = ("mvn", data);
                return MultivariateNormal.Fit(rows, Common(random, accelerator, new MultivariateNormalOptions())).Result;
            case < 14:
                (rows, data) = Values(random, missing: false);
                (kind, settings) = ("hmm gaussian", $"k {components}, {data}");
                return HiddenMarkovModel.FitGaussian(SequenceSource.From(rows), Math.Min(components, 4), Common(random, accelerator, new GaussianHiddenMarkovOptions()) with { Starts = 2 }).Result;
            default:
                return Family(random, accelerator, components, ref kind, ref settings);
        }
    }

    private static EmResult? Family(RandomGenerator random, Accelerator accelerator, int components, ref string kind, ref string settings)
    {
        int columns = 1 + (int)random.NextInt64(3);
        string which = "";
        EmResult Of<TComponent>(ParametricFamily<TComponent> family, Func<double> draw)
            where TComponent : Distribution
        {
            int rows = Size(random);
            double[] values = new double[rows * columns];
            bool constant = random.NextInt64(10) == 0;
            double first = draw();
            for (int cell = 0; cell < values.Length; cell++)
            {
                values[cell] = constant ? first : draw();
            }
            which = $"{family.GetType().Name} of {columns}, {rows} rows{(constant ? ", constant" : "")}";
            RowSource source = Weighted(RowSource.From(values, columns), random, out string weights);
            which += weights;
            MixtureOptions<Product> options = Mixed(random, Common(random, accelerator, new MixtureOptions<Product>()));
            which += $", weight prior {options.WeightPrior}, {options.Degeneracy}";
            return Checked(Mixture.Fit(ProductFamily.Of(family, columns), source, components, options));
        }
        double scale = Math.Pow(10, 8 * random.NextDouble() - 4);
        double Positive() => scale * -Math.Log(1 - random.NextDouble()) * (random.NextInt64(3) == 0 ? 30 : 1);
        double Count() => Math.Floor(Math.Min(1e6, Positive()));
        (string Name, Func<EmResult> Make) fit = random.NextInt64(9) switch
        {
            0 => ("poisson", () => Of(new PoissonFamily(), Count)),
            1 => ("bernoulli", () => Of(new BernoulliFamily(), () => random.NextInt64(3) == 0 ? 1 : 0)),
            2 => ("categorical", () => Of(new CategoricalFamily(4), () => random.NextInt64(4))),
            3 => ("binomial", () => Of(new BinomialFamily(7), () => random.NextInt64(8))),
            4 => ("geometric", () => Of(new GeometricFamily(), Count)),
            5 => ("exponential", () => Of(new ExponentialFamily(), Positive)),
            6 => ("gamma", () => Of(new GammaFamily(), Positive)),
            7 => ("weibull", () => Of(new WeibullFamily(), Positive)),
            _ => ("lognormal", () => Of(new LogNormalFamily(), Positive)),
        };
        (kind, settings) = (fit.Name, $"k {components}, scale {scale:G3}");
        try
        {
            return fit.Make();
        }
        finally
        {
            settings += $", {which}";
        }
    }

    private static GaussianMixtureOptions GaussianOptions(RandomGenerator random, Accelerator accelerator)
    {
        CovarianceStructure[] structures = Enum.GetValues<CovarianceStructure>();
        CovarianceStructure structure = structures[random.NextInt64(structures.Length)];
        bool bounded = structure is CovarianceStructure.Full or CovarianceStructure.Diagonal or CovarianceStructure.Spherical && random.NextInt64(4) == 0;
        return Mixed(random, Common(random, accelerator, new GaussianMixtureOptions())) with
        {
            Covariance = structure,
            CovarianceFloor = random.NextInt64(8) switch { 0 => 0, 1 => 1e-3, _ => 1e-8 },
            EigenvalueRatio = bounded ? Math.Exp(6 * random.NextDouble()) : double.PositiveInfinity,
            Prior = random.NextInt64(6) switch { 0 => CovariancePrior.Map(), 1 => CovariancePrior.Penalised(), _ => CovariancePrior.None },
            Annihilate = random.NextInt64(25) == 0,
        };
    }

    private static TOptions Common<TOptions>(RandomGenerator random, Accelerator accelerator, TOptions options)
        where TOptions : EmOptions => options with
        {
            Acceleration = accelerator,
            MaxIterations = MostIterations,
            Threads = 1,
            Seed = random.NextUInt64(),
        };

    private static GaussianMixtureOptions Mixed(RandomGenerator random, GaussianMixtureOptions options) => options with
    {
        Starts = 1 + (int)random.NextInt64(3),
        Initializers = random.NextInt64(3) == 0 ? [MixtureInitializer.Named(MixtureInitializer.Names[(int)random.NextInt64(MixtureInitializer.Names.Count)])] : null,
        WeightPrior = random.NextInt64(4) == 0 ? 1 + 5 * random.NextDouble() : 1,
        Degeneracy = (DegeneracyPolicy)(random.NextInt64(3) == 0 ? random.NextInt64(4) : 0),
    };

    private static MixtureOptions<TComponent> Mixed<TComponent>(RandomGenerator random, MixtureOptions<TComponent> options) => options with
    {
        Starts = 1 + (int)random.NextInt64(3),
        WeightPrior = random.NextInt64(4) == 0 ? 1 + 5 * random.NextDouble() : 1,
        Degeneracy = (DegeneracyPolicy)(random.NextInt64(3) == 0 ? random.NextInt64(4) : 0),
    };

    private static int Size(RandomGenerator random) => random.NextInt64(4) switch
    {
        0 => 1 + (int)random.NextInt64(12),
        1 => 12 + (int)random.NextInt64(40),
        _ => 50 + (int)random.NextInt64(110),
    };

    private static (RowSource Rows, string Name) Values(RandomGenerator random, bool missing)
    {
        int rows = Size(random);
        int columns = 1 + (int)random.NextInt64(4);
        double[] values = new double[rows * columns];
        int groups = 1 + (int)random.NextInt64(4);
        double spread = 4 * random.NextDouble();
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                values[row * columns + column] = random.NextGaussian() + spread * (row % groups) * (column % 2 == 0 ? 1 : -1);
            }
        }
        string name = random.NextInt64(10) switch
        {
            0 => Change("repeated rows", (value, row, column) => values[row % 5 * columns + column]),
            1 => Change("a constant column", (value, row, column) => column == 0 ? 7 : value),
            2 => Change("columns on a line", (value, row, column) => values[row * columns] * (column + 1) + 1e-9 * value),
            3 => Change("heavy tails", (value, _, _) => Math.CopySign(Math.Exp(Math.Min(60, 3 * Math.Abs(value))), value)),
            4 => Change("far from the origin", (value, _, column) => value + 1e8 * (column + 1)),
            5 => Change("extreme units", (value, _, column) => value * (column % 2 == 0 ? 1e150 : 1e-150)),
            6 => Change("rounded", (value, _, _) => Math.Round(value)),
            7 => Change("ill-conditioned", (value, _, column) => value * Math.Pow(10, 3 * column)),
            _ => "groups",
        };
        if (missing)
        {
            for (int cell = 0; cell < values.Length; cell++)
            {
                values[cell] = random.NextInt64(5) == 0 ? double.NaN : values[cell];
            }
        }
        RowSource source = Weighted(RowSource.From(values, columns), random, out string weights);
        return (source, $"{rows} × {columns} {name}{weights}");

        string Change(string what, Func<double, int, int, double> map)
        {
            for (int row = rows - 1; row >= 0; row--)
            {
                for (int column = columns - 1; column >= 0; column--)
                {
                    values[row * columns + column] = map(values[row * columns + column], row, column);
                }
            }
            return what;
        }
    }

    private static RowSource Weighted(RowSource rows, RandomGenerator random, out string name)
    {
        (name, double[]? weights) = random.NextInt64(6) switch
        {
            0 => (", weights with zeros", Enumerable.Range(0, (int)rows.Rows).Select(_ => random.NextInt64(3) == 0 ? 0 : random.NextDouble()).ToArray()),
            1 => (", weights of all sizes", Enumerable.Range(0, (int)rows.Rows).Select(_ => Math.Exp(4 * random.NextGaussian())).ToArray()),
            _ => ("", null),
        };
        return weights is null ? rows : rows.WithWeights(weights);
    }

    private static EmResult Checked(IMixtureFit fit) => Math.Abs(fit.Weights.Sum() - 1) < 1e-9 && fit.Weights.All(weight => weight >= 0) && double.IsFinite(fit.Entropy) && double.IsFinite(fit.Bic)
        ? fit.Result
        : throw new InvalidOperationException($"weights {string.Join(" ", fit.Weights)}, entropy {fit.Entropy}, BIC {fit.Bic}");

    /// <summary>
    /// A decrease beyond the engine's bound on rounding, or a number that is none. Where a component goes or begins anew the objective begins anew, and SQUAREM keeps it from cycle to cycle
    /// only.
    /// </summary>
    private static string? Fault(EmResult result, Accelerator accelerator)
    {
        bool monotone = accelerator is not Squarem && !result.Degeneracies.Any(found => found.Component < 0);
        for (int iteration = 1; iteration < result.Trace.Count; iteration++)
        {
            (double before, double after) = (result.Trace[iteration - 1], result.Trace[iteration]);
            if (!double.IsFinite(after))
            {
                return $"objective {after} at {iteration}";
            }
            if (monotone && after < before - Rounding * Math.Max(1, Math.Abs(before)))
            {
                return $"objective falls from {before:R} to {after:R} at {iteration}";
            }
        }
        return double.IsFinite(result.LogLikelihood) && double.IsFinite(result.Objective) ? null : $"log-likelihood {result.LogLikelihood}, objective {result.Objective}";
    }
}
