using Latent.Data;

namespace Latent.Regression;

/// <summary>A formula of covariates, such as <c>~ age + log(income) + region</c>, made concrete for the columns of a table: the terms but for the intercept, as numbers.</summary>
public sealed class CovariateDesign
{
    private readonly DesignColumn[] _terms;

    /// <summary>Makes a formula concrete.</summary>
    /// <param name="formula">Terms with an intercept and without a response.</param>
    /// <param name="schema">The columns of the table: names, and the levels of text.</param>
    /// <exception cref="ArgumentException">There is a response, an offset, no intercept or no covariate; or a column is missing.</exception>
    public CovariateDesign(ModelFormula formula, Schema schema)
    {
        ArgumentNullException.ThrowIfNull(formula);
        ArgumentNullException.ThrowIfNull(schema);
        if (formula.HasResponse || formula.Offsets.Count > 0 || !formula.HasIntercept)
        {
            throw new ArgumentException($"Expected covariates with an intercept and nothing else, such as '~ age + region', found '{formula}'.", nameof(formula));
        }
        if (formula.Variables.Count == 0)
        {
            throw new ArgumentException($"Expected at least one covariate, found none in '{formula}'.", nameof(formula));
        }
        Formula = formula;
        Variables = new Schema([.. formula.Variables.Select(name => schema[schema.Require(name)])]);
        _terms = [.. DesignColumn.Of(formula, Variables).Where(term => term.Parts.Count > 0)];
    }

    /// <summary>The formula.</summary>
    public ModelFormula Formula { get; }

    /// <summary>The columns that it reads, with the levels of text.</summary>
    public Schema Variables { get; }

    /// <summary>The names of the terms but for the intercept, as R writes them.</summary>
    public IReadOnlyList<string> TermNames => [.. _terms.Select(term => term.Name)];

    /// <summary>The terms of every row.</summary>
    /// <param name="rows">Rows that have the columns of <see cref="Variables"/>, in any order.</param>
    /// <exception cref="ArgumentException">A cell is missing, or a term not finite; the message names the row.</exception>
    public RowSource Of(IRowSource rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        Dictionary<string, int> place = Variables.Names.ToDictionary(name => name, name => rows.Schema.Require(name));
        (int Column, double[] Codes)[] recoded =
            [.. Variables.Where(variable => variable.Kind == ColumnKind.Categorical).Select(variable => RegressionDesign.Recoded(variable, rows.Schema[place[variable.Name]], place))];
        RowBuilder builder = new(_terms.Length);
        double[] cells = new double[rows.Columns];
        for (long row = 0; row < rows.Rows; row++)
        {
            rows.CopyRow(row, cells);
            foreach ((int column, double[] codes) in recoded)
            {
                cells[column] = double.IsNaN(cells[column]) ? double.NaN : codes[(int)cells[column]];
            }
            Span<double> target = builder.Add();
            for (int term = 0; term < _terms.Length; term++)
            {
                target[term] = RegressionDesign.Finite(_terms[term].Value(cells, place), _terms[term].Name, row);
            }
        }
        return builder.ToRows(Schema.Numeric(TermNames));
    }
}
