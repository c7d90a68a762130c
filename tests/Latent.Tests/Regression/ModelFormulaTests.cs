using Latent.Data;
using Latent.Regression;

namespace Latent.Tests.Regression;

/// <summary>Formulas mean what they mean in R; the names are those that its model.matrix gives.</summary>
public sealed class ModelFormulaTests
{
    private static readonly Schema _schema = new(
        Column.Numeric("y"), Column.Numeric("a"), Column.Numeric("b"), Column.Categorical("g", "p", "q", "r"), Column.Categorical("h", "u", "v"), Column.Numeric("two words"));

    [Theory]
    [InlineData("y ~ a", "(Intercept) a")]
    [InlineData("y ~ a + b - 1", "a b")]
    [InlineData("y ~ 0 + a", "a")]
    [InlineData("y ~ a*b", "(Intercept) a b a:b")]
    [InlineData("y ~ a:b + a", "(Intercept) a a:b")]
    [InlineData("y~log(a)+I(a^2)+sqrt(b)", "(Intercept) log(a) I(a^2) sqrt(b)")]
    [InlineData("y ~ a + offset(log(b))", "(Intercept) a")]
    [InlineData("y ~ g", "(Intercept) gq gr")]
    [InlineData("y ~ g - 1", "gp gq gr")]
    [InlineData("y ~ a + g:b", "(Intercept) a gp:b gq:b gr:b")]
    [InlineData("y ~ g*h", "(Intercept) gq gr hv gq:hv gr:hv")]
    [InlineData("y ~ g*b", "(Intercept) gq gr b gq:b gr:b")]
    [InlineData("y ~ (a + b):h + h", "(Intercept) hv a:hu a:hv b:hu b:hv")]
    [InlineData("y ~ a + b - a", "(Intercept) b")]
    [InlineData("y ~ `two words`", "(Intercept) two words")]
    [InlineData("log(y + 1) ~ 1", "(Intercept)")]
    public void TermsAreThoseOfR(string formula, string names)
    {
        RegressionDesign design = new(ModelFormula.Parse(formula), null, ResponseFamily.Gaussian, _schema);
        Assert.Equal(names, string.Join(' ', design.TermNames));
    }

    [Theory]
    [InlineData("y ~ a +", "the name of a column at position 8")]
    [InlineData("y a", "'~' at position 3")]
    [InlineData("y ~ tan(a)", "one of the functions log")]
    [InlineData("y ~ 2", "0 or 1")]
    [InlineData("y ~ (a", "')' at position 7")]
    [InlineData("y ~ `a", "a second `")]
    [InlineData("y ~ a $ b", "the end at position 7")]
    [InlineData("", "the name of a column at position 1")]
    public void NonsenseIsRefusedWhereItBegins(string formula, string expected) =>
        Assert.Contains("Expected " + expected, Assert.Throws<FormatException>(() => ModelFormula.Parse(formula)).Message);

    [Theory]
    [InlineData("y ~ c", "found 'c'")]
    [InlineData("y ~ log(g)", "Expected numbers in column 'g'")]
    [InlineData("~ a", "Expected a response")]
    [InlineData("g ~ a", "Expected a response of numbers")]
    [InlineData("cbind(y, a) ~ b", "Expected a single response")]
    [InlineData("y ~ -1", "Expected at least one term")]
    public void WhatTheTableCannotGiveIsNamed(string formula, string expected) =>
        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => new RegressionDesign(ModelFormula.Parse(formula), null, ResponseFamily.Gaussian, _schema)).Message);

    [Fact]
    public void ArithmeticIsDoneInTheUsualOrder()
    {
        RegressionDesign design = new(ModelFormula.Parse("y ~ I(2 + a*b^2/4 - -b) + offset(a - 1)"), null, ResponseFamily.Gaussian, _schema);
        RowBuilder rows = new(6);
        rows.Add([7, 3, 2, 0, 1, 0]);
        double[] row = new double[design.Width];
        design.Of(rows.ToRows(_schema)).ToRows(design.DesignSchema()).CopyRow(0, row);
        Assert.Equal([7, 2, 1, 7], row);
    }
}
