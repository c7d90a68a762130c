using System.Globalization;
using System.Text.Json;
using Latent.Data;
using Latent.Mixtures;

namespace Latent.Cases;

/// <summary>Latent classes from default settings: the best known optima, with what poLCA publishes for carcinoma, values and election.</summary>
public class LatentClassCases
{
    private const string Carcinoma = "lca_carcinoma";
    private const string Values = "lca_values_stouffer_toby";
    private const string Election = "lca_election_missing";
    private const string Hiv = "lca_hivtests";
    private const string Myocardial = "lca_myocardial";
    private const string Symptoms = "lca_symptoms_missing";

    public static IEnumerable<string> Ids => [Carcinoma, Values, Election, Hiv, Myocardial, Symptoms];

    /// <summary>Case, the part of its answers, and the tolerance that it allows.</summary>
    [CaseTheory]
    [InlineData(Carcinoma, "fits", 1e-3)]
    [InlineData(Values, "fits", 1e-3)]
    [InlineData(Hiv, "fits", 1e-3)]
    [InlineData(Myocardial, "fits", 1e-3)]
    [InlineData(Symptoms, "fits", 1e-3)]
    [InlineData(Election, "complete_cases", 5e-3)]
    [InlineData(Election, "mar", 5e-3)]
    public void DefaultStartsReachTheOptimum(string id, string part, double tolerance)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        RowSource items = Items(found, complete: part == "complete_cases");
        foreach (JsonProperty expected in found.Expected.GetProperty(part).EnumerateObject())
        {
            LatentClassFit fit = LatentClass.Fit(items, int.Parse(expected.Name, CultureInfo.InvariantCulture));
            // Where the reference stopped short of the optimum, being above it is no error.
            Assert.True(fit.LogLikelihood > expected.Value.Number("loglik") - tolerance, $"{id} with {expected.Name} classes: expected {expected.Value.Number("loglik")}, found {fit.LogLikelihood}.");
            Assert.True(fit.LogLikelihood < expected.Value.Number("loglik") + 5e-3);
            Assert.Equal(expected.Value.GetProperty("n_params").GetInt32(), fit.FreeParameters);
            Assert.True(fit.Result.Converged);
            if (!(id == Values && fit.Classes == 3))
            {
                Close.Within(0.01, [.. expected.Value.GetProperty("class_weights").Vector().OrderDescending()], [.. fit.Weights]);
            }
            if (expected.Value.Find("G2") is { } g)
            {
                Close.Within(2 * tolerance + 1e-6 * g.GetDouble(), g.GetDouble(), fit.GSquared);
            }
            if (expected.Value.Find("item_probs") is { } probabilities && !(id == Values && fit.Classes == 3))
            {
                CheckProbabilities(probabilities.Cube(), expected.Value.GetProperty("class_weights").Vector(), fit);
            }
        }
    }

    /// <summary>Log-likelihoods as poLCA prints them.</summary>
    [CaseTheory]
    [InlineData(Carcinoma, "published_loglik", false, 6e-4)]
    [InlineData(Values, "published_loglik", false, 6e-4)]
    [InlineData(Election, "published_loglik_complete_cases", true, 6e-3)]
    public void PublishedLogLikelihoods(string id, string key, bool complete, double tolerance)
    {
        ReferenceCase found = ReferenceCases.Get(id);
        RowSource items = Items(found, complete);
        foreach (JsonProperty published in found.Expected.GetProperty(key).EnumerateObject())
        {
            Close.Within(tolerance, published.Value.GetDouble(), LatentClass.Fit(items, int.Parse(published.Name, CultureInfo.InvariantCulture)).LogLikelihood);
        }
    }

    private static RowSource Items(ReferenceCase found, bool complete)
    {
        OrderedDictionary<string, double[]> columns = found.Columns();
        columns.Remove("freq", out double[]? weights);
        if (complete)
        {
            int[] kept = [.. Enumerable.Range(0, columns.Values.First().Length).Where(row => columns.Values.All(column => !double.IsNaN(column[row])))];
            foreach (string name in columns.Keys.ToArray())
            {
                columns[name] = [.. kept.Select(row => columns[name][row])];
            }
        }
        RowSource items = ReferenceCase.Table(columns);
        return weights is null ? items : items.WithWeights(weights);
    }

    // The reference lists probabilities by item, class and category.
    private static void CheckProbabilities(double[][][] expected, double[] weights, LatentClassFit fit)
    {
        int[] order = [.. Enumerable.Range(0, weights.Length).OrderByDescending(k => weights[k])];
        for (int k = 0; k < order.Length; k++)
        {
            for (int item = 0; item < expected.Length; item++)
            {
                Close.Within(0.01, expected[item][order[k]], fit.Probabilities[k][item]);
            }
        }
    }
}
