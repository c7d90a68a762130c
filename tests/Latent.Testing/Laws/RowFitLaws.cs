using Latent.Data;
using Xunit;
using Xunit.Sdk;

namespace Latent.Testing;

/// <summary>
/// The laws of a model's own entry, with its starts and policies: the call a user makes, such as GaussianMixture.Fit.
/// </summary>
public abstract class RowFitLaws
{
    /// <summary>Values per row.</summary>
    protected abstract int Columns { get; }

    /// <summary>Writes one random row of data that the model suits.</summary>
    protected abstract void DrawRow(Random random, Span<double> row);

    /// <summary>
    /// Fits the model with a fixed seed and returns every number of the result that does not depend on the clock: parameters, objective,
    /// trace, starts.
    /// </summary>
    protected abstract IReadOnlyList<double> Fit(RowSource rows, int threads, ICommunicator? communicator);

    /// <summary>Numbers of a fit that do not depend on the order of the rows' random choices: the best objective. Override it to be held to the laws about weights.</summary>
    protected virtual double BestObjective(RowSource rows) => throw new NotSupportedException("This fit states no objective.");

    /// <summary>The seed from which a law's random numbers start.</summary>
    protected virtual int Seed => 1969;

    /// <summary>The rows of the laws on threads and ranks: several chunks, the last one not full.</summary>
    protected virtual int ManyRows => 9000;

    /// <summary>The same data, options and seed give the same bits again.</summary>
    [Law]
    public void FitTwiceIsTheSame()
    {
        RowSource rows = Draw(300);
        Close.SameBits(Fit(rows, 1, null), Fit(rows, 1, null), "second fit");
    }

    /// <summary>Threads do not change a bit of a whole fit, starts included: 1, 2, 3 and 8 of them.</summary>
    [Law]
    public void ThreadsGiveTheSameBits()
    {
        RowSource rows = Draw(ManyRows);
        IReadOnlyList<double> alone = Fit(rows, 1, null);
        foreach (int threads in (int[])[2, 3, 8])
        {
            Close.SameBits(alone, Fit(rows, threads, null), $"by {threads} threads, result");
        }
    }

    /// <summary>Ranks do not change a bit of a whole fit, starts included: 2, 3 and 5 of them, and all agree.</summary>
    [Law]
    public void RanksGiveTheSameBits()
    {
        RowSource rows = Draw(ManyRows);
        IReadOnlyList<double> alone = Fit(rows, 1, null);
        foreach (int ranks in (int[])[2, 3, 5])
        {
            foreach (IReadOnlyList<double> found in ThreadCommunicator.Run(ranks, communicator => Fit(rows, 1, communicator)))
            {
                Close.SameBits(alone, found, $"by {ranks} ranks, result");
            }
        }
    }

    /// <summary>Whole weights are copies of rows, and rows of weight zero are none: the same best objective.</summary>
    [Law(Needs = nameof(BestObjective))]
    public void WeightsAreCopies()
    {
        Random random = new(Seed + 1);
        double[] values = Values(random, 400);
        int[] weights = [.. Enumerable.Range(0, 400).Select(_ => random.Next(4))];
        double[] copies = [.. Enumerable.Range(0, 400).SelectMany(row => Enumerable.Repeat(row, weights[row])).SelectMany(row => values[(row * Columns)..((row + 1) * Columns)])];

        double expected = BestObjective(RowSource.From(copies, Columns));
        double found = BestObjective(RowSource.From(values, Columns).WithWeights(weights.Select(weight => (double)weight).ToArray()));

        Close.Equal(expected, found, 1e-5 * (1 + Math.Abs(expected) / 1000), "objective of weighted rows");
    }

    /// <summary>The order of the rows does not change the best objective.</summary>
    [Law(Needs = nameof(BestObjective))]
    public void OrderDoesNotMatter()
    {
        Random random = new(Seed + 2);
        double[] values = Values(random, 400);
        int[] order = [.. Enumerable.Range(0, 400)];
        random.Shuffle(order);
        double[] shuffled = [.. order.SelectMany(row => values[(row * Columns)..((row + 1) * Columns)])];

        double expected = BestObjective(RowSource.From(values, Columns));

        Close.Equal(expected, BestObjective(RowSource.From(shuffled, Columns)), 1e-5 * (1 + Math.Abs(expected) / 1000), "objective of shuffled rows");
    }

