using Latent.Engine;
using MathNet.Numerics.LinearAlgebra;

namespace Latent;

/// <summary>Standard errors and confidence intervals of the parameters that a fit has found.</summary>
public static class StandardErrors
{
    /// <summary>Finds the uncertainty of <paramref name="estimate"/>, the maximum of the model's objective over <paramref name="data"/>.</summary>
    /// <param name="model">
    /// A model with <see cref="ICoordinates{TParameters}"/>. It gets exact information from <see cref="IScores{TParameters, TChunk}"/> or
    /// <see cref="IExpectedScore{TParameters}"/>, else six to seven digits from the objective; and names from <see cref="INaturalParameters{TParameters}"/>.
    /// </param>
    /// <param name="data">The data of the fit. Row weights count as frequencies: a row of weight 3 is three observations.</param>
    /// <param name="estimate">The fitted parameters. The closer to the maximum the better: <see cref="ParameterEstimates.RemainingGain"/> tells.</param>
    /// <param name="options">Settings; null for the defaults.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="NotSupportedException">The model has no coordinates, or no scores although the method needs them.</exception>
    /// <exception cref="NumericalException">The estimate lies on the edge of the parameter space in a way that leaves no information.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was asked for.</exception>
    /// <remarks>
    /// Directions along which the data determine nothing are named (<see cref="ParameterEstimates.Undetermined"/>), and the parameters that
    /// move along them have no standard error; the others keep theirs. A parameter on a boundary is named and left out.
    /// </remarks>
    public static ParameterEstimates Of<TParameters, TChunk>(
        IEmModel<TParameters, TChunk> model,
        IDataSource<TChunk> data,
        TParameters estimate,
        StandardErrorOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(data);
        options = (options ?? new StandardErrorOptions()).Checked();
        if (model is not ICoordinates<TParameters> coordinates || coordinates.CoordinateCount(estimate) == 0)
        {
            throw new NotSupportedException($"Expected a model whose parameters have coordinates, found {model.GetType().Name} without. Implement ICoordinates<{typeof(TParameters).Name}>.");
        }
        Chart<TParameters> chart = new(coordinates, model as INaturalParameters<TParameters>, model.LogPrior, estimate);
        Passes<TParameters, TChunk> passes = new(model, data, chart, options, cancellation);
        if (options.Method != StandardErrorMethod.ObservedInformation && !passes.HasScores)
        {
            throw new NotSupportedException($"Expected a model with a score per observation for the method {options.Method}, found {model.GetType().Name} without. Use {nameof(StandardErrorMethod.ObservedInformation)} or a bootstrap.");
        }
        EstimateTable<TParameters> table = new(chart);
        Information information = passes.HasTotalScore
            ? ScoreInformation.Find(passes, chart, table.Active)
            : ObjectiveInformation.Find(passes, chart, table.Active);
        Matrix<double>? rate = options.MissingInformation ? RateMatrix(passes, chart, table.Active) : null;
        string method = options.Method switch
        {
            StandardErrorMethod.Sandwich => "sandwich",
            StandardErrorMethod.OuterProduct => "outer product of scores",
            _ when passes.HasScores => "observed information from scores",
            _ when passes.HasTotalScore => "observed information from the expected score",
            _ => "observed information from second differences of the objective",
        };
        return table.Fill(information, rate, options, method, passes.Count, Degenerate(model, estimate));
    }

    /// <summary>The derivative of the EM map, J = 1 − (complete information)⁻¹·(observed information); null where the map leaves the chart.</summary>
    private static Matrix<double>? RateMatrix<TParameters, TChunk>(Passes<TParameters, TChunk> passes, Chart<TParameters> chart, IReadOnlyList<int> active)
    {
        Matrix<double> rate = Matrix<double>.Build.Dense(active.Count, active.Count);
        for (int a = 0; a < active.Count; a++)
        {
            double[]? Curve(double by) =>
                chart.TryAt(chart.Moved(active[a], by), out TParameters? parameters) && chart.CoordinatesOf(passes.Image(parameters)) is { } image
                    ? ScoreInformation.Pick(image, active)
                    : null;
            if (RichardsonDerivative.Of(Curve, 5e-3 * Math.Max(1, Math.Abs(chart.Origin[active[a]])), magnitude: 1) is not { } column)
            {
                return null;
            }
            rate.SetColumn(a, column.Value);
        }
        return rate;
    }

    private static IEnumerable<string> Degenerate<TParameters, TChunk>(IEmModel<TParameters, TChunk> model, TParameters estimate) =>
        model is IDegeneracyReport<TParameters> report
            ? report.Degeneracies(estimate).Select(found => (found.Component < 0 ? "" : $"component {found.Component + 1}: ") + found.Message)
            : [];
}
