using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Latent.Data;
using Latent.Mixtures;

namespace Latent.Cases;

/// <summary>Fits from default settings, beside every cell of mclust 6.0.0's own tables: every structure and number of components that mclust could fit.</summary>
public class DefaultFitTests
{
    /// <summary>What a log-likelihood may be below mclust's.</summary>
    private const double Allowed = 1e-5;

    private static readonly Dictionary<string, CovarianceStructure> _structures = CovarianceStructures.All
        .Select(structure => (structure.Decomposition().Name, structure))
        .Concat([("E", CovarianceStructure.Tied), ("V", CovarianceStructure.Full)])
        .ToDictionary();

    /// <summary>At least what mclust reaches from its hierarchical start.</summary>
    [CaseTheory]
    [InlineData("gmm_faithful_14models")]
    [InlineData("gmm_iris_14models")]
    [InlineData("gmm_diabetes_14models")]
    [InlineData("gmm_wine_14models")]
    [InlineData("gmm_acidity_univariate")]
    public void ReachMclust(string id)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        OrderedDictionary<string, double[]> columns = found.Columns();
        columns.Remove("start_label");
        RowSource rows = ReferenceCase.Table(columns);
        (string Structure, int Components, double Bic)[] cells = [.. Cells(found)];
        Assert.NotEmpty(cells);
        ConcurrentBag<string> below = [];
        Parallel.ForEach(cells, cell =>
        {
            GaussianMixtureFit fit = GaussianMixture.Fit(rows, cell.Components, new GaussianMixtureOptions { Covariance = _structures[cell.Structure], Threads = 1 });
            double least = (cell.Bic + fit.FreeParameters * Math.Log(rows.Rows)) / 2;
            if (!(fit.LogLikelihood >= least - Allowed))
            {
                below.Add(string.Create(CultureInfo.InvariantCulture,
                    $"{cell.Structure},{cell.Components}: {least - fit.LogLikelihood:G4} below {least:F6}, agreement {fit.Result.Agreement:F2} of {fit.Result.Starts.Count}, degenerate {fit.Result.Degeneracies.Count}, suspicious {fit.Result.Suspicions.Count}"));
            }
        });
        Assert.True(below.IsEmpty, $"Expected {cells.Length} log-likelihoods of at least mclust's, found {below.Count} below:\n{string.Join('\n', below.Order())}");
    }

    private static IEnumerable<(string Structure, int Components, double Bic)> Cells(ReferenceCase found) =>
        from row in found.Expected.GetProperty("mclust_default").EnumerateObject().First(entry => entry.Name.StartsWith("BIC_table", StringComparison.Ordinal)).Value.EnumerateObject()
        from cell in row.Value.EnumerateObject()
        where cell.Value.ValueKind == JsonValueKind.Number
        select (row.Name, int.Parse(cell.Name, CultureInfo.InvariantCulture), cell.Value.GetDouble());
}
