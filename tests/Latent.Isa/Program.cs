using System.Numerics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using CustomModel;
using Latent;
using Latent.Clustering;
using Latent.Data;
using Latent.Isa;
using Latent.Mixtures;

// Prints the bits of small fits, one line each, for a test that runs this program with instruction sets switched off.
// The first line says what the program was allowed to use.
Console.WriteLine($"registers {Vector<double>.Count} {Vector256.IsHardwareAccelerated} {Vector512.IsHardwareAccelerated} {Fma.IsSupported}");

RowSource plain = Rows.Of(5000, 3, 0);
RowSource far = Rows.Of(1000, 2, 1e6);
double[] weights = [.. Enumerable.Range(0, 1000).Select(row => (row * 7 % 11) / 4.0)];

foreach (CovarianceStructure structure in Enum.GetValues<CovarianceStructure>())
{
    Rows.Print($"gmm {structure}", () => Mixture(plain, structure));
    Rows.Print($"gmm {structure} weighted far", () => Mixture(far.WithWeights(weights), structure));
}
Rows.Print("kmeans float64", () => Cluster(plain));
Rows.Print("kmeans weighted far", () => Cluster(far.WithWeights(weights)));
Rows.Print("kmeans float32", () => Cluster(Rows.Singles(5000, 3)));
Rows.Print("custom", () =>
{
    RowSource counts = RowSource.From([.. Enumerable.Range(0, 400).Select(row => (double)(row * row % 13 % 9))]);
    EmResult<PoissonPair> fit = Em.Fit(new PoissonPairModel(), counts, new PoissonPair(0.4, 1, 5), new EmOptions { MaxIterations = 30 });
    return [.. fit.Trace, fit.Parameters.Share, fit.Parameters.First, fit.Parameters.Second];
});

static IEnumerable<double> Mixture(RowSource rows, CovarianceStructure structure)
{
    GaussianMixtureFit fit = GaussianMixture.Fit(rows, 3, new GaussianMixtureOptions { Covariance = structure, Starts = 3, MaxIterations = 40 });
    return [.. fit.Result.Trace, .. fit.Weights, .. fit.Components.SelectMany(component => (double[])[.. component.Mean, .. component.Covariance.Matrix]), .. fit.LogDensity(rows).Take(100)];
}

static IEnumerable<double> Cluster(RowSource rows)
{
    KMeansFit fit = KMeans.Fit(rows, 4, new KMeansOptions { Starts = 3 });
    return [fit.Inertia, .. fit.Trace, .. fit.Centers.Values, .. fit.Predict(rows).Take(200)];
}
