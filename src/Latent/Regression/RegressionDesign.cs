using Latent.Data;

namespace Latent.Regression;

/// <summary>Formulas made concrete for the columns of a table: turns its rows into responses and terms.</summary>
public sealed class RegressionDesign
{
    private readonly List<DesignColumn> _terms;
    private readonly List<DesignColumn> _concomitants;

    /// <summary>Makes formulas concrete.</summary>
    /// <param name="formula">Response and terms.</param>
    /// <param name="concomitant">What the weights of components depend on; null where they are constant.</param>
    /// <param name="response">What the response is like.</param>
    /// <param name="schema">The columns of the table: names, and the levels of text.</param>
    /// <exception cref="ArgumentException">A column is missing or of the wrong kind, there is no response, or no term.</exception>
    public RegressionDesign(ModelFormula formula, ModelFormula? concomitant, ResponseFamily response, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(response);
        ArgumentNullException.ThrowIfNull(schema);
        if (!formula.HasResponse)
        {
            throw new ArgumentException($"Expected a response left of the ~ in the formula '{formula}', found none. Write it as 'y ~ x'.", nameof(formula));
        }
        if (concomitant is { HasResponse: true } or { Offsets.Count: > 0 })
        {
            throw new ArgumentException($"Expected a concomitant formula of terms alone, such as '~ z', found '{concomitant}'.", nameof(concomitant));
        }
        if (formula.Failures is not null && response is not BinomialResponse)
        {
            throw new ArgumentException($"Expected a single response for the family {response.Name}, found cbind(…). Use the family binomial.", nameof(formula));
        }
        foreach (string name in new[] { formula.Response, formula.Failures }.OfType<Expression>().SelectMany(part => part.Variables))
        {
            Column column = schema[schema.Require(name)];
            if (column.Kind == ColumnKind.Categorical && !(response is BinomialResponse && column.Levels.Count == 2))
            {
                throw new ArgumentException($"Expected a response of numbers{(response is BinomialResponse ? " or of two values" : "")}, found text of {column.Levels.Count} values in column '{name}'. Choose another column.", nameof(formula));
            }
        }
        Formula = formula;
        Concomitant = concomitant;
        Response = response;
        Variables = new Schema([.. formula.Variables.Concat(concomitant?.Variables ?? []).Distinct(StringComparer.Ordinal).Select(name => schema[schema.Require(name)])]);
        _terms = DesignColumn.Of(formula, Variables);
        _concomitants = concomitant is null ? [] : DesignColumn.Of(concomitant, Variables);
        if (_terms.Count == 0 || concomitant is not null && _concomitants.Count == 0)
        {
            throw new ArgumentException($"Expected at least one term in the formula '{(_terms.Count == 0 ? formula : concomitant)}', found none.");
        }
        int next = 1;
        int trials = response is BinomialResponse ? next++ : -1;
        int constant = response.HasBase ? next++ : -1;
        int offset = formula.Offsets.Count > 0 ? next++ : -1;
        Columns = new RegressionColumns(0, trials, constant, offset, next, _terms.Count);
    }

    /// <summary>Response and terms.</summary>
    public ModelFormula Formula { get; }

    /// <summary>What the weights depend on; null where they are constant.</summary>
    public ModelFormula? Concomitant { get; }

    /// <summary>What the response is like.</summary>
    public ResponseFamily Response { get; }

    /// <summary>The columns that the formulas read, with the levels of text.</summary>
    public Schema Variables { get; }

    /// <summary>The names of the terms, as R writes them.</summary>
    public IReadOnlyList<string> TermNames => [.. _terms.Select(term => term.Name)];

    /// <summary>The names of the terms that the weights depend on; empty where they are constant.</summary>
    public IReadOnlyList<string> ConcomitantNames => [.. _concomitants.Select(term => term.Name)];

    /// <summary>Where what stands in a row of the design.</summary>
    internal RegressionColumns Columns { get; }

    /// <summary>The first of the terms that the weights depend on.</summary>
    internal int FirstConcomitant => Columns.First + Columns.Terms;

    /// <summary>Values per row of the design.</summary>
    internal int Width => FirstConcomitant + _concomitants.Count;

    /// <summary>The position of the intercept among the terms, or −1.</summary>
    internal int Intercept => _terms.FindIndex(term => term.Parts.Count == 0);

    /// <summary>The position of the intercept among the concomitant terms, or −1.</summary>
    internal int ConcomitantIntercept => _concomitants.FindIndex(term => term.Parts.Count == 0);

