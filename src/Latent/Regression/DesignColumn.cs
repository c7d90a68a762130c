using Latent.Data;

namespace Latent.Regression;

/// <summary>One column of a design matrix: a product of expressions and of indicators of levels.</summary>
/// <param name="Name">Its name as R writes it, such as <c>(Intercept)</c>, <c>log(b)</c>, <c>groupB</c> or <c>a:groupB</c>.</param>
/// <param name="Parts">The factors of the product: an expression, and the level whose indicator it is, or −1 where it is a number.</param>
internal sealed record DesignColumn(string Name, IReadOnlyList<(Expression Expression, int Level)> Parts)
{
    /// <summary>The columns of all terms of a formula over the columns of a table.</summary>
    /// <exception cref="ArgumentException">A column is missing, or text stands where a number is needed.</exception>
    public static List<DesignColumn> Of(ModelFormula formula, Schema schema)
    {
        foreach (string name in formula.Variables)
        {
            schema.Require(name);
        }
        List<DesignColumn> columns = [];
        foreach (FormulaTerm term in formula.Terms)
        {
            List<DesignColumn> product = [new DesignColumn("(Intercept)", [])];
            foreach (Expression factor in term.Factors)
            {
                List<DesignColumn> own = Columns(factor, term, formula, schema);
                product = [.. from left in product from right in own select left.Parts.Count == 0 ? right : new DesignColumn($"{left.Name}:{right.Name}", [.. left.Parts, .. right.Parts])];
            }
            columns.AddRange(product);
        }
        return columns;
    }

    /// <summary>The value for a row; NaN where a cell is missing.</summary>
    public double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place)
    {
        double product = 1;
        foreach ((Expression expression, int level) in Parts)
        {
            double value = expression.Value(row, place);
            product *= level < 0 || double.IsNaN(value) ? value : value == level ? 1 : 0;
        }
        return product;
    }

    private static List<DesignColumn> Columns(Expression factor, FormulaTerm term, ModelFormula formula, Schema schema)
    {
        if (factor is Expression.Variable variable && schema[schema.Require(variable.Name)] is { Kind: ColumnKind.Categorical } column)
        {
            // The first level is the base, unless nothing else in the formula speaks for it.
            int first = formula.Terms.Contains(term.Without(factor)) ? 1 : 0;
            return [.. Enumerable.Range(first, Math.Max(0, column.Levels.Count - first)).Select(level => new DesignColumn(column.Name + column.Levels[level], [(factor, level)]))];
        }
        foreach (string name in factor.Variables)
        {
            if (schema[schema.Require(name)].Kind == ColumnKind.Categorical)
            {
                throw new ArgumentException($"Expected numbers in column '{name}' for {factor}, found text. Use the column by itself, which makes an indicator of each of its values.");
            }
        }
        return [new DesignColumn(factor.ToString(), [(factor, -1)])];
    }
}
