using Latent.Data;
using Latent.Engine;

namespace Latent.Clustering;

/// <summary>The starts of one fit, one after the other, each with all threads.</summary>
internal sealed class KMeansSearch
{
    private const double SameInertia = 1e-6;

    private readonly IDataSource<RowChunk> _rows;
    private readonly int _columns;
    private readonly int _clusters;
    private readonly KMeansOptions _options;
    private readonly CancellationToken _cancellation;
    private readonly Clock _clock;
    private readonly List<StartReport> _reports = [];
    private EmRun<KMeansCenters, RowChunk>? _best;
    private StopReason _bestReason;
    private int _evaluations;

    public KMeansSearch(IDataSource<RowChunk> rows, int columns, int clusters, KMeansOptions options, CancellationToken cancellation)
    {
        _rows = rows;
        _columns = columns;
        _clusters = clusters;
        _options = options;
        _cancellation = cancellation;
        _clock = new Clock(options.TimeLimit);
    }

    public KMeansFit Run()
    {
        int threads = _options.ThreadCount;
        RowScan scan = RowScan.Of(_rows, _columns, _clusters, threads, _cancellation);
        KMeansModel model = new(_columns, _clusters, scan.Frame, new FarthestRow(_rows, threads, _cancellation));
        Reduction<KMeansCenters, RowChunk> reduction = new(model, _rows, threads, _options.Communicator);
        StoppingRule rule = StoppingRule.RelativeChange(_options.Tolerance);
        int starts = _options.StartCenters is null ? _options.Starts : 1;
        StopReason? cut = null;
        for (int start = 0; start < starts && cut is null; start++)
        {
            if (start > 0 && _clock.IsUp)
            {
                cut = StopReason.TimeLimit;
                break;
            }
            StopReason? reason = RunStart(start, model, reduction, scan, rule);
            cut = reason is StopReason.Cancelled or StopReason.TimeLimit ? reason : null;
        }
        return _best is null ? throw new OperationCanceledException(_cancellation) : Result(_best, cut ?? _bestReason, scan);
    }

    private StopReason RunStart(int start, KMeansModel model, Reduction<KMeansCenters, RowChunk> reduction, RowScan scan, StoppingRule rule)
    {
        ulong seed = unchecked(_options.Seed + (ulong)start);
        EmRun<KMeansCenters, RowChunk>? run = null;
        StopReason reason;
        try
        {
            KMeansCenters centers = _options.StartCenters ?? KMeans.Choose(_rows, scan, _columns, _clusters, _options, seed, _cancellation);
            run = new EmRun<KMeansCenters, RowChunk>(model, reduction, centers, seed, start);
            reason = run.Advance(_options.MaxIterations, rule, _clock, _options.Progress, _cancellation);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            reason = StopReason.Cancelled;
        }
        catch (DegenerateStartException few)
        {
            throw new ArgumentException(few.Message, nameof(_clusters).TrimStart('_'), few);
        }
        if (run is null || double.IsNaN(run.Objective))
        {
            return reason;
        }
        _evaluations += run.Evaluations;
        _reports.Add(new StartReport(seed, run.Objective, run.Iterations, reason));
        if (_best is null || run.Objective > _best.Objective)
        {
            (_best, _bestReason) = (run, reason);
        }
        return reason;
    }

    private KMeansFit Result(EmRun<KMeansCenters, RowChunk> best, StopReason reason, RowScan scan)
    {
        ReadOnlySpan<double> weights = new ClusterStatistic(best.Statistic, _clusters, _columns).Weights;
        int[] order = [.. Enumerable.Range(0, _clusters)];
        if (_options.StartCenters is null)
        {
            double[] sizes = weights.ToArray();
            order = [.. order.OrderByDescending(cluster => sizes[cluster])];
        }
        int near = _reports.Count(report => report.Objective >= best.Objective - SameInertia * Math.Abs(best.Objective));
        return new KMeansFit(best.Parameters.Reorder(order, weights), scan.Frame, _options.ThreadCount)
        {
            Inertia = -best.Objective,
            Iterations = best.Iterations,
            Evaluations = _evaluations,
            StopReason = reason,
            Trace = [.. best.Trace.Select(objective => -objective)],
            Starts = _reports,
            Agreement = (double)near / _reports.Count,
            Degeneracies = [.. best.Degeneracies.Select(found => found with { Component = Array.IndexOf(order, found.Component) })],
            Elapsed = _clock.Elapsed,
        };
    }
}
