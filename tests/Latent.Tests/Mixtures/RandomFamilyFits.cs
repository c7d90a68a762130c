using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;

namespace Latent.Tests.Mixtures;

/// <summary>
/// Random fits over all families: random data (a mixture drawn from the family itself, cells turned extreme, equal, constant or missing here and there, weights at random), a random number of
/// components and plain or accelerated EM. Every fit ends in finite numbers and a trace that never falls, or in an error with a name.
/// </summary>
public static class RandomFamilyFits
{
    /// <summary>What became of a fit.</summary>
    /// <param name="Family">The family.</param>
    /// <param name="Refused">The named error, or null.</param>
    /// <param name="Fault">What must not be, or null.</param>
    public sealed record Outcome(string Family, string? Refused, string? Fault);

    /// <summary>Runs one fit.</summary>
    /// <param name="family">One of the catalog's names.</param>
    /// <param name="seed">Everything random comes from it.</param>
    public static Outcome Run(string family, ulong seed)
    {
        RandomGenerator random = new(seed);
        try
        {
            (RowSource rows, FamilyChoice[] choices) = Data(family, random);
            ColumnRange[] ranges = ColumnRange.Of(rows);
            int first = 0;
            for (int index = 0; index < choices.Length; index++)
            {
                choices[index] = FamilyCatalog.Resolve(choices[index], ranges[first]);
                first += choices[index].Columns;
            }
            MixtureOptions<Product> options = new()
            {
                Starts = 3,
                MaxIterations = 60,
                Seed = seed,
                Threads = 1,
                Acceleration = random.NextDouble() < 0.5 ? Accelerator.None : Accelerator.Default,
            };
            MixtureFit<Product> fit = Mixture.Fit(FamilyCatalog.Create(choices, rows.Schema, ranges), rows, 1 + (int)random.NextInt64(4), options);
            return new Outcome(family, null, Fault(fit, rows));
        }
        catch (Exception named) when (named is ArgumentException or NumericalException && named is not ArgumentNullException)
        {
            return new Outcome(family, named.Message, named.Message.Length < 20 || named.Message.Contains('\n', StringComparison.Ordinal) ? $"no sentence: {named.Message}" : null);
        }
        catch (Exception strange)
        {
            return new Outcome(family, null, $"{strange.GetType().Name}: {strange.Message}");
        }
    }

    private static string? Fault(MixtureFit<Product> fit, RowSource rows)
    {
        IReadOnlyList<double> trace = fit.Result.Trace;
        for (int step = 1; step < trace.Count; step++)
        {
            if (!(trace[step] >= trace[step - 1] - 1e-8 * (1 + Math.Abs(trace[step - 1]))))
            {
                return string.Create(CultureInfo.InvariantCulture, $"the objective fell from {trace[step - 1]:R} to {trace[step]:R}");
            }
        }
        if (!double.IsFinite(fit.LogLikelihood) || fit.Weights.Any(weight => !double.IsFinite(weight)))
        {
            return $"a log-likelihood of {fit.LogLikelihood}";
        }
        if (fit.Responsibilities(rows).Any(double.IsNaN))
        {
            return "a responsibility of NaN";
        }
        (double[] drawn, _) = fit.Sample(20);
        return drawn.Any(double.IsNaN) ? "a drawn row of NaN" : null;
    }

    private static (RowSource Rows, FamilyChoice[] Choices) Data(string name, RandomGenerator random)
    {
        int width = FamilyCatalog.Width(name);
        int columns = width == 0 ? 2 + (int)random.NextInt64(3) : width * (1 + (int)random.NextInt64(2));
        int count = 5 + (int)random.NextInt64(random.NextDouble() < 0.5 ? 30 : 300);
        double[] scales = [.. Enumerable.Range(0, 3).Select(_ => Math.Pow(10, 4 * random.NextDouble() - 2))];
        double[] cells = new double[count * columns];
        double[] whole = [0, 0, 1, 1, 2, 3, 5, 8, 21, 200];
        double trouble = random.NextDouble() < 0.5 ? 0 : 0.1 * random.NextDouble();
        bool ties = random.NextDouble() < 0.3;
        for (int row = 0; row < count; row++)
        {
            double scale = scales[random.NextInt64(3)];
            for (int column = 0; column < columns; column++)
            {
                double size = scale * (0.1 - Math.Log(1 - random.NextDouble()));
                double value = name switch
                {
                    "bernoulli" or "categorical" => random.NextInt64(2),
                    "poisson" or "geometric" or "negative-binomial" or "zero-inflated-poisson" or "binomial" or "multinomial" => random.NextDouble() < 0.1 ? whole[random.NextInt64(whole.Length)] : Math.Floor(Math.Min(1e5, size)),
                    "beta" => Math.Clamp(size / (size + 1), 1e-6, 1 - 1e-6),
                    "von-mises" => 6.3 * random.NextDouble() * Math.Min(1, size),
                    "normal" or "gaussian" or "von-mises-fisher" or "uniform" => size * (random.NextDouble() < 0.5 ? -1 : 1),
                    "truncated-normal" or "truncated-exponential" or "truncated-weibull" => Math.Clamp(size, 0.01, 50),
                    "censored-normal" or "censored-exponential" or "censored-weibull" when column % 2 == 1 => random.NextInt64(name == "censored-normal" ? 3 : 2) * (random.NextDouble() < 0.9 ? 1 : 0) is 2 ? -1 : random.NextInt64(2),
                    _ => size,
                };
                value = ties && column % 2 == 0 && value > 1 ? Math.Round(value) : value;
                if (random.NextDouble() < trouble)
                {
                    value = random.NextInt64(6) switch { 0 => double.NaN, 1 => 0, 2 => cells[column], 3 => 1e12, 4 => 1e-12, _ => value };
                }
                cells[row * columns + column] = value;
            }
            if (name == "von-mises-fisher")
            {
                Span<double> own = cells.AsSpan(row * columns, columns);
                double length = Math.Sqrt(own.ToArray().Sum(value => value * value));
                for (int column = 0; column < columns; column++)
                {
                    own[column] /= length;
                }
            }
        }
        RowSource rows = RowSource.From(cells, columns);
        if (name == "categorical")
        {
            rows = LatentClass.Categorize(rows);
        }
        if (random.NextDouble() < 0.3)
        {
            rows = rows.WithWeights(Enumerable.Range(0, count).Select(_ => random.NextDouble() < 0.1 ? 0 : 3 * random.NextDouble()).ToArray());
        }
        double[] arguments = name.StartsWith("truncated", StringComparison.Ordinal) ? [0, 60] : [];
        FamilyChoice choice = new(name, width == 0 ? columns : width, arguments);
        return (rows, [.. Enumerable.Repeat(choice, columns / choice.Columns)]);
    }
}
