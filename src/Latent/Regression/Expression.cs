using System.Globalization;

namespace Latent.Regression;

/// <summary>A number computed from the values of a row: a node of a formula's arithmetic.</summary>
internal abstract record Expression
{
    /// <summary>The value for a row, whose variables stand where <paramref name="place"/> says.</summary>
    public abstract double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place);

    /// <summary>The names of the columns it reads.</summary>
    public abstract IEnumerable<string> Variables { get; }

    /// <summary>A column's value.</summary>
    public sealed record Variable(string Name) : Expression
    {
        public override IEnumerable<string> Variables => [Name];

        public override double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place) => row[place[Name]];

        public override string ToString() => Name;
    }

    /// <summary>A number.</summary>
    public sealed record Constant(double Number) : Expression
    {
        public override IEnumerable<string> Variables => [];

        public override double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place) => Number;

        public override string ToString() => Number.ToString("R", CultureInfo.InvariantCulture);
    }

    /// <summary>One of + − * / ^ between two expressions.</summary>
    public sealed record Binary(char Operator, Expression Left, Expression Right) : Expression
    {
        public override IEnumerable<string> Variables => Left.Variables.Concat(Right.Variables);

        public override double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place)
        {
            double left = Left.Value(row, place);
            double right = Right.Value(row, place);
            return Operator switch
            {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                '/' => left / right,
                _ => right == 2 ? left * left : Math.Pow(left, right),
            };
        }

        public override string ToString() => Operator is '^' or '*' or '/' ? $"{Group(Left)}{Operator}{Group(Right)}" : $"{Left} {Operator} {Group(Right)}";

        private static string Group(Expression part) => part is Binary ? $"({part})" : part.ToString();
    }

    /// <summary>A function of an expression: log (natural), exp, sqrt, abs, or I, which is the expression itself.</summary>
    public sealed record Call(string Function, Expression Argument) : Expression
    {
        /// <summary>The functions that there are.</summary>
        public static readonly IReadOnlyDictionary<string, Func<double, double>> Functions = new Dictionary<string, Func<double, double>>
        {
            ["log"] = Math.Log,
            ["exp"] = Math.Exp,
            ["sqrt"] = Math.Sqrt,
            ["abs"] = Math.Abs,
            ["I"] = value => value,
        };

        public override IEnumerable<string> Variables => Argument.Variables;

        public override double Value(ReadOnlySpan<double> row, IReadOnlyDictionary<string, int> place) => Functions[Function](Argument.Value(row, place));

        public override string ToString() => $"{Function}({Argument})";
    }
}
