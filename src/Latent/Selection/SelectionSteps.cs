using System.Collections.Concurrent;
using System.Collections.Immutable;
using Latent.Data;
using Latent.Engine;
using Latent.Engine.Checkpoints;
using Latent.Mixtures;

namespace Latent.Selection;

/// <summary>
/// The searches of a selection, each done once: what was found stays in the checkpoint, and a resumed selection takes it from there. What a search finds depends on
/// earlier ones and on the seed alone, so that the name of a search and of its cell say which it is.
/// </summary>
internal sealed class SelectionSteps
{
    private readonly RowSource _rows;
    private readonly GaussianMixtureOptions _fit;
    private readonly Checkpointer? _checkpoints;
    private readonly Clock _clock;
    private readonly CancellationToken _cancellation;
    private readonly ConcurrentDictionary<SelectionStep, SelectionCell> _done = [];

    public SelectionSteps(RowSource rows, GaussianMixtureOptions fit, Checkpointer? checkpoints, Clock clock, CancellationToken cancellation)
    {
        (_rows, _fit, _checkpoints, _clock, _cancellation) = (rows, fit, checkpoints, clock, cancellation);
        Restore(checkpoints?.Restored<SelectionState>());
        checkpoints?.Watch(() => State);
    }

    /// <summary>Why searches end before they are done, or null.</summary>
    public StopReason? Cut => _cancellation.IsCancellationRequested ? StopReason.Cancelled : _clock.IsUp ? StopReason.TimeLimit : null;

    private SelectionState State
    {
        get
        {
            Dictionary<GaussianMixtureFit, int> places = new(ReferenceEqualityComparer.Instance);
            List<SelectedFit> fits = [];
            List<SelectedCell> cells = [];
            foreach ((SelectionStep step, SelectionCell cell) in _done.OrderBy(done => done.Key.Name, StringComparer.Ordinal).ThenBy(done => done.Key.Structure).ThenBy(done => done.Key.Components))
            {
                int place = -1;
                if (cell.Fit is { } fit && !places.TryGetValue(fit, out place))
                {
                    places.Add(fit, place = fits.Count);
                    fits.Add(new SelectedFit(fit.Structure, fit.Result, fit.Entropy));
                }
                cells.Add(new SelectedCell(step, cell.Structure, cell.Components, place, cell.Message, cell.Origin, cell.Status, cell.Reached, cell.CrossValidated, cell.Elapsed));
            }
            return new SelectionState([.. fits], [.. cells]);
        }
    }

    /// <summary>The cell that a search leads to: as it was found, or found now.</summary>
    public SelectionCell Do(string name, CovarianceStructure structure, int components, Func<SelectionCell> search)
    {
        SelectionStep step = new(name, structure, components);
        if (_done.TryGetValue(step, out SelectionCell? found))
        {
            return found;
        }
        SelectionCell cell = search();
        if (_checkpoints is not null && Cut is null)
        {
            _checkpoints.Enter();
            _done[step] = cell;
            _checkpoints.Exit();
            _checkpoints.Tick();
        }
        return cell;
    }

    private void Restore(SelectionState? state)
    {
        if (state is null)
        {
            return;
        }
        GaussianMixtureFit[] fits = Array.ConvertAll(state.Fits, fit =>
            GaussianMixture.Restored(_rows, fit.Result, fit.Entropy, _fit with { Covariance = fit.Structure }, _cancellation));
        foreach (SelectedCell cell in state.Cells)
        {
            _done[cell.Step] = new SelectionCell
            {
                Structure = cell.Structure,
                Components = cell.Components,
                Fit = cell.Fit < 0 ? null : fits[cell.Fit],
                Message = cell.Message,
                Origin = cell.Origin,
                Status = cell.Status,
                Reached = cell.Reached,
                CrossValidated = cell.CrossValidated,
                Elapsed = cell.Elapsed,
            };
        }
    }
}

/// <summary>One search for one cell.</summary>
internal readonly record struct SelectionStep(string Name, CovarianceStructure Structure, int Components);

/// <summary>The searches that are done: their cells, and the fits that these refer to by number, since several may have the same.</summary>
internal sealed record SelectionState(SelectedFit[] Fits, SelectedCell[] Cells);

/// <summary>A fit as a checkpoint keeps it; the model around it follows from data and options.</summary>
internal sealed record SelectedFit(CovarianceStructure Structure, EmResult Result, double Entropy);

/// <summary>A cell as a checkpoint keeps it.</summary>
internal sealed record SelectedCell(
    SelectionStep Step,
    CovarianceStructure Structure,
    int Components,
    int Fit,
    string? Message,
    SelectionOrigin Origin,
    SelectionStatus Status,
    ImmutableArray<double> Reached,
    double CrossValidated,
    TimeSpan Elapsed);
