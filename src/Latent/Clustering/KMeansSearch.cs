using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Engine.Stepwise;

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
    private Checkpointer? _checkpoints;
    private int _start;
    private int _passes;
    private Func<EpochState<KMeansCenters>>? _epochs;
    private EpochState<KMeansCenters>? _savedEpochs;
    private EmRun<KMeansCenters, RowChunk>? _run;
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
        using Checkpointer? checkpoints = _checkpoints = Checkpointer.Open(
            _options.Checkpoint,
            () => Fingerprint.Of(model, _options).With("clusters", _clusters).With("columns", _columns),
            _rows,
            (threads, _options.Communicator),
            _clock,
            _cancellation);
        Restore(checkpoints?.Restored<KMeansSearchState>(), model, reduction, rule);
        checkpoints?.Watch(() => new KMeansSearchState(_start, _epochs is null ? _run?.State : null, _epochs?.Invoke(), _passes, _best?.State, _bestReason, [.. _reports], _evaluations));
        StopReason? cut = null;
        while (_start < starts && cut is null)
        {
            StopReason reason = _start > 0 && reduction.AnyRank(_clock.IsUp) ? StopReason.TimeLimit : RunStart(model, reduction, scan, rule);
            if (reason is StopReason.Cancelled or StopReason.TimeLimit)
            {
                cut = reason;
            }
            else
            {
                Close(reason);
            }
        }
        checkpoints?.Save(cut ?? _bestReason);
        if (cut is { } early)
        {
            Close(early);
        }
        return _best is null ? throw new OperationCanceledException(_cancellation) : Result(_best, cut ?? _bestReason, scan);
    }

    private void Restore(KMeansSearchState? state, KMeansModel model, Reduction<KMeansCenters, RowChunk> reduction, StoppingRule rule)
    {
        if (state is null)
        {
            return;
        }
        EmRun<KMeansCenters, RowChunk>? Run(EmRunState<KMeansCenters>? run) =>
            run is null ? null : new(model, reduction, run, SeedOf(state.Start), state.Start, rule);
        (_start, _run, _passes, _best, _bestReason, _evaluations) = (state.Start, Run(state.Run), state.Passes, Run(state.Best), state.BestReason, state.Evaluations);
        _savedEpochs = state.Epochs;
        _reports.AddRange(state.Reports);
    }

    private ulong SeedOf(int start) => unchecked(_options.Seed + (ulong)start);

    private StopReason RunStart(KMeansModel model, Reduction<KMeansCenters, RowChunk> reduction, RowScan scan, StoppingRule rule)
    {
        try
        {
            ulong seed = SeedOf(_start);
            _run ??= new EmRun<KMeansCenters, RowChunk>(model, reduction, Begin(seed, scan), seed, _start);
            return _run.Advance(_options.MaxIterations, rule, _clock, _options.Progress, _cancellation, _checkpoints);
        }
        catch (OperationCanceledException) when (_cancellation.IsCancellationRequested)
        {
            return StopReason.Cancelled;
        }
        catch (DegenerateStartException few)
        {
            throw new ArgumentException(few.Message, nameof(_clusters).TrimStart('_'), few);
        }
    }

    /// <summary>Enters the run of this start, if it has come to anything, and turns to the next.</summary>
    private void Close(StopReason reason)
    {
        if (_run is { } run && !double.IsNaN(run.Objective))
        {
            _evaluations += run.Evaluations + _passes;
            _reports.Add(new StartReport(SeedOf(_start), run.Objective, run.Iterations, reason));
            if (_best is null || run.Objective > _best.Objective)
            {
                (_best, _bestReason) = (run, reason);
            }
        }
        (_run, _passes, _start) = (null, 0, _start + 1);
    }

    /// <summary>The centers that a start begins with, after its epochs where there are such.</summary>
    private KMeansCenters Begin(ulong seed, RowScan scan)
    {
        KMeansCenters centers = _savedEpochs?.Reached ?? _options.StartCenters ?? KMeans.Choose(_rows, scan, _columns, _clusters, _options, seed, _cancellation);
        EmOptions options = new()
        {
            Algorithm = _options.Algorithm,
            Seed = seed,
            Threads = _options.Threads,
            Communicator = _options.Communicator,
            Progress = _options.Progress,
        };
        EpochOutcome<KMeansCenters> outcome = Epochs.Run(
            new KMeansModel(_columns, _clusters, scan.Frame, null), _rows, centers, options, _clock, _cancellation, _checkpoints, _savedEpochs, now => _epochs = now);
        (_passes, _savedEpochs) = (outcome.Passes, null);
        _epochs = outcome.Cut ? _epochs : null;
        return outcome.Parameters;
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

/// <summary>Where the search is.</summary>
internal sealed record KMeansSearchState(
    int Start, EmRunState<KMeansCenters>? Run, EpochState<KMeansCenters>? Epochs, int Passes, EmRunState<KMeansCenters>? Best, StopReason BestReason, StartReport[] Reports, int Evaluations);
