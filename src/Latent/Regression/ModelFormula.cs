namespace Latent.Regression;

/// <summary>
/// A linear predictor in the notation of R [WilkinsonRogers1973]: <c>y ~ 1 + a + log(b) + a:group + I(a^2) + offset(log(h))</c>.
/// </summary>
/// <remarks>
/// Terms: <c>+</c> adds, <c>:</c> interacts, <c>a*b</c> is <c>a + b + a:b</c>, <c>-1</c> (or <c>+ 0</c>) removes the intercept, which is there by default. Functions: log, exp, sqrt,
/// abs, I (arithmetic as it stands), offset. A column of text becomes one indicator per level but the first; all levels where the term without it is not in the
/// formula. On the left a column or a function of columns; <c>cbind(successes, failures)</c> for binomial counts; nothing for concomitant variables.
/// </remarks>
public sealed class ModelFormula
{
    internal ModelFormula(string text, Expression? response, Expression? failures, IReadOnlyList<FormulaTerm> terms, IReadOnlyList<Expression> offsets)
    {
        Text = text;
        Response = response;
        Failures = failures;
        Terms = terms;
        Offsets = offsets;
        Variables =
        [
            .. new[] { response, failures }.OfType<Expression>().Concat(terms.SelectMany(term => term.Factors)).Concat(offsets)
                .SelectMany(expression => expression.Variables).Distinct(StringComparer.Ordinal),
        ];
    }

    /// <summary>The formula as it was written.</summary>
    public string Text { get; }

    /// <summary>The columns it reads, the response's first.</summary>
    public IReadOnlyList<string> Variables { get; }

    /// <summary>Whether there is a response on the left.</summary>
    public bool HasResponse => Response is not null;

    /// <summary>What stands left of the ~ (of cbind its first part), as it is written; null where nothing does.</summary>
    public string? ResponseName => Response?.ToString();

    /// <summary>Whether there is an intercept.</summary>
    public bool HasIntercept => Terms.Contains(FormulaTerm.Intercept);

    internal Expression? Response { get; }

    /// <summary>The second part of cbind(successes, failures).</summary>
    internal Expression? Failures { get; }

    internal IReadOnlyList<FormulaTerm> Terms { get; }

    internal IReadOnlyList<Expression> Offsets { get; }

    /// <summary>Reads a formula.</summary>
    /// <param name="text">Such as <c>y ~ x</c>.</param>
    /// <exception cref="FormatException">It is no formula; the message says where it stops making sense.</exception>
    public static ModelFormula Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new FormulaParser(text).Parse();
    }

    /// <summary>The formula as it was written.</summary>
    public override string ToString() => Text;
}
