using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Mixtures.Starts;

namespace Latent.Mixtures;

/// <summary>Starts of a trimmed fit compete over a few steps of concentration; the best go on to the end.</summary>
/// <param name="model">The model.</param>
/// <param name="rows">All rows.</param>
/// <param name="summary">Their means and variances.</param>
/// <param name="options">How it is fitted.</param>
/// <param name="clock">The clock of the fit.</param>
/// <param name="lineup">The starts that compete on some rows.</param>
internal sealed class TrimmedSearch<TComponent>(
    MixtureModel<TComponent> model, IRowSource rows, ColumnSummary summary, MixtureOptions<TComponent> options, Clock clock, Func<StartData<TComponent>, RaceStart<Mixture<TComponent>>[]> lineup)
{
    private const int Screen = 10;
    private const int Finalists = 3;

    private readonly Concentration<TComponent> _concentration = new(model, rows, summary.Names, options.Trim, options, clock);
    private readonly List<StartReport> _reports = [];
    private readonly List<RankedStart<Mixture<TComponent>>> _ranked = [];
    private readonly List<TrimmedEnd<Mixture<TComponent>>> _ends = [];
    private Concentration<TComponent>? _current;
    private ConcentrationState<Mixture<TComponent>>? _saved;
    private Checkpointer? _checkpoints;
    private StopReason? _cut;

    private FitState<Mixture<TComponent>> State => new(null, null, null) { Trimmed = new([.. _reports], [.. _ranked], [.. _ends], _current?.State) };

    /// <summary>The best end, with what is said of all starts, and the weights that its rows keep.</summary>
    /// <param name="given">A start, or null for those of the lineup.</param>
    /// <param name="checkpoints">The checkpoints of the fit, or null.</param>
    /// <param name="saved">Where it was when it was interrupted; null at its beginning.</param>
    /// <param name="cancellation">Cancels; the result is the best so far.</param>
    /// <exception cref="NumericalException">Every start broke down.</exception>
    /// <exception cref="OperationCanceledException">Cancelled before any start was made.</exception>
    public (EmResult<Mixture<TComponent>> Result, double[] Kept) Run(
        Mixture<TComponent>? given, Checkpointer? checkpoints, TrimmedState<Mixture<TComponent>>? saved, CancellationToken cancellation)
    {
        if (saved is not null)
        {
            _reports.AddRange(saved.Reports);
            _ranked.AddRange(saved.Ranked);
            _ends.AddRange(saved.Ends);
            _saved = saved.Current;
        }
        _checkpoints = checkpoints;
        checkpoints?.Watch(() => State);
        if (given is null)
        {
            Compete(cancellation);
        }
        RankedStart<Mixture<TComponent>>[] finalists = given is not null
            ? [new(given, 0, 0)]
            : [.. _ranked.OrderByDescending(start => start.Rank).ThenBy(start => start.Index).Take(_cut is null ? Finalists : 1)];
        for (int place = _ends.Count; place < finalists.Length; place++)
        {
            RankedStart<Mixture<TComponent>> finalist = finalists[place];
            (EmResult<Mixture<TComponent>> end, double[] kept) = _cut is { } reason
                ? Evaluated(finalist.Parameters, reason)
                : Concentrate(_concentration, () => finalist.Parameters, options.MaxIterations, options.Progress, cancellation);
            _ends.Add(new TrimmedEnd<Mixture<TComponent>>(end, kept));
            if (given is null)
            {
                _reports[finalist.Index] = _reports[finalist.Index] with { Objective = end.Objective, Iterations = end.Iterations, StopReason = end.StopReason };
            }
            if (_cut is not null)
            {
                break;
            }
        }
        TrimmedEnd<Mixture<TComponent>> best = _ends.MaxBy(end => end.Result.Objective)!;
        _checkpoints?.Save(best.Result.StopReason);
        EmResult<Mixture<TComponent>> result = best.Result with
        {
            Starts = given is null ? [.. _reports] : best.Result.Starts,
            StopReason = _cut ?? best.Result.StopReason,
            Agreement = _ends.Count(end => end.Result.Objective > best.Result.Objective - 0.1) / (double)_ends.Count,
            Elapsed = clock.Elapsed,
            Evaluations = _ends.Sum(end => end.Result.Evaluations),
        };
        return (result, best.Kept);
    }

    /// <summary>A few steps of every start that has had none yet, until time or the caller ends it.</summary>
    private void Compete(CancellationToken cancellation)
    {
        bool sampled = rows.Rows > options.RaceRows && model.Components > 1;
        IRowSource subset = sampled ? RowSample.Take(rows, options.RaceRows, options.Seed) : rows;
        StartData<TComponent> data = new(model, subset, summary, options);
        Concentration<TComponent> qualifying = sampled ? new(model, subset, summary.Names, options.Trim, options, clock) : _concentration;
        RaceStart<Mixture<TComponent>>[] starts = lineup(data);
        while (_reports.Count < starts.Length && _cut is null)
        {
            RaceStart<Mixture<TComponent>> start = starts[_reports.Count];
            try
            {
                EmResult<Mixture<TComponent>> reached =
                    Concentrate(qualifying, () => start.Make(options.ThreadCount, cancellation).Parameters, Math.Min(Screen, options.MaxIterations), null, cancellation).Result;
                _ranked.Add(new RankedStart<Mixture<TComponent>>(reached.Parameters, reached.Objective - data.Penalty(reached.Parameters), _reports.Count));
                _reports.Add(new StartReport(options.Seed, reached.Objective, reached.Iterations, StopReason.Dropped, null, start.Name));
            }
            catch (Exception cause) when (cause is NumericalException or DegenerateStartException)
            {
                _reports.Add(new StartReport(options.Seed, double.NaN, 0, StopReason.Failed, cause.Message, start.Name));
            }
            catch (OperationCanceledException) when (_ranked.Count > 0)
            {
                Cut(StopReason.Cancelled);
            }
        }
        if (_ranked.Count == 0)
        {
            throw new NumericalException($"Expected a start that does not break down, found none, the first because: {_reports[0].Message}");
        }
    }

    private (EmResult<Mixture<TComponent>> Result, double[] Kept) Concentrate(
        Concentration<TComponent> concentration, Func<Mixture<TComponent>> start, int maxIterations, IProgress<EmProgress>? progress, CancellationToken cancellation)
    {
        ConcentrationState<Mixture<TComponent>>? saved = _saved;
        _saved = null;
        Mixture<TComponent> from = saved?.Run.Parameters ?? start();
        _current = concentration;
        try
        {
            (EmResult<Mixture<TComponent>> Result, double[] Kept) reached = concentration.Run(from, maxIterations, progress, _checkpoints, saved, cancellation);
            if (reached.Result.StopReason is StopReason.Cancelled or StopReason.TimeLimit)
            {
                Cut(reached.Result.StopReason);
            }
            return reached;
        }
        finally
        {
            _current = null;
        }
    }

    /// <summary>The best so far of what was cut while starts competed, on all rows.</summary>
    private (EmResult<Mixture<TComponent>> Result, double[] Kept) Evaluated(Mixture<TComponent> best, StopReason reason)
    {
        (EmResult<Mixture<TComponent>> result, double[] kept) = _concentration.Run(best, 0, null, null, null, CancellationToken.None);
        return (result with { StopReason = reason }, kept);
    }

    /// <summary>The end before the end: what comes after is not to be resumed from.</summary>
    private void Cut(StopReason reason)
    {
        _cut = reason;
        _checkpoints?.Save(reason);
        _checkpoints = null;
    }
}

/// <summary>Where a trimmed fit is.</summary>
/// <param name="Reports">What is said of the starts that have competed.</param>
/// <param name="Ranked">Where they came to, those left out that broke down.</param>
/// <param name="Ends">Where the best of them ended.</param>
/// <param name="Current">The concentration that runs; null between two.</param>
internal sealed record TrimmedState<TParameters>(StartReport[] Reports, RankedStart<TParameters>[] Ranked, TrimmedEnd<TParameters>[] Ends, ConcentrationState<TParameters>? Current);

/// <summary>A start after its first steps.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Rank">Its objective less the penalty of collapsed components.</param>
/// <param name="Index">Its place in the lineup.</param>
internal sealed record RankedStart<TParameters>(TParameters Parameters, double Rank, int Index);

/// <summary>A start at its end.</summary>
/// <param name="Result">The result.</param>
/// <param name="Kept">The weights that rows keep.</param>
internal sealed record TrimmedEnd<TParameters>(EmResult<TParameters> Result, double[] Kept);