    /// <summary>
    /// Data of too few rows, constant, equal, missing, extreme or none end in finite numbers or in an error with a name and words:
    /// never in NaN, never in another exception.
    /// </summary>
    [Law]
    public void DegenerateDataEndInNumbersOrANamedError()
    {
        List<string> failures = [];
        int refused = 0;
        foreach ((string name, Func<RowSource> rows) in DegenerateRows())
        {
            try
            {
                IReadOnlyList<double> numbers = Fit(rows(), 1, null);
                if (numbers.Any(number => !double.IsFinite(number)))
                {
                    failures.Add($"{name}: found {string.Join(", ", numbers.Take(30))}");
                }
            }
            catch (Exception exception) when (exception is ArgumentException or NumericalException or InvalidDataException or FormatException)
            {
                refused++;
                if (exception.Message.Length < 20 || exception.Message.Contains('\n', StringComparison.Ordinal))
                {
                    failures.Add($"{name}: expected one line of words, found: {exception.Message}");
                }
            }
            catch (Exception exception)
            {
                failures.Add($"{name}: {exception.GetType().Name}: {exception.Message}");
            }
        }
        Assert.True(refused > 0, "Expected some of the degenerate data to be refused, such as no rows at all.");
        if (failures.Count > 0)
        {
            throw new XunitException($"Expected finite numbers or a named error, found:{Environment.NewLine}{string.Join(Environment.NewLine, failures)}");
        }
    }

    /// <summary>Random rows of weight one.</summary>
    protected RowSource Draw(int rows) => RowSource.From(Values(new Random(Seed), rows), Columns);

    private double[] Values(Random random, int rows)
    {
        double[] values = new double[rows * Columns];
        for (int row = 0; row < rows; row++)
        {
            DrawRow(random, values.AsSpan(row * Columns, Columns));
        }
        return values;
    }

    private IEnumerable<(string Name, Func<RowSource> Rows)> DegenerateRows()
    {
        double[] ordinary = Values(new Random(Seed + 60), 30);
        (string, Func<RowSource>) Case(string name, Func<int, int, double, double> edit, Func<int, double>? weight = null) => (name, () =>
        {
            RowSource rows = RowSource.From([.. ordinary.Select((value, index) => edit(index / Columns, index % Columns, value))], Columns);
            return weight is null ? rows : rows.WithWeights(Enumerable.Range(0, 30).Select(weight).ToArray());
        }
        );
        yield return ("no rows", () => RowSource.From((double[])[], Columns));
        yield return ("one row", () => RowSource.From(ordinary[..Columns], Columns));
        yield return ("two rows", () => RowSource.From(ordinary[..(2 * Columns)], Columns));
        yield return ("three rows", () => RowSource.From(ordinary[..(3 * Columns)], Columns));
        yield return Case("one row, many times", (_, column, _) => ordinary[column]);
        yield return Case("two rows, many times", (row, column, _) => ordinary[row % 2 * Columns + column]);
        yield return Case("three rows, many times", (row, column, _) => ordinary[row % 3 * Columns + column]);
        yield return Case("every row twice", (row, column, _) => ordinary[row / 2 * Columns + column]);
        yield return Case("a constant column", (_, column, value) => column == 0 ? 7 : value);
        yield return Case("a constant column of 1e10", (_, column, value) => column == 0 ? 1e10 : value);
        yield return Case("equal columns", (row, _, _) => ordinary[row * Columns]);
        yield return Case("all zero", (_, _, _) => 0);
        yield return Case("a missing cell", (row, column, value) => row == 7 && column == 0 ? double.NaN : value);
        yield return Case("all missing", (_, _, _) => double.NaN);
        yield return Case("an infinite cell", (row, column, value) => row == 7 && column == 0 ? double.NegativeInfinity : value);
        yield return Case("one outlier of 1e6", (row, _, value) => row == 7 ? 1e6 : value);
        yield return Case("one cell of 1e300", (row, column, value) => row == 7 && column == 0 ? 1e300 : value);
        yield return Case("cells of ±1e300", (row, _, _) => row % 2 == 0 ? 1e300 : -1e300);
        yield return Case("all times 1e150", (_, _, value) => 1e150 * value);
        yield return Case("all times 1e-150", (_, _, value) => 1e-150 * value);
        yield return Case("all times 1e-300", (_, _, value) => 1e-300 * value);
        yield return Case("all at 1e15", (_, _, value) => 1e15 + value);
        yield return Case("columns of very different sizes", (_, column, value) => value * (column == 0 ? 1e-8 : 1e8));
        yield return Case("all weights zero", (_, _, value) => value, _ => 0);
        yield return Case("all but one weight zero", (_, _, value) => value, row => row == 3 ? 1 : 0);
        yield return Case("one weight of 1e300", (_, _, value) => value, row => row == 3 ? 1e300 : 1);
        yield return Case("weights of 1e-300", (_, _, value) => value, _ => 1e-300);
        yield return Case("a negative weight", (_, _, value) => value, row => row == 3 ? -1 : 1);
        yield return Case("a weight of NaN", (_, _, value) => value, row => row == 3 ? double.NaN : 1);
    }
}
