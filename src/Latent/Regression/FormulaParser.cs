using System.Globalization;

namespace Latent.Regression;

/// <summary>Reads formulas by recursive descent, a sum of products of factors on either side of the tilde.</summary>
internal sealed class FormulaParser(string text)
{
    private readonly List<Expression> _offsets = [];
    private int _at;

    public ModelFormula Parse()
    {
        Expression? response = null;
        Expression? failures = null;
        if (Peek() != '~')
        {
            (response, failures) = Response();
        }
        Expect('~');
        List<FormulaTerm> terms = Sum();
        return _at < text.Length ? throw Unexpected("the end") : new ModelFormula(text, response, failures, terms, _offsets);
    }

    private (Expression Response, Expression? Failures) Response()
    {
        int start = _at;
        if (Name() == "cbind" && Peek() == '(')
        {
            Expect('(');
            Expression successes = Arithmetic();
            Expect(',');
            Expression failures = Arithmetic();
            Expect(')');
            return (successes, failures);
        }
        _at = start;
        return (Arithmetic(), null);
    }

    // Terms in order, the intercept first where there is one; what a minus names is taken out.
    private List<FormulaTerm> Sum()
    {
        List<FormulaTerm> terms = [FormulaTerm.Intercept];
        bool minus = TakeIf('-');
        while (true)
        {
            foreach (FormulaTerm? term in Product())
            {
                bool remove = minus != term is null;
                FormulaTerm named = term ?? FormulaTerm.Intercept;
                terms.Remove(named);
                if (!remove)
                {
                    terms.Insert(named.Factors.Count == 0 ? 0 : terms.Count, named);
                }
            }
            if (Peek() is not ('+' or '-'))
            {
                // As in R: main effects before interactions, whatever the order of writing.
                return [.. terms.OrderBy(term => term.Factors.Count)];
            }
            minus = text[_at++] == '-';
        }
    }

    /// <summary>Terms of a*b and a:b; a null stands for 0, the intercept taken out.</summary>
    private List<FormulaTerm?> Product()
    {
        List<FormulaTerm?> terms = Interaction();
        while (TakeIf('*'))
        {
            List<FormulaTerm?> right = Interaction();
            terms = [.. terms, .. right, .. Cross(terms, right)];
        }
        return terms;
    }

    private List<FormulaTerm?> Interaction()
    {
        List<FormulaTerm?> terms = Factor();
        while (TakeIf(':'))
        {
            terms = [.. Cross(terms, Factor())];
        }
        return terms;
    }

    private IEnumerable<FormulaTerm?> Cross(List<FormulaTerm?> left, List<FormulaTerm?> right) => left.Contains(null) || right.Contains(null)
        ? throw new FormatException($"Expected a variable to interact with in the formula '{text}', found 0. Leave the 0 out.")
        : from first in left from second in right select first!.Times(second!);

    private List<FormulaTerm?> Factor()
    {
        if (TakeIf('('))
        {
            List<FormulaTerm?> inner = [.. Sum().Where(term => term.Factors.Count > 0)];
            Expect(')');
            return inner;
        }
        if (char.IsAsciiDigit(Peek()))
        {
            return Number() switch
            {
                0 => [null],
                1 => [FormulaTerm.Intercept],
                var other => throw new FormatException($"Expected 0 or 1 as a term of the formula '{text}', found {other.ToString(CultureInfo.InvariantCulture)}. Write arithmetic as I(…)."),
            };
        }
        int start = _at;
        string name = Name();
        if (Peek() != '(')
        {
            return [new FormulaTerm([new Expression.Variable(name)])];
        }
        if (name == "offset")
        {
            Expect('(');
            _offsets.Add(Arithmetic());
            Expect(')');
            return [];
        }
        _at = start;
        return [new FormulaTerm([Primary()])];
    }

    private Expression Arithmetic()
    {
        Expression left = Multiplication();
        while (Peek() is '+' or '-')
        {
            left = new Expression.Binary(text[_at++], left, Multiplication());
        }
        return left;
    }

    private Expression Multiplication()
    {
        Expression left = Power();
        while (Peek() is '*' or '/')
        {
            left = new Expression.Binary(text[_at++], left, Power());
        }
        return left;
    }

    private Expression Power()
    {
        if (TakeIf('-'))
        {
            return new Expression.Binary('*', new Expression.Constant(-1), Power());
        }
        Expression power = Primary();
        return TakeIf('^') ? new Expression.Binary('^', power, Power()) : power;
    }

    private Expression Primary()
    {
        if (TakeIf('('))
        {
            Expression inner = Arithmetic();
            Expect(')');
            return inner;
        }
        if (char.IsAsciiDigit(Peek()) || Peek() == '.' && char.IsAsciiDigit(Peek(1)))
        {
            return new Expression.Constant(Number());
        }
        string name = Name();
        if (Peek() != '(')
        {
            return new Expression.Variable(name);
        }
        if (!Expression.Call.Functions.ContainsKey(name))
        {
            throw new FormatException($"Expected one of the functions {string.Join(", ", Expression.Call.Functions.Keys)} and offset in the formula '{text}', found '{name}'.");
        }
        Expect('(');
        Expression argument = Arithmetic();
        Expect(')');
        return new Expression.Call(name, argument);
    }

    private string Name()
    {
        char first = Peek();
        int start = _at;
        if (first == '`')
        {
            int end = text.IndexOf('`', _at + 1);
            if (end < 0)
            {
                throw Unexpected("a second ` after the name");
            }
            _at = end + 1;
            return text[(start + 1)..end];
        }
        while (_at < text.Length && (char.IsLetterOrDigit(text[_at]) || text[_at] is '_' or '.'))
        {
            _at++;
        }
        return _at > start && !char.IsDigit(first) ? text[start.._at] : throw Unexpected("the name of a column");
    }

    private double Number()
    {
        Peek();
        int start = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '.' || text[_at] is 'e' or 'E' || text[_at] is '+' or '-' && text[_at - 1] is 'e' or 'E'))
        {
            _at++;
        }
        return double.TryParse(text.AsSpan(start, _at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new FormatException($"Expected a number in the formula '{text}', found '{text[start.._at]}'.");
    }

    private char Peek(int ahead = 0)
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at]))
        {
            _at++;
        }
        return _at + ahead < text.Length ? text[_at + ahead] : '\0';
    }

    private bool TakeIf(char wanted)
    {
        bool found = Peek() == wanted;
        _at += found ? 1 : 0;
        return found;
    }

    private void Expect(char wanted)
    {
        if (!TakeIf(wanted))
        {
            throw Unexpected($"'{wanted}'");
        }
    }

    private FormatException Unexpected(string wanted) => new(
        $"Expected {wanted} at position {_at + 1} of the formula '{text}', found {(Peek() == '\0' ? "its end" : $"'{text[_at]}'")}. Write formulas as 'y ~ x + log(z)'.");
}
