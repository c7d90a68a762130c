using Latent.IO;
using Latent.Selection;

namespace Latent.Cli.Output;

/// <summary>The table of a selection as a person reads it: components down, structures across, the best marked, doubts in a legend.</summary>
internal static class SelectionReport
{
    private static readonly (SelectionStatus Status, char Mark, string Meaning)[] _marks =
    [
        (SelectionStatus.Lone, '?', "found by one start alone: there may be a better solution"),
        (SelectionStatus.NotConverged, '~', "stopped before it converged"),
        (SelectionStatus.Degenerate, '!', "a component collapsed on a few rows, or is empty: not ranked"),
        (SelectionStatus.Cancelled, 'c', "cancelled"),
        (SelectionStatus.Failed, 'x', "could not be fitted"),
    ];

    /// <summary>Prints the table to standard output.</summary>
    public static void Write(Terminal terminal, SelectionTable cells, int columns)
    {
        TextTable table = new(["k", .. cells.Structures.Select(structure => GaussianMixtureFile.NameOf(structure, columns) + "  ")]);
        foreach (int count in cells.Components)
        {
            table.Add([Numbers.Count(count), .. cells.Structures.Select(structure => Cell(cells[structure, count], cells))]);
        }
        TextReport report = new(terminal);
        bool tests = cells.Criterion == SelectionCriterion.BootstrapLikelihoodRatio;
        string better = tests ? "" : " (lower is better)";
        report.Write(Section.Of($"{NameOf(cells.Criterion)} by components and covariances{better}", table));
        report.Line(tests ? "=  the number that the tests of its covariances lead to; *  the best of these by BIC" : "*  the best");
        foreach ((SelectionStatus status, char mark, string meaning) in _marks)
        {
            SelectionCell[] marked = [.. cells.Where(cell => cell.Status == status)];
            if (marked.Length > 0)
            {
                string first = status == SelectionStatus.Failed && marked[0].Message is { } message ? $"; the first: {message}" : "";
                report.Line($"{mark}  {meaning}{first}");
            }
        }
        if (cells.FirstOrDefault(cell => cell.Fit is not null && cell.Message is not null) is { Message: { } trouble })
        {
            report.Line(trouble);
        }
        report.Line($"{Numbers.Count(cells.Count, "cell")} in {Numbers.Time(cells.Elapsed)}.");
        report.Line();
    }

    /// <summary>A criterion as people write it.</summary>
    public static string NameOf(SelectionCriterion criterion) => criterion switch
    {
        SelectionCriterion.Aic => "AIC",
        SelectionCriterion.Aicc => "AICc",
        SelectionCriterion.Bic => "BIC",
        SelectionCriterion.Icl => "ICL",
        SelectionCriterion.BootstrapLikelihoodRatio => "p-value of one more",
        _ => "−2 × log-likelihood of rows held out",
    };

    private static string Cell(SelectionCell cell, SelectionTable cells)
    {
        if (cells.Criterion == SelectionCriterion.BootstrapLikelihoodRatio)
        {
            string p = cell.Test is { } test && double.IsFinite(test.PValue) ? test.PValue.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture) : cell.IsTestChoice ? "-" : "";
            return $"{p}{(cell.IsTestChoice ? '=' : ' ')}{(ReferenceEquals(cell, cells.Best) ? '*' : ' ')}";
        }
        char mark = Array.Find(_marks, entry => entry.Status == cell.Status).Mark;
        return $"{Numbers.Criterion(cell.Value(cells.Criterion))}{(mark == default ? ' ' : mark)}{(ReferenceEquals(cell, cells.Best) ? '*' : ' ')}";
    }
}

/// <summary>One line on a person's standard error that says how far a selection is; erased at its end.</summary>
internal sealed class SelectionLine(Terminal terminal) : IProgress<SelectionProgress>, IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(300);

    private readonly Lock _lock = new();
    private bool _shown;
    private bool _ended;

    /// <inheritdoc/>
    public void Report(SelectionProgress value)
    {
        lock (_lock)
        {
            if (_ended || value.Elapsed < _patience)
            {
                return;
            }
            _shown = true;
            string done = $"{value.Done} of {Numbers.Count(value.Total, "step")}, {Numbers.Time(value.Elapsed)}; ";
            string last = $"{GaussianMixtureFile.NameOf(value.Cell.Structure)} with {value.Cell.Components}: log-likelihood {Numbers.Criterion(value.Cell.LogLikelihood)}";
            string text = done + last;
            terminal.Error.Write($"\r{text[..Math.Min(text.Length, terminal.Width - 1)]}\u001b[K");
            terminal.Error.Flush();
        }
    }

    /// <summary>Erases the line.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _ended = true;
            if (_shown)
            {
                terminal.Error.Write("\r\u001b[K");
                terminal.Error.Flush();
            }
        }
    }
}
