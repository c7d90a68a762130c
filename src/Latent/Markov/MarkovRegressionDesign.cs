using Latent.Data;
using Latent.Regression;

namespace Latent.Markov;

/// <summary>
/// A formula, perhaps with lagged responses among its terms, made concrete for the columns of sequences. A step without a response, and a step whose lagged responses are not all there, such
/// as the first of each sequence, says nothing of its state: the likelihood is that of the other responses given these.
/// </summary>
public sealed class MarkovRegressionDesign
{
    private readonly string[] _lags;
    private readonly string[] _needed;

    /// <summary>Makes a formula concrete.</summary>
    /// <param name="formula">The response and its terms as in R.</param>
    /// <param name="lags">p: the responses of the p steps before are terms too, <c>lag1</c> … <c>lagp</c>, the response as the formula transforms it.</param>
    /// <param name="response">What the response is like.</param>
    /// <param name="schema">The columns of a step: names, and the levels of text.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong kind, there is no response or no term, or lags of a response that is no number.</exception>
    public MarkovRegressionDesign(ModelFormula formula, int lags, ResponseFamily response, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentOutOfRangeException.ThrowIfNegative(lags);
        Formula = formula;
        Lags = lags;
        _lags = [.. Enumerable.Range(1, lags).Select(lag => $"lag{lag}")];
        Responses = [.. new[] { formula.Response, formula.Failures }.OfType<Expression>().SelectMany(part => part.Variables)];
        if (lags > 0 && (formula.Failures is not null || Responses.Any(name => schema[schema.Require(name)].Kind == ColumnKind.Categorical)))
        {
            throw new ArgumentException($"Expected a response of single numbers where it has lags, found {formula.Text.Split('~')[0].Trim()}. Leave the lags out.", nameof(lags));
        }
        if (_lags.FirstOrDefault(lag => schema.IndexOf(lag) >= 0) is { } taken)
        {
            throw new ArgumentException($"Expected no column with the name of a lagged response, found '{taken}'. Rename it.", nameof(schema));
        }
        Design = new RegressionDesign(
            lags == 0 ? formula : ModelFormula.Parse($"{formula.Text} + {string.Join(" + ", _lags)}"), null, response, new Schema([.. schema, .. _lags.Select(lag => Column.Numeric(lag))]));
        Variables = new Schema([.. Design.Variables.Where(column => !_lags.Contains(column.Name))]);
        _needed = [.. Responses, .. _lags];
    }

    /// <summary>The formula, without the lags.</summary>
    public ModelFormula Formula { get; }

    /// <summary>p, the number of lagged responses.</summary>
    public int Lags { get; }

    /// <summary>The columns that the response is made of: a step in which one of them is missing is missing.</summary>
    public IReadOnlyList<string> Responses { get; }

    /// <summary>The columns of a step that the formula reads.</summary>
    public Schema Variables { get; }

    /// <summary>The regression of each state.</summary>
    public RegressionDesign Design { get; }

    /// <summary>The steps of the design, by which the recursions go.</summary>
    /// <param name="sequences">Sequences with the columns of <see cref="Variables"/>, in any order.</param>
    /// <exception cref="ArgumentException">A column is missing, a response impossible, or a term not finite; the message names the step.</exception>
    public SequenceSource Of(SequenceSource sequences)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        return Like(sequences, Rows(WithLags(sequences)).ToRows(Design.DesignSchema()));
    }

    /// <summary>Sequences with other rows, and with the weights, known states and covariates of these.</summary>
    internal static SequenceSource Like(SequenceSource sequences, RowSource rows)
    {
        SequenceSource steps = SequenceSource.From(sequences.Rows.HasWeights ? rows.WithWeights(sequences.Rows.Weights) : rows, sequences.Lengths);
        steps = sequences.Labels.IsEmpty ? steps : steps.WithLabels(sequences.Labels);
        return sequences.Covariates is { } covariates ? steps.WithCovariates(covariates) : steps;
    }

    /// <summary>The rows of the design, without values where a response or a lag of it is missing.</summary>
    internal RowBuilder Rows(RowSource steps) => Design.Of(steps, _needed);

    /// <summary>The rows of sequences with the lagged responses beside them.</summary>
    internal RowSource WithLags(SequenceSource sequences)
    {
        RowSource rows = sequences.Rows;
        if (Lags == 0)
        {
            return rows;
        }
        Dictionary<string, int> place = Variables.Names.ToDictionary(name => name, name => rows.Schema.Require(name));
        RowBuilder builder = new(rows.Columns + Lags);
        double[] past = new double[Lags];
        long row = 0;
        foreach (int length in sequences.Lengths)
        {
            Array.Fill(past, double.NaN);
            for (int t = 0; t < length; t++, row++)
            {
                Span<double> cells = builder.Add();
                rows.CopyRow(row, cells[..rows.Columns]);
                past.CopyTo(cells[rows.Columns..]);
                Array.Copy(past, 0, past, 1, Lags - 1);
                past[0] = Formula.Response!.Value(cells, place);
            }
        }
        RowSource wider = builder.ToRows(new Schema([.. rows.Schema, .. _lags.Select(lag => Column.Numeric(lag))]));
        return rows.HasWeights ? wider.WithWeights(rows.Weights) : wider;
    }

    /// <summary>The rows whose design has values; the same where all have.</summary>
    internal RowSource Observed(RowSource steps)
    {
        int[] needed = [.. _needed.Select(name => steps.Schema.Require(name))];
        RowBuilder builder = new(steps.Columns);
        List<double> weights = [];
        double[] cells = new double[steps.Columns];
        for (long row = 0; row < steps.Rows; row++)
        {
            steps.CopyRow(row, cells);
            if (!Array.Exists(needed, column => double.IsNaN(cells[column])))
            {
                builder.Add(cells);
                weights.Add(steps.Weight(row));
            }
        }
        if (builder.Rows == 0)
        {
            throw new ArgumentException($"Expected at least one step with a response{(Lags > 0 ? " and the responses before it" : "")}, found none. Use fewer lags, or longer sequences.", nameof(steps));
        }
        RowSource observed = builder.ToRows(steps.Schema);
        return builder.Rows == steps.Rows ? steps : steps.HasWeights ? observed.WithWeights(weights.ToArray()) : observed;
    }
}
