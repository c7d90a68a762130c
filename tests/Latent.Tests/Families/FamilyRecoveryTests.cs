using System.Globalization;
using Latent.Data;
using Latent.Families;
using Latent.Mixtures;
using Latent.Numerics;
using Latent.Testing;

namespace Latent.Tests.Families;

/// <summary>
/// Every family of the catalog, as the command uses it: rows drawn from a mixture of two components give the mixture back from default starts. Twice the gain of the fit over the truth is χ² with as
/// many degrees of freedom as there are parameters and stays below its 10⁻⁶ point (fixed seed); one component falls short of the truth by more than that.
/// </summary>
public sealed class FamilyRecoveryTests
{
    private const int Rows = 1200;

    // What the family is called, and the parameters of either component in each of its columns.
    private static readonly (string Choice, double[] First, double[] Second)[] _truths =
    [
        ("bernoulli", [0.15], [0.8]),
        ("categorical", [0.6, 0.3, 0.1], [0.1, 0.2, 0.7]),
        ("multinomial", [0.6, 0.3, 0.1], [0.1, 0.3, 0.6]),
        ("poisson", [2], [8]),
        ("binomial:10", [0.2], [0.6]),
        ("geometric", [0.2], [0.6]),
        ("negative-binomial", [2, 2], [5, 12]),
        ("zero-inflated-poisson", [0.4, 2], [0.1, 7]),
        ("exponential", [0.3], [2]),
        ("gamma", [2, 2], [6, 1]),
        ("weibull", [1.2, 1], [3, 4]),
        ("lognormal", [0, 0.25], [1.5, 0.4]),
        ("normal", [-1, 1], [2, 0.5]),
        ("gaussian", [0, 0, 1, 0.5, 0.5, 1], [3, 1, 1, -0.3, -0.3, 0.5]),
        ("beta", [2, 6], [6, 3]),
        ("von-mises", [0, 4], [2, 8]),
        ("von-mises-fisher", [4, 0, 0], [0, 0, 8]),
        ("uniform:-1:3", [-1, 3], [-1, 3]),
        ("censored-exponential", [0.3], [2]),
        ("censored-weibull", [1.2, 1], [3, 4]),
        ("censored-normal", [-1, 1], [2, 0.5]),
        ("truncated-exponential:0:5", [0.1], [2]),
        ("truncated-weibull:0.2:5", [1.2, 1], [3, 4]),
        ("truncated-normal:0:5", [1, 1], [4, 0.5]),
    ];

    public static TheoryData<string> Names => [.. FamilyCatalog.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void DrawsGiveTheMixtureBack(string name)
    {
        (string choice, double[] first, double[] second) = _truths.Single(truth => truth.Choice.Split(':')[0] == name);
        double[] arguments = [.. choice.Split(':').Skip(1).Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
        int width = FamilyCatalog.Width(name) is var own and > 0 ? own : name == "gaussian" ? 2 : 3;
        FamilyChoice[] choices = [.. Enumerable.Repeat(new FamilyChoice(name, width, arguments), FamilyCatalog.IsJoint(name) ? 1 : 3)];
        RowSource rows = Drawn(choices, first, second);
        ProductFamily family = FamilyCatalog.Create(choices, rows.Schema, ColumnRange.Of(rows));
        bool identified = name != "uniform";

        MixtureFit<Product> fit = Mixture.Fit(family, rows, identified ? 2 : 1, new MixtureOptions<Product> { Seed = 4 });

        double truth = Truth(family, first, second).Score(rows);
        double bound = identified ? MathNet.Numerics.Distributions.ChiSquared.InvCDF(fit.FreeParameters, 1 - 1e-6) : 0;
        Assert.InRange(2 * (fit.LogLikelihood - truth), -1e-6, bound + 1e-6);
        if (identified)
        {
            double single = Mixture.Fit(family, rows, 1).LogLikelihood;
            Assert.True(2 * (truth - single) > bound, $"Expected one component to fall short of {truth}, found {single}.");
            Close.Equal(0.6, fit.Weights[0], 0.1);
        }
    }

    private static FittedMixture<Product> Truth(ProductFamily family, double[] first, double[] second)
    {
        Product Joined(double[] parameters) => family.Join([.. family.Parts.Select(part => part.Create(parameters))]);
        return new(new MixtureModel<Product>(family, 2, family.Columns), new Mixture<Product>([0.6, 0.4], [Joined(first), Joined(second)]), Schema.Numbered(family.Columns).Names);
    }

    private static RowSource Drawn(FamilyChoice[] choices, double[] first, double[] second)
    {
        string name = choices[0].Name;
        int columns = choices.Sum(choice => choice.Columns);
        // A table with the values that bounds and levels come from.
        RowSource like = RowSource.From([.. Enumerable.Range(0, 3).SelectMany(row => Enumerable.Repeat(row == 2 && name != "categorical" ? 500.0 : row, columns))], columns);
        like = name == "categorical" ? LatentClass.Categorize(like) : like;
        ProductFamily family = FamilyCatalog.Create(choices, like.Schema, ColumnRange.Of(like));
        FittedMixture<Product> truth = Truth(family, first, second);
        (double[] cells, int[] labels) = truth.Sample(Rows, seed: 3);
        RandomGenerator random = new(5);
        double[] more = new double[columns];
        for (int row = 0; row < Rows; row++)
        {
            Span<double> own = cells.AsSpan(row * columns, columns);
            // Six counts a row; times seen up to a limit; readings seen between two.
            for (int draw = 1; draw < 6 && name == "multinomial"; draw++)
            {
                family.Sample(truth.Components[labels[row]], random, more);
                for (int column = 0; column < columns; column++)
                {
                    own[column] += more[column];
                }
            }
            for (int column = 0; column < columns && name.StartsWith("censored", StringComparison.Ordinal); column += 2)
            {
                double limit = name == "censored-normal" ? 2 : 4 * random.NextDouble();
                (own[column], own[column + 1]) = own[column] > limit ? (limit, 1) : own[column] < -1 ? (-1, -1) : (own[column], 0);
            }
        }
        return RowSource.From(cells, columns).WithSchema(like.Schema);
    }
}
