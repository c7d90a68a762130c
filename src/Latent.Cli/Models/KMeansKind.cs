using System.CommandLine;
using Latent.Cli.Commands;
using Latent.Clustering;
using Latent.IO;

namespace Latent.Cli.Models;

/// <summary>k-means on the command line.</summary>
internal sealed class KMeansKind : ModelKind
{
    private readonly Option<int?> _clusters = Parse.Integer("--components", ["-k"], "The number of clusters.", 1);
    private readonly Option<string?> _init = Parse.Word("--init", "How starts choose their centers. Default plusplus: greedy k-means++.", "plusplus", "random");

    public override string Name => KMeansFile.ModelName;

    public override string Title => "k-means";

    public override string Summary => "Clusters of equal, round spread, each row in one of them; fast, and a start for mixtures.";

    public override ModelTraits Traits => new(Missing: false, Weights: true, Sequences: false, "stable");

    public override IReadOnlyList<Option> Options => [_clusters, _init];

    public override ModelFit Fit(FitJob job)
    {
        if (job.Settings.Acceleration is { } acceleration && acceleration != Accelerator.None)
        {
            throw new UsageException("Expected --accelerate none for kmeans, whose steps are not smooth, found another. Leave the option out.");
        }
        KMeansCenters? start = Start(job);
        int clusters = Starts.Components(job.Arguments.GetValue(_clusters), start?.Count, "clusters");
        KMeansOptions defaults = KMeansOptions.Default;
        KMeansOptions options = defaults with
        {
            Seed = job.Settings.Seed,
            Starts = job.Settings.Starts ?? defaults.Starts,
            Initializer = job.Arguments.GetValue(_init) == "random" ? KMeansInitializer.RandomRows : KMeansInitializer.PlusPlus,
            StartCenters = start,
            MaxIterations = job.Settings.MaxIterations ?? defaults.MaxIterations,
            Tolerance = job.Settings.Tolerance ?? defaults.Tolerance,
            Algorithm = job.Settings.Algorithm,
            TimeLimit = job.Settings.TimeLimit,
            Threads = job.Settings.Threads,
            Progress = job.Progress,
            Checkpoint = job.Settings.Checkpoint,
        };
        KMeansFit fit = KMeans.Fit(job.Table.Rows, clusters, options, job.Cancellation);
        FitFigures figures = new()
        {
            Rows = job.Table.Rows.Rows,
            Objective = -fit.Inertia,
            Iterations = fit.Iterations,
            Evaluations = fit.Evaluations,
            StopReason = fit.StopReason,
            Converged = fit.Converged,
            RemainingGain = double.NaN,
            Starts = fit.Starts,
            Agreement = fit.Agreement,
            Trace = [.. fit.Trace.Select(inertia => -inertia)],
            Degeneracies = fit.Degeneracies,
        };
        FittedKMeans model = new(this, fit.Centers, job.Table.Rows.Schema.Names, fit.Inertia);
        return new ModelFit(model, figures, FitWarnings.Of(figures, model, given: start is not null, job.Settings));
    }

    public override FittedModel Load(ModelFile file)
    {
        (KMeansCenters centers, double inertia) = file.ToKMeans();
        return new FittedKMeans(this, centers, file.Columns, inertia);
    }

    private KMeansCenters? Start(FitJob job)
    {
        if (job.Settings.Start is not { } path)
        {
            return null;
        }
        if (Starts.IsModel(path))
        {
            FittedModel model = Starts.Model(path, Name, job.Table.Rows.Schema.Names);
            return ((FittedKMeans)model).Centers;
        }
        double[][] means = Starts.Means(path, job.Table.Rows.Schema.Names);
        return new KMeansCenters(means.SelectMany(mean => mean).ToArray(), job.Table.Rows.Columns);
    }
}
