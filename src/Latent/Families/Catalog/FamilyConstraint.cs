using System.Globalization;

namespace Latent.Families;

/// <summary>
/// A constraint on a parameter of columns by name, as a text has it: <c>shape=equal</c> (shared by all components), <c>rate=2</c> (held), <c>rate&lt;=5</c>, <c>rate&gt;=1</c> (bounded);
/// <c>rate[1]=2</c> in the first component, <c>rate[x]=2</c> of column x, <c>rate[1, x]=2</c> both.
/// </summary>
/// <param name="Column">The column; null for all that have the parameter.</param>
/// <param name="Constraint">What is held, bounded or shared.</param>
public sealed record FamilyConstraint(string? Column, Constraint Constraint)
{
    /// <summary>What stands between several in one text.</summary>
    public const char Separator = ';';

    private const string Equal = "equal";

    /// <summary>The constraints of a text, separated by semicolons; none of an empty one.</summary>
    /// <exception cref="ArgumentException">A part of the text is no constraint.</exception>
    public static IReadOnlyList<FamilyConstraint> ParseAll(string? text) =>
        text is null ? [] : [.. text.Split(Separator, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Parse)];

    /// <summary>The text of several.</summary>
    public static string ToText(IEnumerable<FamilyConstraint> constraints) => string.Join(Separator, constraints);

    /// <summary>The constraint of a text.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    public static FamilyConstraint Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        int at = text.IndexOfAny(['=', '<', '>']);
        bool bound = at >= 0 && text[at] != '=';
        if (at <= 0 || (bound && (at + 1 == text.Length || text[at + 1] != '=')))
        {
            throw Wrong(text);
        }
        (string parameter, int? component, string? column) = Place(text[..at].Trim(), text);
        string right = text[(at + (bound ? 2 : 1))..].Trim();
        if (right == Equal && !bound)
        {
            return component is null ? new FamilyConstraint(column, Constraint.Tied(parameter)) : throw Wrong(text);
        }
        double value = double.TryParse(right, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) ? number : throw Wrong(text);
        return new FamilyConstraint(column, text[at] switch
        {
            '<' => Constraint.Between(parameter, double.NegativeInfinity, value, component),
            '>' => Constraint.Between(parameter, value, double.PositiveInfinity, component),
            _ => Constraint.Fixed(parameter, value, component),
        });
    }

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString()
    {
        string[] place = [.. Constraint.Component is { } component ? (string[])[(component + 1).ToString(CultureInfo.InvariantCulture)] : [], .. Column is null ? (string[])[] : [Column]];
        string right = Constraint.IsTied ? "=" + Equal
            : Constraint.Lower == Constraint.Upper ? "=" + Text(Constraint.Lower)
            : double.IsNegativeInfinity(Constraint.Lower) ? "<=" + Text(Constraint.Upper) : ">=" + Text(Constraint.Lower);
        return Constraint.Parameter + (place.Length == 0 ? "" : $"[{string.Join(", ", place)}]") + right;
    }

    // A number in brackets is a component, counted from 1, anything else a column.
    private static (string Parameter, int? Component, string? Column) Place(string left, string text)
    {
        int open = left.IndexOf('[', StringComparison.Ordinal);
        if (open < 0)
        {
            return (left, null, null);
        }
        string[] inside = left[^1] == ']' ? left[(open + 1)..^1].Split(',', 2, StringSplitOptions.TrimEntries) : throw Wrong(text);
        int? component = int.TryParse(inside[0], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number - 1 : null;
        string? column = component is null ? string.Join(", ", inside) : inside.Length > 1 ? inside[1] : null;
        return open > 0 && component is not < 0 && column is not "" ? (left[..open].Trim(), component, column) : throw Wrong(text);
    }

    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static ArgumentException Wrong(string text) =>
        new($"Expected a constraint such as shape=equal, rate=2, rate<=5 or rate[1]>=1, found '{text}'.", nameof(text));
}
