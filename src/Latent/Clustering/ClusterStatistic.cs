namespace Latent.Clustering;

/// <summary>Names for the flat statistic of k-means: k weights, then k × d sums about the current centers, then the inertia.</summary>
internal readonly ref struct ClusterStatistic
{
    private readonly ReadOnlySpan<double> _statistic;
    private readonly int _clusters;
    private readonly int _columns;

    public ClusterStatistic(ReadOnlySpan<double> statistic, int clusters, int columns)
    {
        _statistic = statistic;
        _clusters = clusters;
        _columns = columns;
    }

    /// <summary>Σ w of each cluster.</summary>
    public ReadOnlySpan<double> Weights => _statistic[.._clusters];

    /// <summary>Σ w·‖x − c‖² over all rows.</summary>
    public double Inertia => _statistic[^1];

    /// <summary>Σ w·(x − c) of one cluster.</summary>
    public ReadOnlySpan<double> Sum(int cluster) => _statistic.Slice(_clusters + cluster * _columns, _columns);

    public static int Length(int clusters, int columns) => checked(clusters * (columns + 1) + 1);
}