    /// <summary>The design of a table.</summary>
    /// <param name="rows">Rows that have the columns of <see cref="Variables"/>, in any order.</param>
    /// <param name="without">Columns; a row in which one of them is missing becomes a row of the design without any value. None: every row must have all.</param>
    /// <exception cref="ArgumentException">A cell is missing, a response impossible, or a term not finite; the message names the row.</exception>
    internal RowBuilder Of(IRowSource rows, params IReadOnlyList<string> without)
    {
        int[] needed = [.. without.Select(name => rows.Schema.Require(name))];
        Dictionary<string, int> place = Variables.Names.ToDictionary(name => name, name => rows.Schema.Require(name));
        List<(int Column, double[] Codes)> recoded = [.. Variables.Where(variable => variable.Kind == ColumnKind.Categorical).Select(variable => Recoded(variable, rows.Schema[place[variable.Name]], place))];
        RowBuilder builder = new(Width);
        double[] cells = new double[rows.Columns];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            foreach ((int column, double[] codes) in recoded)
            {
                cells[column] = double.IsNaN(cells[column]) ? double.NaN : codes[(int)cells[column]];
            }
            if (Array.Exists(needed, column => double.IsNaN(cells[column])))
            {
                builder.Add().Fill(double.NaN);
                continue;
            }
            Fill(cells, place, row, builder.Add());
        }
        return builder;
    }

    /// <summary>The schema of the design.</summary>
    internal Schema DesignSchema()
    {
        string[] names = new string[Width];
        names[0] = "response";
        for (int column = 1; column < Columns.First; column++)
        {
            names[column] = column == Columns.Trials ? "trials" : column == Columns.Base ? "base" : "offset";
        }
        for (int term = 0; term < Columns.Terms; term++)
        {
            names[Columns.First + term] = $"term {_terms[term].Name}";
        }
        for (int term = 0; term < _concomitants.Count; term++)
        {
            names[FirstConcomitant + term] = $"concomitant {_concomitants[term].Name}";
        }
        return Schema.Numeric(names);
    }

    /// <summary>xᵀβ + offset of a row of the design.</summary>
    internal double Predictor(ReadOnlySpan<double> coefficients, in RowChunk chunk, int row)
    {
        double eta = Columns.Offset >= 0 ? chunk[row, Columns.Offset] : 0;
        for (int term = 0; term < Columns.Terms; term++)
        {
            eta += coefficients[term] * chunk[row, Columns.First + term];
        }
        return eta;
    }

    // The code here of each level of a column that may have other levels, or the same in another order.
    internal static (int Column, double[] Codes) Recoded(Column variable, Column column, Dictionary<string, int> place)
    {
        if (column.Kind != ColumnKind.Categorical)
        {
            throw new ArgumentException($"Expected text in column '{variable.Name}' ({string.Join(", ", variable.Levels)}), found numbers. Check that it is the column of the fit.");
        }
        double[] codes = new double[column.Levels.Count];
        for (int level = 0; level < codes.Length; level++)
        {
            codes[level] = variable.Levels.ToList().IndexOf(column.Levels[level]);
            if (codes[level] < 0)
            {
                throw new ArgumentException($"Expected one of {string.Join(", ", variable.Levels)} in column '{variable.Name}', found '{column.Levels[level]}'. Remove the rows that have it.");
            }
        }
        return (place[variable.Name], codes);
    }

    private void Fill(double[] cells, Dictionary<string, int> place, long row, Span<double> target)
    {
        double y = Formula.Response!.Value(cells, place);
        double trials = 1;
        if (Formula.Failures is { } failures)
        {
            trials = y + failures.Value(cells, place);
        }
        Response.Check(y, trials, row);
        target[0] = y;
        if (Columns.Trials >= 0)
        {
            target[Columns.Trials] = trials;
        }
        if (Columns.Base >= 0)
        {
            target[Columns.Base] = Response.Base(y, trials);
        }
        if (Columns.Offset >= 0)
        {
            target[Columns.Offset] = Finite(Formula.Offsets.Sum(offset => offset.Value(cells, place)), "the offset", row);
        }
        for (int term = 0; term < _terms.Count; term++)
        {
            target[Columns.First + term] = Finite(_terms[term].Value(cells, place), _terms[term].Name, row);
        }
        for (int term = 0; term < _concomitants.Count; term++)
        {
            target[FirstConcomitant + term] = Finite(_concomitants[term].Value(cells, place), _concomitants[term].Name, row);
        }
    }

    internal static double Finite(double value, string what, long row) => double.IsFinite(value)
        ? value
        : throw new ArgumentException($"Expected a finite value of {what} in row {row + 1}, found {(double.IsNaN(value) ? "none" : value)}. Remove the row, or change the term.");
}
