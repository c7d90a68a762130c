using Latent.Data;
using Latent.Factors;
using Latent.Mixtures;
using Latent.Selection;

namespace Latent.Tests.Mixtures.Factors;

/// <summary>Selections among mixtures of factor analysers.</summary>
public class FactorMixtureSelectionTests
{
    /// <summary>What the rows were drawn from is found, and no cell holds less than those it contains: fewer components, fewer factors, uniquenesses that share more.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(0.15)]
    public void TheModelOfTheRowsIsFound(double missing)
    {
        const int d = 7;
        double[] common = [.. Enumerable.Range(0, d).Select(j => 0.2 + 0.3 * j)];
        FactorParameters[] truth = [.. new[] { -1.5, 1.5 }.Select((centre, k) => FactorGaussianFamilyLaws.Made(new Random(50 + k), d, 2, centre, j => common[j]).Parameters)];
        double[] values = FactorMixtureMissingTests.Holed(FactorMixture.Create(UniquenessSharing.Common, [0.5, 0.5], truth).Sample(500, 2).Values, d, missing, 3);
        FactorMixtureTable table = FactorMixtureSelection.Run(RowSource.From(values, d), [3, 1, 2], [1, 2, 3, 5], new FactorMixtureSelectionOptions { Fit = new FactorMixtureOptions { Starts = 4 } });
        Assert.Equal(3 * 3 * 4, table.Count);
        FactorMixtureCell best = table.Best!;
        Assert.Equal((2, 2, UniquenessSharing.Common), (best.Components, best.Factors, best.Uniquenesses));
        Assert.Equal(table.Min(cell => cell.Fit is { Result.Degeneracies.Count: 0 } fit ? fit.Bic : double.PositiveInfinity), best.Fit!.Bic);

        double At(int components, int factors, UniquenessSharing sharing) => table[components, factors, sharing].Fit!.LogLikelihood;
        foreach (UniquenessSharing sharing in Enum.GetValues<UniquenessSharing>())
        {
            for (int factors = 1; factors <= 3; factors++)
            {
                for (int components = 1; components <= 3; components++)
                {
                    double own = At(components, factors, sharing);
                    Assert.True(components == 1 || own >= At(components - 1, factors, sharing) - 1e-4);
                    Assert.True(factors == 1 || own >= At(components, factors - 1, sharing) - 1e-4);
                    Assert.True(sharing == UniquenessSharing.Own || At(components, factors, UniquenessSharing.Own) >= own - 1e-4);
                }
            }
        }

        // Five factors of seven columns are too many, but not with one uniqueness for all.
        Assert.Null(table[1, 5, UniquenessSharing.Own].Fit);
        Assert.Contains("fewer factors", table[1, 5, UniquenessSharing.Own].Message, StringComparison.Ordinal);
        Assert.NotNull(table[1, 5, UniquenessSharing.Isotropic].Fit);
    }

    /// <summary>Requests that no grid can serve are refused by name, and a search that is over time holds what was done.</summary>
    [Fact]
    public void RequestsAreChecked()
    {
        RowSource rows = RowSource.From(FactorMixtureMissingTests.Saturated(60), 3);
        Assert.Contains("different numbers", Assert.Throws<ArgumentException>(() => FactorMixtureSelection.Run(rows, [1, 1], [1])).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => FactorMixtureSelection.Run(rows, [1], []));
        Assert.Throws<ArgumentException>(() => FactorMixtureSelection.Run(rows, [1], [1], new FactorMixtureSelectionOptions { Uniquenesses = [] }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FactorMixtureSelection.Run(rows, [1], [1], new FactorMixtureSelectionOptions { Criterion = SelectionCriterion.CrossValidation }));
        using CancellationTokenSource stopped = new();
        stopped.Cancel();
        FactorMixtureTable none = FactorMixtureSelection.Run(rows, [1], [1], null, stopped.Token);
        Assert.Empty(none);
        Assert.Null(none.Best);
    }
}
