namespace Latent.Bench.Compare;

/// <summary>One piece of work that every contender does: a file, a start, a number of iterations.</summary>
/// <param name="Name">The name that peers know it by.</param>
/// <param name="Title">What it is, for the table.</param>
/// <param name="Data">The data file, and with _init its start, in the data folder.</param>
/// <param name="Model">gmm or kmeans.</param>
/// <param name="Covariance">full or diag, or null.</param>
/// <param name="Rows">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Components">Components or clusters.</param>
/// <param name="Iterations">Iterations of one fit.</param>
/// <param name="Targets">What is asked of the ratios: peer and least ratio.</param>
internal sealed record Work(
    string Name, string Title, string Data, string Model, string? Covariance, int Rows, int Columns, int Components, int Iterations, params (string Peer, double Ratio)[] Targets)
{
    public static readonly Work[] All =
    [
        new("gmm_full_16", "gmm full 200,000×16, k=16", "gmm_full_16", "gmm", "full", 200_000, 16, 16, 10, ("scikit-learn", 20)),
        new("gmm_full_64", "gmm full 50,000×64, k=8", "gmm_full_64", "gmm", "full", 50_000, 64, 8, 10, ("scikit-learn", 12)),
        new("gmm_diag", "gmm diag 500,000×16, k=32", "gmm_diag", "gmm", "diag", 500_000, 16, 32, 10, ("scikit-learn", 15), ("Armadillo", 8)),
        new("kmeans", "k-means 500,000×32, k=100, float64", "kmeans", "kmeans", null, 500_000, 32, 100, 20, ("scikit-learn", 2)),
        new("kmeans_single", "k-means 500,000×32, k=100, float32", "kmeans", "kmeans", null, 500_000, 32, 100, 20, ("scikit-learn", 2)),
    ];

    /// <summary>Whether the data are float32.</summary>
    public bool IsSingle => Name.EndsWith("_single", StringComparison.Ordinal);

    /// <summary>
    /// The floating-point operations that one iteration cannot do without. Full: d² for the triangular product and d² for the
    /// symmetric scatter per row and component; diagonal: 6d; k-means: 2d per row and centre. Exponentials are not counted.
    /// </summary>
    public double Flops => (double)Rows * Components * (Covariance switch
    {
        "full" => 2.0 * Columns * Columns,
        "diag" => 6.0 * Columns,
        _ => 2.0 * Columns,
    });
}
